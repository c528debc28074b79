"""The gradebook: line items, and the results of attempts (OneRoster)."""

import hashlib
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import RootModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from demo.server.bodies import json_body
from demo.server.caliper import ActivityCompleted
from demo.server.database import Database
from demo.server.errors import ApiError
from demo.server.tables import GradebookEntry

from .roster import conditions


class _Entry(RootModel[dict[str, Any]]):
    """A line item or result: an object, kept as it is."""


_Body = Annotated[_Entry, Depends(json_body(_Entry))]


def gradebook_routes(database: Database) -> APIRouter:
    """`assessmentLineItems` and `assessmentResults`."""
    router = APIRouter(prefix="/ims/oneroster/gradebook/v1p2")

    @router.get("/assessmentLineItems/{entry_id}")
    def line_item(entry_id: str) -> dict[str, Any]:
        with database.reading() as session:
            found = session.get(GradebookEntry, ("lineItem", entry_id))
            if found is None:
                raise ApiError(404, "NOT_FOUND", "There is no such line item.")
            return {"assessmentLineItem": found.body}

    @router.post("/assessmentLineItems", status_code=201)
    def create_line_item(body: _Body) -> dict[str, Any]:
        item = body.root.get("assessmentLineItem", body.root)
        with database.writing() as session:
            session.merge(GradebookEntry(kind="lineItem", id=_id_of(item), body=item))
        return {"sourcedIdPairs": {"allocatedSourcedId": _id_of(item)}}

    @router.get("/assessmentResults")
    def results(where: Annotated[str, Query(alias="filter")] = "") -> dict[str, Any]:
        wanted = conditions(where)
        with database.reading() as session:
            found = session.scalars(
                select(GradebookEntry).where(
                    GradebookEntry.kind == "result",
                    GradebookEntry.line_item_id == wanted.get("assessmentLineItem.sourcedId"),
                    GradebookEntry.student_id == wanted.get("student.sourcedId"),
                )
            )
            return {"assessmentResults": [entry.body for entry in found]}

    @router.put("/assessmentResults/{entry_id}")
    def put_result(entry_id: str, body: _Body) -> dict[str, Any]:
        result = body.root.get("assessmentResult", body.root)
        with database.writing() as session:
            session.merge(_result_entry(entry_id, result))
        return {"assessmentResult": result}

    return router


def add_result(session: Session, event: ActivityCompleted, body: dict[str, Any]) -> None:
    """Grade a completion, which is what makes the SDK count the next attempt as one more."""
    result_id = f"result_{_sha256(event.id)}"
    course_id = (event.extensions or {}).get("courseId", "")
    result = {
        "sourcedId": result_id,
        "status": "active",
        # The real platform and the SDK both derive the line item in this way.
        "assessmentLineItem": {"sourcedId": f"caliper_{_sha256(f'{event.object.id}_{course_id}')}"},
        "student": {"sourcedId": event.actor.id.rpartition("/")[2]},
        "scoreDate": body["eventTime"],
        "scoreStatus": "fully graded",
        "metadata": {"attempt": event.generated.attempt or 1},
    }
    session.add(_result_entry(result_id, result))


def _result_entry(entry_id: str, result: dict[str, Any]) -> GradebookEntry:
    return GradebookEntry(
        kind="result",
        id=entry_id,
        line_item_id=_reference(result, "assessmentLineItem"),
        student_id=_reference(result, "student"),
        body=result,
    )


def _id_of(item: object) -> str:
    found = item.get("sourcedId") if isinstance(item, dict) else None
    if not isinstance(found, str) or not 0 < len(found) <= 200:
        raise ApiError(400, "INVALID_BODY", "sourcedId: must be a text of 1 to 200 characters")
    return found


def _reference(result: object, field: str) -> str:
    found = result.get(field) if isinstance(result, dict) else None
    return _id_of(found)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

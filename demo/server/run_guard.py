"""A recipe: what an app has to check in front of the SDK's activity routes.

The SDK books time for whoever is signed in, on whatever run the page names. Only the app knows
whose run that is, and who counts the time of a lesson. Hang this in front of the SDK's router:

    app.include_router(timeback.router, prefix="/api/timeback", dependencies=[Depends(guard_runs)])
"""

import re
from typing import TypeGuard

from fastapi import Request
from fastapi.concurrency import run_in_threadpool

from .bodies import json_body
from .errors import ApiError
from .learners import Person
from .progress import owner_of
from .report_shape import Report
from .services import Parts, Services

_RUN = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


_read_report = json_body(Report)


async def guard_runs(request: Request, parts: Parts) -> None:
    """Refuse reports on another learner's run, or against the way a lesson is counted.

    A run that nobody has saved yet passes: the first heartbeat may overtake the page's own save.

    Raises:
        ApiError: 403 `RUN_OF_ANOTHER_LEARNER`, 403 `COMPLETED_BY_SERVER`, 422
            `TIME_KEPT_BY_SERVER`; 404 `NO_ADAPTIVE_LESSONS`, as an app need not open what it does
            not use; 400 for a body that is no JSON object, or has values that the SDK would
            call a 502 and a client would send again and again (`report_shape`).
    """
    if "/lessons/" in request.url.path:
        raise ApiError(404, "NO_ADAPTIVE_LESSONS", "This server has no adaptive lessons.")
    _, _, action = request.url.path.rpartition("/activity/")
    if action not in {"heartbeat", "submit"}:
        return
    person = parts.sign_in.person(request)
    if person is None:
        return  # The SDK answers 401.
    await run_in_threadpool(_check, parts, person, action, await _read_report(request))


def _is_run(run_id: object) -> TypeGuard[str]:
    """Whether it can be a run at all: the SDK says 400 to any other, and a database may crash."""
    return isinstance(run_id, str) and _RUN.fullmatch(run_id) is not None


def _check(parts: Services, person: Person, action: str, report: Report) -> None:
    with parts.database.reading() as session:
        attempt = owner_of(session, report.runId.lower()) if _is_run(report.runId) else None
        owner, lesson_id = (attempt.learner_id, attempt.lesson_id) if attempt else (None, report.id)
    if owner not in {None, person.id}:
        raise ApiError(403, "RUN_OF_ANOTHER_LEARNER", "This run belongs to another learner.")
    lesson = parts.catalogue.get(str(lesson_id))
    if lesson and action == "submit":
        raise ApiError(403, "COMPLETED_BY_SERVER", "The server decides when a lesson is complete.")
    if lesson and lesson.time == "server":
        message = "The server keeps the time of this lesson; heartbeats would count it twice."
        raise ApiError(422, "TIME_KEPT_BY_SERVER", message)

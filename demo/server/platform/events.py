"""Takes Caliper envelopes."""

import uuid
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request

from demo.server.bodies import json_body
from demo.server.caliper import ActivityCompleted, Envelope, TimeSpent, keep
from demo.server.database import Database

from .faults import Faults
from .gradebook import add_result


async def _arrived(
    request: Request, envelope: Annotated[Envelope, Depends(json_body(Envelope))]
) -> list[tuple[TimeSpent | ActivityCompleted, dict[str, Any]]]:
    """The events of the envelope, each as read and as it came."""
    bodies = (await request.json())["data"]
    return list(zip(envelope.data, bodies, strict=True))


_Arrived = Annotated[list[tuple[TimeSpent | ActivityCompleted, dict[str, Any]]], Depends(_arrived)]


def event_routes(database: Database, faults: Faults) -> APIRouter:
    """`POST /caliper/event`."""
    router = APIRouter()

    @router.post("/caliper/event", dependencies=[Depends(faults.require_events)])
    def take(arrived: _Arrived) -> dict[str, str]:
        with database.writing() as session:
            for event, body in arrived:
                is_new = keep(session, "platform", event, body)
                if is_new and isinstance(event, ActivityCompleted) and event.object.process:
                    add_result(session, event, body)
        # The same events get the same answer, so a repeat can't be told from the first time.
        ids = " ".join(event.id for event, _ in arrived)
        return {"jobId": str(uuid.uuid5(uuid.NAMESPACE_URL, ids))}

    return router

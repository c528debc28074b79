"""Routes: the learner's journal, and what is new in it."""

from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter
from fastapi.sse import EventSourceResponse, ServerSentEvent

from .errors import ApiError, refusals
from .journal_stream import LastEventId, stream
from .services import Parts, SignedIn

router = APIRouter(prefix="/api")


@router.get("/journal", responses=refusals(404))
def journal(
    parts: Parts, person: SignedIn, run_id: str | None = None
) -> list[dict[str, Any]] | dict[str, Any]:
    """All runs of the learner, newest first; or one run with its events."""
    reader = parts.journal_reader
    with parts.database.reading() as session:
        if run_id is None:
            return reader.all_runs(session, person)
        run = reader.run_with_events(session, person, run_id.lower())
    if run is None:
        raise ApiError(404, "UNKNOWN_RUN", "There is no such run of yours.")
    return run


@router.get("/journal/stream", response_class=EventSourceResponse)
async def journal_stream(
    parts: Parts, person: SignedIn, last_event_id: LastEventId = None
) -> AsyncIterator[ServerSentEvent]:
    """The same as server-sent events, for as long as the page is open."""
    async for event in stream(parts, [person], last_event_id):
        yield event

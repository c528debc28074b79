"""Routes: the journal of a class, for its teacher."""

from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter
from fastapi.sse import EventSourceResponse, ServerSentEvent

from .errors import refusals
from .journal_stream import LastEventId, stream, whole_journal
from .services import Parts, SignedInTeacher

router = APIRouter(prefix="/api/class")


@router.get("/journal", responses=refusals(401, 403))
def class_journal(parts: Parts, teacher: SignedInTeacher) -> dict[str, Any]:
    """All runs of all learners of the class."""
    shown = whole_journal(parts.database, parts.journal_reader, teacher.learners)
    return {"class": teacher.class_name} | shown


@router.get("/journal/stream", response_class=EventSourceResponse, responses=refusals(401, 403))
async def class_journal_stream(
    parts: Parts, teacher: SignedInTeacher, last_event_id: LastEventId = None
) -> AsyncIterator[ServerSentEvent]:
    """The same as server-sent events, for as long as the page is open."""
    async for event in stream(parts, teacher.learners, last_event_id):
        yield event

"""A journal that stays open: server-sent events with the runs as they change.

Every event carries whole runs, never a difference, so to get one twice does no harm. `journal`
stands in place of everything shown before; `runs` only of the runs in it. The id of an event is a
position in the database, good at every process of the server: a browser that reconnects sends the
last one it got, and gets what has changed since.
"""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import suppress
from typing import Annotated, Any

from fastapi import Header
from fastapi.concurrency import run_in_threadpool
from fastapi.sse import ServerSentEvent

from .database import Database
from .journal_changes import Changes, Position
from .journal_runs import JournalReader
from .learners import Person
from .services import Services
from .times import iso, now_ms

POLL_S = 1.0
"""How often an open journal asks the database. Heartbeats come every 15 s from each learner."""

RETRY_MS = 2_000
"""How long a browser waits before it connects again."""

LIFE_S = 15 * 60
"""A stream ends after so long, and the browser comes back: so a cookie that has run out, or a
class that a teacher has given away, counts from then on, however long the page stays open."""

LastEventId = Annotated[str | None, Header(max_length=40)]


class LiveJournal:
    """What one stream sends: the journals of some learners, then what changes in them.

    Synchronous: call it from threads, one call at a time.
    """

    def __init__(
        self, database: Database, reader: JournalReader, learners: Collection[Person]
    ) -> None:
        self._database = database
        self._reader = reader
        self._learners = learners
        self._changes = Changes(reader.source, learners)

    def first(self, last_event_id: str | None) -> ServerSentEvent | None:
        """What a page needs that got everything up to `last_event_id`; all of it without one."""
        position = Position.parse(last_event_id)
        with self._database.reading() as session:
            if position and self._changes.resume(session, position):
                resumed = True
            else:
                resumed = False
                self._changes.begin(session)
        if resumed:
            return self.next()
        return self._event("journal", whole_journal(self._database, self._reader, self._learners))

    def next(self) -> ServerSentEvent | None:
        """The runs that have changed since the last call, if any."""
        with self._database.reading() as session:
            changed = self._changes.look(session)
            shown = [
                _of(person, self._reader.some_runs(session, person, changed[person.id]))
                for person in self._learners
                if person.id in changed
            ]
        return self._event("runs", _stamped(shown)) if shown else None

    def _event(self, name: str, data: dict[str, Any]) -> ServerSentEvent:
        return ServerSentEvent(event=name, id=str(self._changes.position), data=data)


def whole_journal(
    database: Database, reader: JournalReader, learners: Collection[Person]
) -> dict[str, Any]:
    """All runs of some learners: `{"now", "learners": [{"id", "name", "runs"}]}`."""
    with database.reading() as session:
        return _stamped([_of(person, reader.all_runs(session, person)) for person in learners])


async def stream(
    parts: Services, learners: Collection[Person], last_event_id: str | None
) -> AsyncIterator[ServerSentEvent]:
    """The events of one stream, until the browser leaves, its time is up, or the server stops."""
    live = LiveJournal(parts.database, parts.journal_reader, learners)
    yield ServerSentEvent(retry=RETRY_MS)
    clock = asyncio.get_running_loop().time
    ends_at = clock() + LIFE_S
    event = await run_in_threadpool(live.first, last_event_id)
    while True:
        if event:
            yield event
        if clock() >= ends_at or await _within(POLL_S, parts.stopping):
            return
        event = await run_in_threadpool(live.next)


async def _within(seconds: float, stopping: asyncio.Event) -> bool:
    """Wait, and say whether the server stops."""
    with suppress(TimeoutError):
        await asyncio.wait_for(stopping.wait(), seconds)
    return stopping.is_set()


def _of(person: Person, runs: list[dict[str, Any]]) -> dict[str, Any]:
    return {"id": person.id, "name": person.name, "runs": runs}


def _stamped(learners: list[dict[str, Any]]) -> dict[str, Any]:
    # By the server's clock, like every `lastReceivedAt`: a page's own may be minutes off.
    return {"now": iso(now_ms()), "learners": learners}

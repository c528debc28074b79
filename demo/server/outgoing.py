"""The SDK's hooks: every Caliper event passes here right before it is sent.

Events get an id that follows from what they say, not a random one. The same window or completion,
sent again after a lost answer or a restart, then carries the same id and can be known again.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from datetime import datetime
from typing import Any

from fastapi.concurrency import run_in_threadpool
from timeback.server.types import (
    ActivityBeforeSendData,
    TimebackHooks,
    TimeSpentBeforeSendData,
)
from timeback_caliper import ActivityCompletedEvent, TimeSpentEvent

from .caliper import EVENT, keep
from .completions import Claim, CompletionQueue
from .database import Database
from .times import to_ms

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://demo.timeback-web.example/events")
_recording: ContextVar[Claim | None] = ContextVar("recording", default=None)


@contextmanager
def recording(claim: Claim) -> Iterator[None]:
    """Mark that `record()` runs for `claim`: the hooks cannot be told in any other way."""
    token = _recording.set(claim)
    try:
        yield
    finally:
        _recording.reset(token)


class OutgoingEvents:
    """Makes outgoing events repeatable, and keeps a copy of them where that is asked for."""

    def __init__(self, database: Database, queue: CompletionQueue, *, keep_sent: bool) -> None:
        self._database = database
        self._queue = queue
        self._keep_sent = keep_sent

    def hooks(self) -> TimebackHooks:
        """The hooks for the SDK's configuration."""
        return TimebackHooks(
            before_activity_send=self._before_activity,
            before_time_spent_send=self._before_time_spent,
        )

    async def _before_activity(self, data: ActivityBeforeSendData) -> ActivityBeforeSendData | None:
        claim = _recording.get()
        if claim is None:
            await self._keep(data.event)
            return data
        if claim.activity_taken:
            return None
        event = _as_completed(data.event, claim)
        sealed = await run_in_threadpool(self._queue.seal, claim, "activity_event", _dump(event))
        event = ActivityCompletedEvent.model_validate(sealed)
        await self._keep(event)
        return replace(data, event=event)

    async def _before_time_spent(self, data: TimeSpentBeforeSendData) -> TimeSpentBeforeSendData:
        claim = _recording.get()
        if claim is None:
            event = _as_heartbeat(data)
        else:
            # record() sends the time only after the completion was taken: don't send that again.
            await run_in_threadpool(self._queue.activity_taken, claim)
            event = _with_id(data.event, f"time {claim.run_id}")
            sealed = await run_in_threadpool(self._queue.seal, claim, "time_event", _dump(event))
            event = TimeSpentEvent.model_validate(sealed)
        await self._keep(event)
        return replace(data, event=event)

    async def _keep(self, event: TimeSpentEvent | ActivityCompletedEvent) -> None:
        if self._keep_sent:
            await run_in_threadpool(self._keep_now, _dump(event))

    def _keep_now(self, body: dict[str, Any]) -> None:
        with self._database.writing() as session:
            keep(session, "sent", EVENT.validate_python(body), body)


def _as_heartbeat(data: TimeSpentBeforeSendData) -> TimeSpentEvent:
    # The SDK's own key of a window, and the learner: nobody can use up a window of somebody else.
    started_at_ms = to_ms(datetime.fromisoformat(data.payload["startedAt"]))
    window = f"{data.email} {str(data.run_id).lower()} {started_at_ms}"
    event: TimeSpentEvent = data.event
    return _with_id(event, f"heartbeat {window}")


def _as_completed(event: ActivityCompletedEvent, claim: Claim) -> ActivityCompletedEvent:
    """The event at the time the lesson was completed, not at the time of this try.

    The SDK asks the gradebook for the number of the attempt, and says 1 when it gets no answer.
    """
    attempt = max(event.generated.attempt or 1, claim.attempt)
    generated = event.generated.model_copy(update={"attempt": attempt})
    timed = event.model_copy(update={"event_time": claim.completed_at, "generated": generated})
    return _with_id(timed, f"completion {claim.run_id}")


def _with_id[E: (TimeSpentEvent, ActivityCompletedEvent)](event: E, name: str) -> E:
    return event.model_copy(update={"id": f"urn:uuid:{uuid.uuid5(_NAMESPACE, name)}"})


def _dump(event: TimeSpentEvent | ActivityCompletedEvent) -> dict[str, Any]:
    return event.model_dump(mode="json", by_alias=True, exclude_none=True)

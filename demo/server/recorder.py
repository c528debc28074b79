"""Tells Timeback about completed runs, in the background, exactly once.

A completion waits in the database until `record()` has gone through. Trouble on the way is tried
again with growing delays; what the SDK refuses for good is marked as failed. Three things together
make "once" out of "at least once": the lease (one server at a time), the sealed events (a retry
sends what was sent before, under the same id), and the note that the completion event was taken
(it is not sent again when only the time is missing).
"""

import asyncio
import logging
import random
from contextlib import suppress

from fastapi.concurrency import run_in_threadpool
from timeback.server.handlers.activity import InvalidSensorUrlError, MissingSyncedCourseIdError
from timeback.server.namespaces.activity.record import ActivityRecordCourseError
from timeback.server.namespaces.activity.schema import ActivityRecordValidationError
from timeback.server.timeback import ActivityRecordFn
from timeback_common import APIError

from .completions import LEASE_MS, Claim, CompletionQueue, LeaseLostError
from .outgoing import recording

log = logging.getLogger(__name__)

RECORD_TIMEOUT_S = LEASE_MS / 1000 / 2
"""Well within the lease, so that nobody else starts while we are at it."""
POLL_S = 2.0
"""How often to look for completions that are due again, or left behind by another server."""
GRACE_S = 2.0
"""How long a stop waits for the completion that is under way."""
MAX_DELAY_MS = 5 * 60 * 1000

_PERMANENT = (
    ActivityRecordValidationError,
    ActivityRecordCourseError,
    InvalidSensorUrlError,
    MissingSyncedCourseIdError,
)
_REFUSED_STATUSES = {400, 413, 422}


class Recorder:
    """The background task that works through the queue."""

    def __init__(
        self, queue: CompletionQueue, record: ActivityRecordFn, retry_base_ms: int
    ) -> None:
        self._queue = queue
        self._record = record
        self._retry_base_ms = retry_base_ms
        self._wake = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._stopping = False

    async def start(self) -> None:
        """Start working, first on what an earlier server has left."""
        self._loop = asyncio.get_running_loop()
        self._stopping = False
        self._task = asyncio.create_task(self._run(), name="recorder")

    async def stop(self) -> None:
        """Stop working; what is not done stays pending."""
        if self._task is None:
            return
        self._stopping = True
        self._wake.set()
        done, _ = await asyncio.wait({self._task}, timeout=GRACE_S)
        if not done:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        self._task = None

    def wake(self) -> None:
        """Say that there is something to do. Can be called from any thread."""
        if self._loop:
            self._loop.call_soon_threadsafe(self._wake.set)

    async def _run(self) -> None:
        while not self._stopping:
            try:
                await self._work_on_all_due()
            except Exception:
                # The database is away, say. There is nobody else to notice, and no reason to quit.
                log.exception("Recording is interrupted")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), min(POLL_S, self._retry_base_ms / 1000))
            self._wake.clear()

    async def _work_on_all_due(self) -> None:
        while not self._stopping:
            claim = await run_in_threadpool(self._queue.claim_next)
            if claim is None:
                return
            await self._work_on(claim)

    async def _work_on(self, claim: Claim) -> None:
        try:
            with recording(claim):
                async with asyncio.timeout(RECORD_TIMEOUT_S):
                    await self._record(claim.record)
        except asyncio.CancelledError:
            # Hand the lease back, or the next server would wait for it to run out.
            await run_in_threadpool(self._queue.retry, claim, "interrupted", 0)
            raise
        except LeaseLostError:
            log.warning("Run %s is recorded by another server", claim.run_id)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is kept and logged
            await self._settle_error(claim, error)
        else:
            await run_in_threadpool(self._queue.recorded, claim)

    async def _settle_error(self, claim: Claim, error: Exception) -> None:
        reason = f"{type(error).__name__}: {error}"
        if _is_permanent(error):
            log.error("Run %s can't be recorded: %s", claim.run_id, reason)
            await run_in_threadpool(self._queue.failed, claim, reason)
        else:
            delay_ms = self._delay_ms(claim.tries)
            log.warning("Run %s: try %d failed: %s", claim.run_id, claim.tries, reason)
            await run_in_threadpool(self._queue.retry, claim, reason, delay_ms)

    def _delay_ms(self, tries: int) -> int:
        longest: int = min(MAX_DELAY_MS, self._retry_base_ms * 2 ** min(tries - 1, 20))
        # Jitter: servers that failed together don't come back together.
        return round(longest * random.uniform(0.5, 1.0))  # noqa: S311 - no secret


def _is_permanent(error: Exception) -> bool:
    if isinstance(error, _PERMANENT):
        return True
    return isinstance(error, APIError) and error.status_code in _REFUSED_STATUSES

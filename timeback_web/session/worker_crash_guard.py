"""The crash guard of a session in a worker: the page's main thread puts the open window aside.

It does more than that. A worker hears that its page is hidden or left when that is over; so the
main thread reports the window itself, and the ledger follows. The rule that keeps a millisecond
from being told twice: whoever is on the main thread decides. A window that is cut here goes there
with a claim, and is sent unless the main thread was quicker; then what was counted here is given
back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from timeback_web.delivery.entry import Entry
from timeback_web.ports.worker_guard import Claim, OpenWindow
from timeback_web.session.crash_guard import CrashGuard
from timeback_web.timekeeping.causes import Cause

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from timeback_web.delivery.delivery import Delivery
    from timeback_web.ports import Answer, Timers
    from timeback_web.ports.worker_guard import SentByGuard, WorkerGuard
    from timeback_web.session.session_clock import SessionClock

_OF_THE_PAGE = {Cause.HIDDEN, Cause.AWAY}


class WorkerCrashGuard(CrashGuard):
    """Keeps the main thread informed of a session's ledger, and the ledger of what it sends.

    Args:
        session_clock: Of the session.
        delivery: Of the client.
        timers: Of the worker.
        worker_guard: On the main thread.
        heartbeat_ms: For the base class; the guard on the main thread has no use for it.
        stall_limit_ms: The longest step that still counts as active.
    """

    def __init__(
        self,
        session_clock: SessionClock,
        delivery: Delivery,
        timers: Timers,
        worker_guard: WorkerGuard,
        *,
        heartbeat_ms: int,
        stall_limit_ms: int,
    ) -> None:
        """Listen; nothing is told before the session says that its ledger is open."""
        super().__init__(session_clock, delivery, timers, heartbeat_ms=heartbeat_ms)
        self._worker_guard = worker_guard
        self._stall_limit_ms = stall_limit_ms
        self._owns_run = False
        self._blank = session_clock.blank()
        self._began_at_ms = session_clock.ledger.stamp_ms - session_clock.ledger.position_ms
        worker_guard.watch(self)

    def arm(self, *, owns_run: bool) -> bool:
        """Tell how the ledger stands; what is put aside there is safe."""
        self._owns_run = owns_run
        self.changed()
        return True

    def arm_when_idle(self, owns_run: Callable[[], bool]) -> None:
        """Tell it now: that is in nobody's way."""
        self.arm(owns_run=owns_run())

    def disarm(self) -> None:
        """What is reported next takes it back, in one step. Only the journal is not ours now."""
        self._owns_run = False

    def changed(self) -> None:
        """Tell how the ledger stands."""
        if not self._session_clock.closed:
            self._worker_guard.follow(self._open_window())

    def reporting(self, window: Entry, /) -> AbstractContextManager[None]:
        """What is delivered in here is this window."""
        claim = Claim(
            window.run_id,
            window.started_at_ms,
            window.ended_at_ms,
            window.elapsed_ms,
            final=self._session_clock.closed,
        )
        return self._worker_guard.claiming(claim)

    def close(self) -> None:
        """The session has ended."""
        super().close()
        self._worker_guard.over()

    # ── what the main thread says ────────────────────────────────────────────────────────────

    def sent(self, window: SentByGuard, *, kept: bool) -> Callable[[Answer], None]:
        """A window was reported there: the ledger goes on after it."""
        entry = Entry(
            window.run_id,
            window.started_at_ms,
            window.ended_at_ms,
            window.elapsed_ms,
            window.body,
            window.learner,
        )
        if self._is_ours(window):
            self._session_clock.observe()
            self._session_clock.ledger.begin_after(entry.elapsed_ms, entry.ended_at_ms)
        if kept:
            self._delivery.look_again()
            return _nobody_waits
        return self._delivery.sent_elsewhere(entry)

    def superseded(self, claim: Claim) -> None:
        """What was cut here had been reported there already: give it back."""
        if self._is_ours(claim):
            self._session_clock.ledger.begin_after(-claim.elapsed_ms, 0)

    def look_again(self) -> None:
        """The outbox may hold something new."""
        self._delivery.look_again()

    def heard_news(self) -> None:
        """The main thread believes a ledger only if it has heard the latest from there."""
        self.changed()

    def _is_ours(self, window: SentByGuard | Claim) -> bool:
        """Whether it is of this session; the one before may have been of the same run."""
        since_ms = self._began_at_ms
        return window.run_id == self._blank.run_id and window.started_at_ms >= since_ms

    def _open_window(self) -> OpenWindow:
        ledger = self._session_clock.ledger
        way = self._delivery.route(self._blank.run_id)
        return OpenWindow(
            run_id=self._blank.run_id,
            at_ms=ledger.measured_at_ms,
            started_at_ms=ledger.stamp_ms - ledger.open_ms,
            ended_at_ms=ledger.stamp_ms,
            elapsed_ms=ledger.open_active_ms,
            running=ledger.causes <= _OF_THE_PAGE,
            stall_limit_ms=self._stall_limit_ms,
            body=self._blank.body,
            learner=self._blank.learner,
            owned=self._owns_run,
            **way._asdict(),
        )


def _nobody_waits(_: Answer) -> None:
    """It is in the outbox."""

"""The windows of a session on their way from the ledger to delivery."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from timeback_web.delivery.delivery import Delivery
    from timeback_web.delivery.entry import Entry
    from timeback_web.session.crash_guard import CrashGuard
    from timeback_web.session.session_clock import SessionClock
    from timeback_web.timekeeping.reading import Reading


class Heartbeats:
    """Cuts windows, and hands each over once.

    Args:
        session_clock: Of the session.
        guard: Of the session: lets go of a window before anybody else reports it.
        delivery: Of the client.
        first_ms: How long the first one is. A class that begins on a bell must not beat in step.
        every_ms: How long the others are.
    """

    def __init__(
        self,
        session_clock: SessionClock,
        guard: CrashGuard,
        delivery: Delivery,
        *,
        first_ms: int,
        every_ms: int,
    ) -> None:
        """Nothing is due yet."""
        self._session_clock = session_clock
        self._ledger = session_clock.ledger
        self._guard = guard
        self._delivery = delivery
        self._beat_ms = first_ms
        self._every_ms = every_ms

    @property
    def due_in_ms(self) -> int:
        """Until the next one.

        A running window is measured by its active time, so that the first heartbeat after a long
        pause is not due at once; a paused one by its age, so that what it holds is not held back.
        """
        running = self._session_clock.running
        return self._beat_ms - (self._ledger.open_active_ms if running else self._ledger.open_ms)

    def send_if_due(self, now: Reading) -> None:
        """Report the open window, if it is old enough and something of it is decided."""
        if self.due_in_ms <= 0 and self._ledger.decides_anything:
            self._report(self._cut(now), self._delivery.post)

    def flush(self, now: Reading) -> None:
        """Report the open window in this very task: the page is hidden or left."""
        self._report(self._cut(now), self._delivery.post_now)

    def secure(self, *, owns_run: bool) -> None:
        """Other tabs may have the run now: what was counted is put aside anew, or sent."""
        if not self._guard.arm(owns_run=owns_run):
            self._report(self._cut(), self._delivery.post)

    def pick_up(self) -> None:
        """Report what the browser has stopped us from reporting."""
        self._report(self._session_clock.pick_up(), self._delivery.post_now)

    def report_last(self, last: Entry | None) -> None:
        """Report the window with which the session has ended."""
        self._report(last, self._delivery.post_now)

    def _cut(self, now: Reading | None = None) -> Entry | None:
        self._guard.disarm()
        self._beat_ms = self._every_ms
        return self._session_clock.cut(now)

    def _report(self, entry: Entry | None, deliver: Callable[[Entry], None]) -> None:
        if entry is None:
            return
        try:
            with self._guard.reporting(entry):
                deliver(entry)
        except Exception:
            self._session_clock.handed_over()  # who knows how far it got; once is what counts
            raise
        self._session_clock.handed_over()

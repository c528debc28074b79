"""A session among the other tabs of its run: what it counts follows from who owns the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from timeback_web.session.run_lock import PATIENCE_MS, RunLock
from timeback_web.timekeeping.causes import Cause

if TYPE_CHECKING:
    from collections.abc import Callable

    from timeback_web.notices import Notices
    from timeback_web.ports import Browser
    from timeback_web.session.crash_guard import CrashGuard
    from timeback_web.session.run_lock import Spans
    from timeback_web.session.session_clock import SessionClock
    from timeback_web.timekeeping.reading import Reading


class TabLeadership:
    """Claims the run while there is time to count, and counts by what comes of it.

    Args:
        browser: The page.
        run_id: The run.
        server: Which server's run it is.
        session_clock: Of the session.
        guard: Of the session: nothing is put aside of a run that another tab has.
        notices: What another tab says is one change, as what the page says is.
        on_change: Told when the ledger was held or released.
    """

    def __init__(
        self,
        browser: Browser,
        *,
        run_id: str,
        server: str,
        session_clock: SessionClock,
        guard: CrashGuard,
        notices: Notices,
        on_change: Callable[[], None],
    ) -> None:
        """Join the tabs of the run, and claim nothing yet."""
        self._clock = browser.clock
        self._run_id = run_id
        self._session_clock = session_clock
        self._guard = guard
        self._on_change = on_change
        self._claimed_at_ms: int | None = 0  # also what was counted before the call is claimed
        self._has_past = session_clock.ledger.open_active_ms > 0
        self._past_ms = session_clock.ledger.position_ms
        self._sure_until = browser.clock.read()
        self._run_lock = RunLock(
            browser,
            f"{server}/{run_id}",
            notices=notices,
            on_won=self._won,
            on_lost=self._lost,
            on_robbed=lambda: self._lose(self._sure_ms),
            counted=self._counted,
            on_counted=self._take_back,
        )
        # What the page is told of its life, it passes on.
        self.join = self._run_lock.join
        self.leave = self._run_lock.leave
        self.insist = self._run_lock.insist

    @property
    def owns_run(self) -> bool:
        """Whether no other tab can have the run."""
        return self._run_lock.sure

    def update(self) -> None:
        """Claim the run while there is something to count here, and only then."""
        clock = self._session_clock
        has_time = clock.has_time or (self._has_past and not clock.closed)
        if has_time == self._run_lock.claimed:
            return
        if has_time:
            if self._claimed_at_ms is None:
                self._claimed_at_ms = clock.ledger.position_ms
            self.be_sure(self._clock.read())
            self._run_lock.claim(has_past=self._has_past)
        else:
            self._let_be()
            self._claimed_at_ms = None
            self._run_lock.give_up()
            if not clock.closed:
                clock.release(Cause.ELSEWHERE)

    def be_sure(self, now: Reading) -> None:
        """Up to now the run was ours: who robs it waits for longer than from tick to tick."""
        self._sure_until = now

    def stood_still(self, now: Reading) -> bool:
        """Whether it was for so long that another tab may have taken the run.

        Also one that was not there before: of company that came meanwhile nothing has been heard.
        """
        still_ms = now.monotonic_ms - self._sure_until.monotonic_ms
        return self._run_lock.claimed and still_ms >= PATIENCE_MS

    @property
    def _sure_ms(self) -> int:
        return self._session_clock.ledger.position_of(self._sure_until)

    def _counted(self) -> Spans:
        self._session_clock.observe()
        return self._session_clock.ledger.counted

    def _take_back(self, counted_there: Spans) -> None:
        """Of what was counted here before the session was opened."""
        if self._past_ms and not self._session_clock.closed:
            self._guard.disarm()
            self._session_clock.ledger.counted_elsewhere(counted_there, self._past_ms)

    def _won(self) -> None:
        self._claimed_at_ms = None
        self._has_past = False
        self.be_sure(self._clock.read())
        if self.owns_run:
            self._guard.look_for_leftovers(self._run_id)
        self._session_clock.release(Cause.ELSEWHERE)
        self._on_change()

    def _lost(self) -> None:
        since_ms = self._claimed_at_ms
        if since_ms is None and self.stood_still(self._clock.read()):
            since_ms = self._sure_ms  # whoever stood still hears of it late
        self._lose(since_ms)

    def _lose(self, since_ms: int | None) -> None:
        self._has_past = False
        self._let_be()
        self._session_clock.hold(Cause.ELSEWHERE, since_ms=since_ms)
        self._on_change()

    def _let_be(self) -> None:
        """Whatever was put aside is taken back before somebody else owns the run."""
        self._guard.disarm()
        self._guard.stop_looking()

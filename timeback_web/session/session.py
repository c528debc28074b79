"""One tracked session: the page's lifecycle and a ticker in, heartbeats out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from timeback_web.ports import PageEvent
from timeback_web.session.crash_guard import CrashGuard
from timeback_web.session.heartbeats import Heartbeats
from timeback_web.session.session_clock import SessionClock
from timeback_web.session.start import open_ledger
from timeback_web.session.tab_leadership import TabLeadership
from timeback_web.session.ticker import TICK_MS, Ticker
from timeback_web.timekeeping.causes import Cause

if TYPE_CHECKING:
    from collections.abc import Callable

    from timeback_web.callbacks import Callbacks
    from timeback_web.delivery.delivery import Delivery
    from timeback_web.delivery.wire import ActivityRef
    from timeback_web.options import TimeOptions
    from timeback_web.ports import Browser, Cancel
    from timeback_web.timekeeping.history import History
    from timeback_web.timekeeping.reading import Reading


class Session:
    """Tracks the time between `start()` and `end()`.

    Whatever comes in, from the app, the page, a timer or another tab, is one change: the ledger is
    told, what follows from that is done, and last of all the app is called back (`Notices`).

    Args:
        browser: The page.
        delivery: Takes the heartbeats.
        ref: What the heartbeats are about.
        history: Since when it counts, and what has happened since.
        time: How to track.
        callbacks: The app's.
        learner: The app's tag of the learner, or empty.
        not_before_ms: Wall time at which the run's last session of this page ended: should the
            clock have been set back since, this one begins there, as windows of a run never overlap
            (invariant 2).
        on_closed: Told the wall time of the end.
    """

    def __init__(
        self,
        browser: Browser,
        delivery: Delivery,
        ref: ActivityRef,
        *,
        history: History,
        time: TimeOptions,
        callbacks: Callbacks,
        learner: str,
        not_before_ms: int,
        on_closed: Callable[[int], None],
    ) -> None:
        """Open the ledger now; a page that is born hidden starts paused."""
        self._browser = browser
        self._delivery = delivery
        self._run_id = ref.run_id
        self._callbacks = callbacks
        self._on_closed = on_closed
        self._ledger = ledger = open_ledger(history, time, not_before_ms=not_before_ms)
        self._session_clock = SessionClock(ledger, browser.clock, ref, learner)
        self._guard = _guard(browser, self._session_clock, delivery, time)
        self._heartbeats = Heartbeats(
            self._session_clock,
            self._guard,
            delivery,
            first_ms=int(browser.rng.uniform(time.heartbeat_ms / 10, time.heartbeat_ms)),
            every_ms=time.heartbeat_ms,
        )
        self._settled = ledger.causes
        self._leadership = TabLeadership(
            browser,
            run_id=ref.run_id,
            server=delivery.server,
            session_clock=self._session_clock,
            guard=self._guard,
            notices=callbacks.notices,
            on_change=self._settle,
        )
        self._ticker = Ticker(
            browser.clock,
            browser.timers,
            stood_still=self._leadership.stood_still,
            look=self._look,
        )
        self._stop_listening: Cancel = lambda: None
        try:
            self._begin(for_inputs=time.idle_after_ms is not None)
        except BaseException:
            self._abandon()  # `start()` raises: nobody has what could end it
            raise

    @property
    def active_ms(self) -> int:
        """Active milliseconds so far, up to this moment."""
        self._session_clock.observe()
        return self._ledger.active_ms

    @property
    def paused_ms(self) -> int:
        """Paused milliseconds so far, up to this moment."""
        self._session_clock.observe()
        return self._ledger.paused_ms

    @property
    def paused(self) -> bool:
        """Whether time is not counted as active now."""
        return not self._session_clock.running

    def pause(self) -> None:
        """The app stops the clock."""
        with self._callbacks.notices:
            self._hold(Cause.APP)

    def resume(self) -> None:
        """The app lets the clock go on; a hidden page stays paused."""
        with self._callbacks.notices:
            self._release(Cause.APP)

    def close(self) -> None:
        """Flush the last window, synchronously, and stop."""
        with self._callbacks.notices:
            self._guard.disarm()
            last = self._session_clock.close()
            self._on_closed(self._ledger.stamp_ms)
            self._leadership.leave()
            self._heartbeats.report_last(last)
            self._guard.close()
            self._ticker.stop()
            self._stop_listening()
            self._delivery.end_run(self._run_id, self._callbacks)

    def _begin(self, *, for_inputs: bool) -> None:
        self._stop_listening = self._listen(for_inputs=for_inputs)
        self._delivery.open_run(self._run_id, self._callbacks)
        self._leadership.update()
        self._guard.changed()
        self._set_ticker()

    def _abandon(self) -> None:
        self._session_clock.close()  # whoever calls back late finds an ended session
        self._guard.disarm()
        self._ticker.stop()
        self._stop_listening()
        self._delivery.end_run(self._run_id, self._callbacks)
        self._guard.close()
        self._leadership.leave()

    # ── the page ─────────────────────────────────────────────────────────────────────────────

    def _listen(self, *, for_inputs: bool) -> Cancel:
        lifecycle = self._browser.lifecycle
        stop = lifecycle.listen(self._on_page)
        if not for_inputs:
            return stop
        stop_inputs = lifecycle.listen_for_input(self._on_input)

        def stop_both() -> None:
            stop()
            stop_inputs()

        return stop_both

    def _on_page(self, event: PageEvent) -> None:
        with self._callbacks.notices:
            if self._session_clock.closed:
                return  # by who heard of the event before
            if event is PageEvent.HIDDEN:
                self._hide()
            elif event is PageEvent.VISIBLE:
                self._release(Cause.HIDDEN)
            elif event is PageEvent.FOCUSED:
                self._leadership.insist()
            elif event is PageEvent.LEAVING:
                self._leave()
            elif event is PageEvent.RETURNED:
                self._leadership.join()
                self._return()

    def _hide(self) -> None:
        # Follows `pagehide`, and sees to what that was stopped in. No other event does: the app can
        # cause one (by `focus()`, say) while it is told of that very window.
        self._heartbeats.pick_up()
        left = Cause.AWAY in self._ledger.causes
        if self._ledger.open_active_ms or not left:  # `_return` looks whether it is hidden
            self._hold(Cause.HIDDEN, then=self._flush_active)

    def _leave(self) -> None:
        if Cause.AWAY not in self._ledger.causes:  # a page in the cache is frozen as well
            self._hold(Cause.AWAY, then=self._heartbeats.flush)
            self._leadership.leave()

    def _return(self) -> None:
        # Out of the back/forward cache the page may come back in a tab that is not in front.
        if self._browser.lifecycle.is_hidden():
            self._hold(Cause.HIDDEN)
        else:
            self._release(Cause.HIDDEN)
        self._release(Cause.AWAY)

    def _flush_active(self, now: Reading) -> None:
        """On hiding, what is not yet reported of active time: a phone may kill the page unheard.

        After `pagehide` has flushed, the `visibilitychange` that follows finds nothing here.
        """
        if self._ledger.open_active_ms:
            self._heartbeats.flush(now)

    def _on_input(self) -> None:
        with self._callbacks.notices:
            if not self._session_clock.closed:
                self._session_clock.input()
                self._settle()

    # ── what it leads to ─────────────────────────────────────────────────────────────────────

    def _hold(self, cause: Cause, *, then: Callable[[Reading], None] = lambda _: None) -> None:
        now = self._browser.clock.read()
        self._session_clock.hold(cause, now)
        then(now)  # the clock is not read again: that much of the exit would count as paused
        self._settle()

    def _release(self, cause: Cause) -> None:
        self._session_clock.release(cause)
        self._settle()

    def _settle(self) -> None:
        """What has changed is told: to the other tabs, the ticker and the app, in this order."""
        self._leadership.update()  # which may hold or release in turn, and settle that
        if self._ledger.causes == self._settled or self._session_clock.closed:
            return
        was_paused, self._settled = bool(self._settled), self._ledger.causes
        self._guard.changed()
        self._set_ticker()
        if self._settled and not was_paused:
            self._heartbeats.secure(owns_run=self._leadership.owns_run)
            self._callbacks.paused(self._run_id)
        elif was_paused and not self._settled:
            self._callbacks.resumed(self._run_id)

    def _look(self, now: Reading) -> None:
        with self._callbacks.notices:
            if self._browser.lifecycle.is_hidden():
                self._hide()  # not every way to be hidden fires an event
            self._session_clock.observe(now)
            self._settle()
            self._heartbeats.send_if_due(now)
            if self._session_clock.closed:
                return  # by the app, when it was asked for headers
            self._leadership.be_sure(now)
            self._guard.arm_when_idle(lambda: self._leadership.owns_run)
            self._set_ticker()

    def _set_ticker(self) -> None:
        """A timer runs only while there is active time to count or to report."""
        running = self._session_clock.running
        if not running and not self._ledger.open_active_ms:
            self._ticker.stop()
            return
        due_in_ms = self._heartbeats.due_in_ms
        # A running window may be overdue: what follows the last input is not decided yet.
        delay_ms = TICK_MS if due_in_ms <= 0 and running else min(TICK_MS, due_in_ms)
        self._ticker.set(max(0, delay_ms))


def _guard(
    browser: Browser, session_clock: SessionClock, delivery: Delivery, time: TimeOptions
) -> CrashGuard:
    if browser.worker_guard is None:
        return CrashGuard(session_clock, delivery, browser.timers, heartbeat_ms=time.heartbeat_ms)
    from timeback_web.session.worker_crash_guard import WorkerCrashGuard  # pages have no use for it

    return WorkerCrashGuard(
        session_clock,
        delivery,
        browser.timers,
        browser.worker_guard,
        heartbeat_ms=time.heartbeat_ms,
        stall_limit_ms=time.stall_limit_ms + TICK_MS,
    )

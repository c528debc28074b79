"""One tracked session: the page's lifecycle and a ticker in, heartbeats out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from timeback_web.crash_guard import CrashGuard
from timeback_web.ledger import Cause, Ledger, Phase
from timeback_web.outbox import Entry
from timeback_web.ports import PageEvent
from timeback_web.wire import Heartbeat

if TYPE_CHECKING:
    from collections.abc import Callable

    from timeback_web.delivery import Delivery
    from timeback_web.options import TimeOptions
    from timeback_web.ports import Browser, Cancel
    from timeback_web.reporter import Reporter
    from timeback_web.window import Window
    from timeback_web.wire import ActivityRef

TICK_MS = 1_000
"""How often a running ledger looks at the clock. Nothing is counted in ticks; they only keep the
step in which a machine falls asleep short."""


class Session:
    """Tracks the time between `start()` and `end()`.

    Args:
        browser: The page.
        delivery: Takes the heartbeats.
        ref: What the heartbeats are about.
        time: How to track.
        reporter: The app's callbacks.
        learner: The app's tag of the learner, or empty.
        not_before_ms: Wall time at which the run's last session of this page ended: should the
            clock have been set back since, this one begins there, as windows of a run never overlap
            (design, invariant 2).
        on_closed: Told the wall time of the end.
    """

    def __init__(
        self,
        browser: Browser,
        delivery: Delivery,
        ref: ActivityRef,
        *,
        time: TimeOptions,
        reporter: Reporter,
        learner: str,
        not_before_ms: int,
        on_closed: Callable[[int], None],
    ) -> None:
        """Open the books now; a page that is born hidden starts paused."""
        self._browser = browser
        self._delivery = delivery
        self._ref = ref
        self._time = time
        self._reporter = reporter
        self._learner = learner
        self._on_closed = on_closed
        self._ticker: Cancel | None = None
        self._guard = CrashGuard()
        now = browser.clock.read()
        self._ledger = Ledger(
            now._replace(wall_ms=max(now.wall_ms, not_before_ms)),
            held={Cause.HIDDEN} if browser.lifecycle.is_hidden() else set(),
            stall_limit_ms=time.stall_limit_ms,
        )
        self._stop_listening = browser.lifecycle.listen(self._on_page)
        delivery.open_run(ref.run_id, reporter)
        self._arm()

    @property
    def active_ms(self) -> int:
        """Active milliseconds so far, up to this moment."""
        self._observe()
        return self._ledger.active_ms

    @property
    def paused_ms(self) -> int:
        """Paused milliseconds so far, up to this moment."""
        self._observe()
        return self._ledger.paused_ms

    @property
    def paused(self) -> bool:
        """Whether time is not counted as active now."""
        return self._ledger.phase is not Phase.RUNNING

    def pause(self) -> None:
        """The app stops the clock."""
        self._hold(Cause.APP)

    def resume(self) -> None:
        """The app lets the clock go on; a hidden page stays paused."""
        self._release(Cause.APP)

    def close(self) -> None:
        """Flush the last window, synchronously, and stop."""
        self._disarm_guard()
        window = self._ledger.close(self._browser.clock.read())
        self._on_closed(self._ledger.stamp_ms)
        if window is not None:
            self._delivery.post_now(self._entry(window))
        self._disarm()
        self._stop_listening()
        self._delivery.end_run(self._ref.run_id, self._reporter)

    # ── the page ─────────────────────────────────────────────────────────────────────────────

    def _on_page(self, event: PageEvent) -> None:
        if event is PageEvent.HIDDEN:
            self._hold(Cause.HIDDEN, then=self._flush_active)
        elif event is PageEvent.VISIBLE:
            self._release(Cause.HIDDEN)
        elif event is PageEvent.LEAVING:
            self._hold(Cause.AWAY, then=self._flush_now)
        elif event is PageEvent.RETURNED:
            self._return()

    def _return(self) -> None:
        # Out of the back/forward cache the page may come back in a tab that is not in front.
        if self._browser.lifecycle.is_hidden():
            self._hold(Cause.HIDDEN)
        else:
            self._release(Cause.HIDDEN)
        self._release(Cause.AWAY)

    def _hold(self, cause: Cause, *, then: Callable[[], None] = lambda: None) -> None:
        was_paused = self.paused
        self._ledger.hold(cause, self._browser.clock.read())
        then()
        self._arm()
        if not was_paused:
            self._reporter.paused(self._ref.run_id)

    def _release(self, cause: Cause) -> None:
        was_paused = self.paused
        self._ledger.release(cause, self._browser.clock.read())
        self._arm()
        if was_paused and not self.paused:
            self._reporter.resumed(self._ref.run_id)

    def _flush_active(self) -> None:
        """On hiding, what is not yet reported of active time: a phone may kill the page unheard.

        After `pagehide` has flushed, the `visibilitychange` that follows finds nothing here.
        """
        if self._ledger.open_active_ms:
            self._flush_now()

    def _flush_now(self) -> None:
        window = self._cut()
        if window is not None:
            self._delivery.post_now(self._entry(window))

    def _cut(self) -> Window | None:
        self._disarm_guard()
        return self._ledger.cut(self._browser.clock.read())

    # ── the crash guard ──────────────────────────────────────────────────────────────────────

    def _arm_guard(self) -> None:
        if self._ledger.phase is Phase.CLOSED:
            return  # A callback of what was just sent has ended the activity.
        self._disarm_guard()
        window = self._ledger.preview(self._browser.clock.read())
        if window is not None and self._delivery.can_arm(self._ref.run_id):
            self._guard.hold(window, self._delivery.arm(self._entry(window)))

    def _disarm_guard(self) -> None:
        already_sent = self._guard.disarm()
        if already_sent is not None:
            self._ledger.begin_after(already_sent)

    # ── the ticker ───────────────────────────────────────────────────────────────────────────

    def _tick(self) -> None:
        self._ticker = None
        if self._browser.lifecycle.is_hidden():
            self._on_page(PageEvent.HIDDEN)  # not every way to be hidden fires an event
        self._observe()
        if self._due_in_ms() <= 0:
            window = self._cut()
            if window is not None:
                self._delivery.post(self._entry(window))
        self._arm_guard()
        self._arm()

    def _arm(self) -> None:
        """A timer runs only while there is active time to book or to report."""
        self._disarm()
        if self.paused and not self._ledger.open_active_ms:
            return
        delay_ms = max(0, min(TICK_MS, self._due_in_ms()))
        self._ticker = self._browser.timers.call_later(delay_ms, self._tick)

    def _due_in_ms(self) -> int:
        """Until the next heartbeat.

        A running window is measured by its active time, so that the first heartbeat after a long
        pause is not due at once; a paused one by its age, so that what it holds is not held back.
        """
        ledger = self._ledger
        return self._time.heartbeat_ms - (ledger.open_ms if self.paused else ledger.open_active_ms)

    def _disarm(self) -> None:
        if self._ticker is not None:
            self._ticker()
            self._ticker = None

    def _observe(self) -> None:
        if self._ledger.phase is not Phase.CLOSED:
            self._ledger.observe(self._browser.clock.read())

    def _entry(self, window: Window) -> Entry:
        return Entry(
            run_id=self._ref.run_id,
            started_at_ms=window.started_at_ms,
            ended_at_ms=window.ended_at_ms,
            elapsed_ms=window.elapsed_ms,
            body=Heartbeat.of(self._ref, window).encode(),
            learner=self._learner,
        )

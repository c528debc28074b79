"""The retry queue: sees to it that windows which wait go out, one at a time, when they may.

It looks into the outbox when there is reason to (something was put there, a run was opened, an
answer has come, a wait is over, the network or the page is back), takes its turn among the tabs,
and hands the oldest window that may be tried to whoever sends. When nothing waits it has no timer
and no listener.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from timeback_web.delivery.journal import REST_MS
from timeback_web.delivery.other_tabs import OtherTabs
from timeback_web.delivery.outbox_turn import OutboxTurn
from timeback_web.ports import PageEvent

if TYPE_CHECKING:
    from collections.abc import Callable

    from timeback_web.delivery.entry import Entry
    from timeback_web.delivery.outbox import Outbox
    from timeback_web.delivery.retry_policy import RetryPolicy
    from timeback_web.ports import Browser, Cancel


class RetryQueue:
    """Sends what waits.

    Args:
        browser: The page.
        outbox: Where windows wait.
        retry_policy: Which runs have to wait, and how long.
        mine: The windows of the outbox that may go out under this page's sign-in, oldest first.
        send: Sends a claimed window, and calls back when it has landed.
        is_idle: Whether nothing is in flight.
        on_lost: Told of a window that was given up.
        on_empty: Told when nothing waits any more.
        on_way_out: Told when the page is hidden (`False`) or left (`True`) while something waits.
    """

    def __init__(
        self,
        browser: Browser,
        outbox: Outbox,
        retry_policy: RetryPolicy,
        *,
        mine: Callable[[], list[Entry]],
        send: Callable[[Entry, Callable[[], None]], None],
        is_idle: Callable[[], bool],
        on_lost: Callable[[Entry, str], None],
        on_empty: Callable[[], None],
        on_way_out: Callable[[bool], None],
    ) -> None:
        """Look at nothing yet."""
        self._browser = browser
        self._outbox = outbox
        self._retry_policy = retry_policy
        self._mine = mine
        self._send = send
        self._is_idle = is_idle
        self._on_lost = on_lost
        self._on_empty = on_empty
        self._on_way_out = on_way_out
        self._waiting = False  # something may be in the outbox for us
        self._worth_a_look = False  # and some of it may be tried now
        self._turn = OutboxTurn(browser, self._take_turn)
        self._pumping = False
        self.closed = False
        """Whether nothing is sent any more; what is kept then is kept for the next client."""
        self._wake: Cancel | None = None
        self._wake_at_ms = 0.0
        self._stop_listening: Cancel | None = None
        self._other_tabs = OtherTabs(browser, outbox)
        self._stop_missing: Cancel | None = None
        self._on_rest: list[Callable[[], None]] = []

    @property
    def waiting(self) -> bool:
        """Whether something may be waiting."""
        return self._waiting

    def in_trouble(self, run_id: str) -> bool:
        """Whether a window of that run had better not be sent now."""
        resting = self._monotonic_ms() < self._retry_policy.free_at_ms(run_id)
        return resting or not self._browser.network.is_online()

    def keep(self, entry: Entry) -> bool:
        """Let a window wait; whether it would outlive the page there."""
        if not self.closed:
            self._other_tabs.join()
        outlives_page = self._outbox.put(entry)
        if self.closed and not outlives_page:
            self._outbox.take(entry)  # nobody will look into our memory again
        self.expect()
        return outlives_page

    def expect(self) -> None:
        """Something may be waiting."""
        for lost in self._outbox.evict(now_ms=self._browser.clock.read().wall_ms):
            self._on_lost(lost, "it waited too long, or too many waited")
        if self.closed:
            return
        self._waiting = self._worth_a_look = True
        if self._stop_listening is None:
            self._stop_listening = self._browser.lifecycle.listen(self._on_page)
        self._look_for_missing()

    def pump(self) -> None:
        """Send what waits, one after another. A loop, so that a long outbox needs no deep stack."""
        if self._pumping:
            return
        self._pumping = True
        try:
            while self._waiting and self._worth_a_look and self._may_send():
                self._turn.ask()
        finally:
            self._pumping = False
        self._tell_rest()

    def when_at_rest(self, callback: Callable[[], None]) -> None:
        """Call back when all has been tried that is worth a try now."""
        self._on_rest.append(callback)
        self._tell_rest()

    def wake_at(self, at_ms: float) -> None:
        """Look again then (monotonic), or earlier if that is planned already."""
        if self.closed or (self._wake is not None and self._wake_at_ms <= at_ms):
            return
        self._cancel_wake()
        self._wake_at_ms = at_ms
        delay_ms = max(0.0, at_ms - self._monotonic_ms())
        self._wake = self._browser.timers.call_later(delay_ms, self._look_again)

    def close(self) -> None:
        """Stop; what waits in storage stays there, what finds no room in it is lost."""
        self.closed = True
        self._outbox.restore()
        self._rest()
        if self._turn.awaited:
            self._turn.end()
        self._outbox.store_memory()
        for lost in self._outbox.drain_memory():
            self._on_lost(lost, "the client was closed, and storage had taken nothing")

    def _may_send(self) -> bool:
        free = self._is_idle() and not self._turn.awaited
        return free and self._browser.network.is_online()

    def _take_turn(self) -> None:
        """Claim and send a window; the turn ends when it holds up nobody any more."""
        entry = None if self.closed or not self._may_send() else self._claim()
        if entry is None:
            self._turn.end()
            self._tell_rest()
        else:
            self._send(entry, self._turn.end)

    def _tell_rest(self) -> None:
        if not self._is_idle() or self._turn.awaited:
            return
        if self._waiting and self._worth_a_look and self._browser.network.is_online():
            return
        due, self._on_rest = self._on_rest, []
        for callback in due:
            callback()

    def _claim(self) -> Entry | None:
        """Take the oldest window that may be tried, and is not refused for ever; else see when."""
        mine = self._mine()
        if mine:
            self._other_tabs.join()
        waiting = sorted(mine, key=lambda one: self._retry_policy.disfavour(*_name(one)))
        free_at_ms = [self._retry_policy.window_free_at_ms(*_name(one)) for one in waiting]
        now_ms = self._monotonic_ms()
        for entry, at_ms in zip(waiting, free_at_ms, strict=True):
            if at_ms <= now_ms and self._outbox.take(entry):
                return entry
        self._worth_a_look = False
        self._look_for_missing()
        if waiting:
            self.wake_at(min(free_at_ms))
        elif not self._outbox.missing:
            self._rest()
            self._retry_policy.forget()
            self._on_empty()
        return None

    def _look_for_missing(self) -> None:
        """What is gone another tab has taken, which is about to say so; or storage has lost it."""
        if self._outbox.missing and self._stop_missing is None:
            self._stop_missing = self._browser.timers.call_later(REST_MS, self._restore)

    def _restore(self) -> None:
        self._cancel_restoring()
        self._outbox.restore()
        self._look_again()

    def _cancel_restoring(self) -> None:
        if self._stop_missing is not None:
            self._stop_missing()
            self._stop_missing = None

    def _rest(self) -> None:
        self._waiting = False
        self._other_tabs.leave()
        self._cancel_restoring()
        self._cancel_wake()
        if self._stop_listening is not None:
            self._stop_listening()
            self._stop_listening = None

    def _on_page(self, event: PageEvent) -> None:
        if event in (PageEvent.HIDDEN, PageEvent.LEAVING):
            self._outbox.restore()
            self._on_way_out(event is PageEvent.LEAVING)
        if event is PageEvent.LEAVING:
            self._turn.end()  # a frozen page would keep it from all others
            self._other_tabs.leave()  # and a message to a cached one would end it
        if event is PageEvent.RETURNED:
            self._outbox.forget()
        if event is PageEvent.ONLINE:
            self._retry_policy.back_online(self._monotonic_ms())
        if event in (PageEvent.ONLINE, PageEvent.RETURNED):
            self._cancel_wake()
            self._look_again()

    def _look_again(self) -> None:
        self._wake = None
        self._worth_a_look = True
        self.pump()

    def _cancel_wake(self) -> None:
        if self._wake is not None:
            self._wake()
            self._wake = None

    def _monotonic_ms(self) -> float:
        return self._browser.clock.read().monotonic_ms


def _name(entry: Entry) -> tuple[str, int]:
    return entry.run_id, entry.started_at_ms

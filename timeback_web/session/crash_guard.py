"""What a crash would lose, left where it outlives the page.

A renderer that dies runs no handler. So the open window, as far as it has grown, is put aside after
every tick, as soon as the page is idle, and taken back before anything else reports the same time.
What a crash then loses is about a tick. There are two places for it:

* with the browser: Chromium's `fetchLater` holds a request for the page and sends it when the page
  is gone, also after a crash or a kill of its process
  (https://developer.mozilla.org/docs/Web/API/Window/fetchLater);
* in the journal, in storage, where there is no `fetchLater` or the server can't be trusted to take
  what it sends. The next tab that gets the run finds it there. So is a window that has grown longer
  than a heartbeat, as it does while idleness is not decided: a browser that is killed forgets what
  it was to send, and must not cost more than elsewhere.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from timeback_web.delivery.journal import REST_MS

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from timeback_web.delivery.delivery import Delivery
    from timeback_web.delivery.entry import Entry
    from timeback_web.ports import Armed, Cancel, Timers
    from timeback_web.session.session_clock import SessionClock

IDLE_LIMIT_MS = 100
"""How long putting a window aside may wait until the page is idle."""


class CrashGuard:
    """Puts aside at most one window, that of an open session.

    Args:
        session_clock: Of the session.
        delivery: Knows the two places.
        timers: The page's.
        heartbeat_ms: What is longer is put aside in storage, not with the browser.
    """

    def __init__(
        self,
        session_clock: SessionClock,
        delivery: Delivery,
        timers: Timers,
        *,
        heartbeat_ms: int,
    ) -> None:
        """Begin with nothing put aside."""
        self._heartbeat_ms = heartbeat_ms
        self._session_clock = session_clock
        self._delivery = delivery
        self._timers = timers
        self._armed: Armed | None = None
        self._entry: Entry | None = None
        self._stop_waiting: Cancel = lambda: None
        self._stop_arming: Cancel | None = None

    def arm_when_idle(self, owns_run: Callable[[], bool]) -> None:
        """Put the open window aside when that is in nobody's way; until then, what is there stays.

        It takes the browser longer than all else that a tick does. A page that was not idle since
        the last tick is too busy to be waited for.
        """
        if self._stop_arming is not None:
            self.arm(owns_run=owns_run())
        else:
            self._stop_arming = self._timers.call_when_idle(
                lambda: self.arm(owns_run=owns_run()), limit_ms=IDLE_LIMIT_MS
            )

    def arm(self, *, owns_run: bool) -> bool:
        """Put the open window aside, as it is now; whether there is nothing left to lose.

        Args:
            owns_run: Whether no other tab can have the run: without that, nothing may lie in the
                journal, for the tab that has it would take it for a dead page's.
        """
        self.disarm()
        entry = self._session_clock.preview()
        if entry is None:
            return True
        self._entry = entry
        self._armed = self._delivery.arm(
            entry, owns_run=owns_run, in_storage=entry.elapsed_ms > self._heartbeat_ms
        )
        return self._armed is not None

    def disarm(self) -> None:
        """Take it back; if the browser was quicker, the ledger goes on after what it has sent."""
        if self._stop_arming is not None:
            self._stop_arming()
            self._stop_arming = None
        armed, entry = self._armed, self._entry
        self._armed = self._entry = None
        if armed is not None and entry is not None and not armed.take_back():
            self._session_clock.ledger.begin_after(entry.elapsed_ms, entry.ended_at_ms)

    def changed(self) -> None:
        """The ledger was held or released; nobody else has to know."""

    def reporting(self, _: Entry, /) -> AbstractContextManager[None]:
        """What is delivered in here is this window; nobody else could be quicker."""
        return nullcontext()

    def close(self) -> None:
        """The session has ended."""
        self.stop_looking()

    def look_for_leftovers(self, run_id: str) -> None:
        """This tab has the run: what lies in the journal, once that is settled, nobody else sends.

        Storage reaches other tabs late, hence the wait.
        """
        self._stop_waiting()
        self._stop_waiting = self._timers.call_later(
            REST_MS, lambda: self._delivery.recover(run_id)
        )

    def stop_looking(self) -> None:
        """The tab has the run no more."""
        self._stop_waiting()

"""One tab at a time sends from the outbox.

A removal in localStorage reaches other tabs late, so a tab that takes a window out holds a lock
until its answer has come: no other may send the same window meanwhile. Nobody is locked out for
ever: who holds the lock lets go when the answer takes too long (`in_flight.py`) and when the page
is frozen or left; from a tab that stands still it is stolen, and what that has taken is gone here
as well before anything else is taken.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from timeback_web.delivery.journal import REST_MS

if TYPE_CHECKING:
    from collections.abc import Callable

    from timeback_web.ports import Browser, Cancel

_LOCK = "timeback_web/outbox"
PATIENCE_MS = 150_000
"""Longer than any tab holds the lock that can still run a timer, if only once a minute."""


class OutboxTurn:
    """This tab's turn.

    Args:
        browser: The page.
        on_turn: Called when it comes; `end` ends it.
    """

    def __init__(self, browser: Browser, on_turn: Callable[[], None]) -> None:
        """Ask for nothing yet."""
        self._browser = browser
        self._on_turn = on_turn
        self.awaited = False
        """Whether it was asked for, and has not come."""
        self._release: Cancel = _nothing
        self._withdraw: Cancel = _nothing
        self._stop_waiting: Cancel = _nothing

    def ask(self) -> None:
        """Ask for a turn."""
        self.awaited = True
        # First: should a lesson be interrupted in the midst of this, the queue goes on from there.
        self._stop_waiting = self._browser.timers.call_later(PATIENCE_MS, self._steal)
        withdraw = self._browser.locks.request(_LOCK, self._granted)
        if self.awaited:
            self._withdraw = withdraw

    def end(self) -> None:
        """Let go of the lock, or ask for it no more; harmless at any other time."""
        self.awaited = False
        for cancel in (self._stop_waiting, self._withdraw, self._release):
            cancel()
        self._stop_waiting = self._withdraw = self._release = _nothing

    def _granted(self, release: Cancel) -> None:
        self._stop_waiting()
        self._release = release
        self._begin()

    def _steal(self) -> None:
        self._withdraw()
        self._withdraw = self._browser.locks.request(_LOCK, self._stolen, steal=True)

    def _stolen(self, release: Cancel) -> None:
        self._release = release
        self._stop_waiting = self._browser.timers.call_later(REST_MS, self._begin)

    def _begin(self) -> None:
        self.awaited = False
        self._on_turn()


def _nothing() -> None:
    """There is nothing to end."""

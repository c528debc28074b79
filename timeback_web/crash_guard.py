"""What a crash would lose, left with the browser.

A renderer that dies runs no handler. Chromium's `fetchLater` holds a request for the page and sends
it when the page is gone, also after a crash or a kill. So the open window, as far as it has grown,
is armed at every tick, and taken back before anything else reports the same time. What a crash then
loses is less than a tick. (https://developer.mozilla.org/docs/Web/API/Window/fetchLater)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from timeback_web.ports import Armed
    from timeback_web.window import Window


class CrashGuard:
    """Holds at most one armed window."""

    def __init__(self) -> None:
        """Begin with nothing armed."""
        self._armed: Armed | None = None
        self._window: Window | None = None

    def hold(self, window: Window, armed: Armed | None) -> None:
        """`window` is what `armed` would report; call `disarm` first."""
        self._armed, self._window = armed, window

    def disarm(self) -> Window | None:
        """Take back what is armed; the window that it reported, if the browser was quicker."""
        armed, window = self._armed, self._window
        self._armed = self._window = None
        return None if armed is None or armed.take_back() else window

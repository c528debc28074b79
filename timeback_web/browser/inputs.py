"""Whether the learner does something: types, points, touches, scrolls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from js import document

from timeback_web.browser.events import listen

if TYPE_CHECKING:
    from collections.abc import Callable

    from timeback_web.ports import Cancel, Timers

_EVENTS = ("pointerdown", "pointermove", "keydown", "wheel", "scroll", "touchmove")
REST_MS = 250
"""How long not to listen after an input. A moving pointer fires up to a thousand events a second,
and each would call into Python."""


class InputWatch:
    """Listens for input, with rests in between.

    Args:
        timers: For the rests.
        on_input: Told of an input.
    """

    def __init__(self, timers: Timers, on_input: Callable[[], None]) -> None:
        """Listen from now on."""
        self._timers = timers
        self._on_input = on_input
        self._cancels: list[Cancel] = []
        self._listen()

    def stop(self) -> None:
        """Listen no more."""
        for cancel in self._cancels:
            cancel()
        self._cancels = []

    def _listen(self) -> None:
        self._cancels = [listen(document, name, self._heard, capture=True) for name in _EVENTS]

    def _heard(self, _: Any) -> None:  # noqa: ANN401 - a DOM event
        self.stop()
        self._cancels = [self._timers.call_later(REST_MS, self._listen)]
        self._on_input()

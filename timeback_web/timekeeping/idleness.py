"""Whether somebody is there: told by signs of life, and known only afterwards."""

from __future__ import annotations

from bisect import insort
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from timeback_web.timekeeping.intervals import Intervals


class Idleness:
    """The signs of life in the open window.

    Between two of them nobody was there, if more active time than `after_ms` lies between them.

    Args:
        after_ms: So much.
    """

    def __init__(self, after_ms: int) -> None:
        """Whoever starts something is there."""
        self.after_ms = after_ms
        self._signs = [0]
        self._window_start_ms = 0
        self._idle_before = False

    @property
    def last_sign_ms(self) -> int:
        """Position of the last one."""
        return self._signs[-1]

    def sign(self, at_ms: int) -> None:
        """Somebody has done something, then; it may be told late."""
        if at_ms <= self._window_start_ms:
            self._signs[0] = max(at_ms, self._signs[0])
            self._idle_before = False
        elif at_ms != self._signs[-1]:
            insort(self._signs, at_ms)

    def begin_window(self, start_ms: int, *, idle: bool) -> None:
        """What was before is final; `idle`: nobody is there now."""
        self._window_start_ms = start_ms
        self._idle_before = idle and self.last_sign_ms <= start_ms
        before = [at_ms for at_ms in self._signs if at_ms <= start_ms]
        self._signs = before[-1:] + self._signs[len(before) :]

    def take_out_of(self, counted: Intervals, until_ms: int) -> bool:
        """Count nothing of the time in which nobody was there; whether that is so at its end."""
        idle = False
        begins = [max(self._window_start_ms, self._signs[0]), *self._signs[1:]]
        for number, (begin, end) in enumerate(zip(begins, [*begins[1:], until_ms], strict=True)):
            carried = self._idle_before and number == 0
            idle = carried or counted.between_ms(begin, end) >= self.after_ms
            if idle:
                counted.remove(begin, end)
        return idle

"""Stretches of active time on a session's line, that may be taken back while they are open."""

from __future__ import annotations


class Intervals:
    """Half-open stretches in whole milliseconds: in order, apart from each other, none empty."""

    def __init__(self) -> None:
        """Begin with none."""
        self._intervals: list[tuple[int, int]] = []

    @property
    def total_ms(self) -> int:
        """Their length together."""
        return sum([end - start for start, end in self._intervals])

    def add(self, start_ms: int, end_ms: int) -> None:
        """Add a stretch that begins where the last one ends, or later; twice is as good as once.

        Twice happens where the browser stopped the handler before it had moved the clock.
        """
        if end_ms == start_ms:
            return
        if self._intervals and self._intervals[-1][1] >= start_ms:
            self._intervals[-1] = (self._intervals[-1][0], end_ms)
        else:
            self._intervals.append((start_ms, end_ms))

    def after_ms(self, position_ms: int) -> int:
        """How much of them lies after a position."""
        return sum(
            [end - max(start, position_ms) for start, end in self._intervals if end > position_ms]
        )

    def forget_after(self, position_ms: int) -> None:
        """Cut off what lies after a position."""
        self._intervals = [
            (start, min(end, position_ms)) for start, end in self._intervals if start < position_ms
        ]

    def forget_before(self, position_ms: int) -> None:
        """Cut off what lies before a position."""
        self._intervals = [
            (max(start, position_ms), end) for start, end in self._intervals if end > position_ms
        ]

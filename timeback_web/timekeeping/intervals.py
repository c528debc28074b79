"""Intervals of a session's line, in whole milliseconds."""

from __future__ import annotations


class Intervals:
    """Half-open intervals: in order, apart from each other, none empty.

    Args:
        *intervals: To begin with, in order and apart from each other.
    """

    def __init__(self, *intervals: tuple[int, int]) -> None:
        """Begin with those."""
        self._intervals = [one for one in intervals if one[0] < one[1]]

    @property
    def total_ms(self) -> int:
        """Their length together."""
        return sum([end - start for start, end in self._intervals])

    @property
    def spans(self) -> list[tuple[int, int]]:
        """Where they begin and end."""
        return list(self._intervals)

    def add(self, start_ms: int, end_ms: int) -> None:
        """Add one that begins where the last one ends, or later; twice is as good as once.

        Twice happens where the browser stopped the handler before it had moved the clock.
        """
        if end_ms == start_ms:
            return
        if self._intervals and self._intervals[-1][1] >= start_ms:
            self._intervals[-1] = (self._intervals[-1][0], end_ms)
        else:
            self._intervals.append((start_ms, end_ms))

    def between_ms(self, start_ms: int, end_ms: int) -> int:
        """How much of them lies between two positions."""
        return sum(
            [
                min(end, end_ms) - max(start, start_ms)
                for start, end in self._intervals
                if end > start_ms and start < end_ms
            ]
        )

    def remove(self, start_ms: int, end_ms: int) -> None:
        """Cut this one out of them."""
        left: list[tuple[int, int]] = []
        for start, end in self._intervals:
            if start < start_ms:
                left.append((start, min(end, start_ms)))
            if end > end_ms:
                left.append((max(start, end_ms), end))
        self._intervals = left

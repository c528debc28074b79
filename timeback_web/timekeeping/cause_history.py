"""What of the open window is not active, and why: when each cause held, and what nobody knows of.

It is kept so that what is told late can be put where it belongs, and the window counted anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from timeback_web.timekeeping.intervals import Intervals

if TYPE_CHECKING:
    from collections.abc import Iterable

    from timeback_web.timekeeping.causes import Cause

type _Span = tuple[int, int]

_OPEN_MS = 2**53
"""The end of a span that has none yet."""


class CauseHistory:
    """Spans of the line.

    Args:
        held: What holds from the beginning.
        stall_limit_ms: The longest time that counts as active although nobody has looked.
    """

    def __init__(self, held: Iterable[Cause], stall_limit_ms: int) -> None:
        """Begin at 0."""
        self._stall_limit_ms = stall_limit_ms
        self._held: dict[Cause, list[_Span]] = {cause: [(0, _OPEN_MS)] for cause in held}
        self._asleep: list[_Span] = []
        self._unseen: list[_Span] = []

    def begin(self, cause: Cause, since_ms: int) -> None:
        """It holds, since then."""
        spans = self._held.setdefault(cause, [])
        if spans and spans[-1][1] >= since_ms:
            spans[-1] = (min(since_ms, spans[-1][0]), _OPEN_MS)
        else:
            spans.append((since_ms, _OPEN_MS))

    def end(self, cause: Cause, at_ms: int) -> None:
        """It held until then."""
        start, _ = self._held[cause][-1]
        self._held[cause][-1] = (start, max(start, at_ms))

    def held(self, cause: Cause, start_ms: int, end_ms: int) -> None:
        """It held once; nothing is said of now."""
        self._held.setdefault(cause, []).insert(0, (start_ms, end_ms))

    def sleep(self, start_ms: int, end_ms: int) -> None:
        """The machine slept, or its clock was set forward."""
        self._asleep.append((start_ms, end_ms))

    def miss(self, start_ms: int, end_ms: int) -> None:
        """Nobody has looked meanwhile; for too long, it counts as paused."""
        awake = Intervals((start_ms, end_ms))
        for start, end in self._asleep:
            awake.remove(start, end)
        if awake.total_ms > self._stall_limit_ms:
            self._unseen.append((start_ms, end_ms))

    def see(self, at_ms: int) -> None:
        """Something is known of that moment after all."""
        for start, end in list(self._unseen):
            if start < at_ms < end:
                self._unseen.remove((start, end))
                self.miss(start, at_ms)
                self.miss(at_ms, end)

    def take_out_of(self, counted: Intervals) -> None:
        """Leave what is active."""
        for spans in (*self._held.values(), self._asleep, self._unseen):
            for start, end in spans:
                counted.remove(start, end)

    def forget_before(self, position_ms: int) -> None:
        """What was before is final."""
        self._held = {
            cause: [span for span in spans if span[1] > position_ms]
            for cause, spans in self._held.items()
        }
        self._asleep = [span for span in self._asleep if span[1] > position_ms]
        self._unseen = [span for span in self._unseen if span[1] > position_ms]

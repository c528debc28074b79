"""A clock that stands still until a test moves it, and the timers that hang on it."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

from timeback_web.timekeeping.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Callable

    from timeback_web.ports import Cancel

START_MS = 1_763_978_400_000
"""Monday, 24 November 2025, 10:00 UTC."""


class FakeClock:
    """Two clocks that move by hand."""

    def __init__(self) -> None:
        """Begin at a fixed Monday morning."""
        self.monotonic_ms = 5_000.0
        self.wall_ms = float(START_MS)

    def read(self) -> Reading:
        """The time now."""
        return Reading(self.monotonic_ms, self.wall_ms)

    def move(self, ms: float) -> None:
        """Let both clocks run."""
        self.monotonic_ms += ms
        self.wall_ms += ms


@dataclass(order=True)
class _Timer:
    due_ms: float
    order: int
    callback: Callable[[], object] = field(compare=False)


class FakeTimers:
    """Timers that fire when the clock is moved past them.

    Attributes:
        busy_ms: How long the page always is busy before it is idle.
    """

    def __init__(self, clock: FakeClock) -> None:
        """Hang on `clock`."""
        self.busy_ms = 0.0
        self._clock = clock
        self._timers: list[_Timer] = []
        self._order = count()

    @property
    def pending(self) -> int:
        """How many timers are armed."""
        return len(self._timers)

    def call_later(self, delay_ms: float, callback: Callable[[], object]) -> Cancel:
        """Call `callback` once `delay_ms` have passed."""
        timer = _Timer(self._clock.monotonic_ms + delay_ms, next(self._order), callback)
        heapq.heappush(self._timers, timer)

        def cancel() -> None:
            if timer in self._timers:
                self._timers.remove(timer)
                heapq.heapify(self._timers)

        return cancel

    def call_when_idle(self, callback: Callable[[], object], *, limit_ms: float) -> Cancel:
        """Call `callback` when the page is not `busy_ms` any more, or after `limit_ms`."""
        return self.call_later(min(self.busy_ms, limit_ms), callback)

    def advance(self, ms: float) -> None:
        """Move the clock by `ms`, firing what falls due on the way, each at its own time."""
        end_ms = self._clock.monotonic_ms + ms
        while self._timers and self._timers[0].due_ms <= end_ms:
            timer = heapq.heappop(self._timers)
            self._clock.move(max(0.0, timer.due_ms - self._clock.monotonic_ms))
            timer.callback()
        self._clock.move(max(0.0, end_ms - self._clock.monotonic_ms))

    def clear(self) -> None:
        """Forget all timers: the page is gone."""
        self._timers.clear()

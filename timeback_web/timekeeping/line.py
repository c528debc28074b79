"""A session's line: whole milliseconds since `start()`, measured by one clock, stamped by another.

The *monotonic* clock measures. The line moves forward by its whole milliseconds, counted from the
anchor (never added up from rounded steps), so that splitting or delaying readings changes no sum.
The *wall* clock stamps. It is read once, at the anchor; every stamp is the anchor plus the position
on the line. Hence windows tile the session and their starts strictly grow.

The two can drift apart. When the wall clock is ahead of the line by more than `drift_limit_ms`, the
machine slept (monotonic clocks stop in sleep on macOS and Linux) or the clock was set forward: the
line jumps ahead. When it is behind, the clock was set back; the line goes on, because going back
would overlap windows that are already sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from timeback_web.timekeeping.reading import Reading


class Line:
    """Where on it we are, and where a reading of the past was.

    Args:
        anchor: The reading at position 0.
        drift_limit_ms: How far the wall clock may run ahead before the line jumps.

    Attributes:
        began_at_ms: Wall time of position 0.
        measured_ms: What the monotonic clock has measured.
        jumped_ms: By how much the line has jumped ahead: its position is both together.
    """

    def __init__(self, anchor: Reading, drift_limit_ms: int) -> None:
        """Begin at 0."""
        self._anchor = anchor
        self._drift_limit_ms = drift_limit_ms
        self._jumps: list[tuple[int, int]] = []
        self.began_at_ms = int(anchor.wall_ms)
        self.measured_ms = 0
        self.jumped_ms = 0

    @property
    def measured_at_ms(self) -> float:
        """Monotonic time at which the position was reached: the last reading, less a fraction."""
        return self._anchor.monotonic_ms + self.measured_ms

    def measure(self, at: Reading) -> int:
        """What the monotonic clock has measured by then."""
        return int(at.monotonic_ms - self._anchor.monotonic_ms)

    def move(self, step_ms: int, wall_ms: float) -> int:
        """Go on by what was measured; by how much the line has jumped ahead as well."""
        self.measured_ms += step_ms
        ahead_ms = int(wall_ms - self._anchor.wall_ms) - self.measured_ms - self.jumped_ms
        if ahead_ms <= self._drift_limit_ms:
            return 0
        self._jumps.append((self.measured_ms, ahead_ms))
        self.jumped_ms += ahead_ms
        return ahead_ms

    def position_of(self, at: Reading) -> int:
        """Where a reading lies that may be older than the last one.

        In the step in which the line has jumped, what was measured lies before the jump.
        """
        measured_ms = max(0, min(self.measured_ms, self.measure(at)))
        later_ms = sum([ahead for reached, ahead in self._jumps if reached > measured_ms])
        return measured_ms + self.jumped_ms - later_ms

"""Time: `performance.now()` measures, `Date.now()` stamps.

Python's own clocks are these two, by way of Emscripten. They are asked here: it is done all the
time, and a call into JavaScript takes longer.
"""

from __future__ import annotations

from time import monotonic_ns, time_ns

from timeback_web.timekeeping.reading import Reading


class PageClock:
    """The page's two clocks."""

    def read(self) -> Reading:
        """The time now."""
        return Reading(monotonic_ms=monotonic_ns() / 1e6, wall_ms=time_ns() / 1e6)

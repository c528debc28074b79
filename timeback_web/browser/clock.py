"""Time: `performance.now()` measures, `Date.now()` stamps."""

from __future__ import annotations

from js import Date, performance

from timeback_web.ledger import Reading


class PageClock:
    """The page's two clocks."""

    def read(self) -> Reading:
        """The time now."""
        return Reading(monotonic_ms=float(performance.now()), wall_ms=float(Date.now()))

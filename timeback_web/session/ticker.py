"""When a session looks at the clock: every so often, and with care after a standstill.

A page that stood still hears late that another tab has taken the run meanwhile. So what has passed
is not counted when it wakes, but a moment later: by then the page has been told what had happened
up to its waking. It may be busy again in that moment, and in the next one; therefore nobody waits
for a quiet one. Each wait decides what lay before it, and no more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from timeback_web.ports import Cancel, Clock, Timers
    from timeback_web.timekeeping.reading import Reading

TICK_MS = 400
"""How often a running ledger looks at the clock. Nothing is counted in ticks; they keep short what
a crash may cost (half of it, on average), and the step in which a machine falls asleep."""
HEARING_MS = 100
"""How long a page that stood still waits to be told what has happened meanwhile."""


class Ticker:
    """Has a session look, once for each time that it is set.

    Args:
        clock: The page's.
        timers: The page's.
        stood_still: Whether it was for so long that another tab may have taken the run.
        look: Counts the time up to a reading, and sets this again if there is need.
    """

    def __init__(
        self,
        clock: Clock,
        timers: Timers,
        *,
        stood_still: Callable[[Reading], bool],
        look: Callable[[Reading], None],
    ) -> None:
        """Begin at rest."""
        self._clock = clock
        self._timers = timers
        self._stood_still = stood_still
        self._look = look
        self._cancel: Cancel | None = None

    def set(self, delay_ms: float) -> None:
        """Have it look that much later, and not when it was to look before."""
        self.stop()
        self._cancel = self._timers.call_later(delay_ms, self._tick)

    def stop(self) -> None:
        """Have it look no more."""
        if self._cancel is not None:
            self._cancel()
            self._cancel = None

    def _tick(self) -> None:
        now = self._clock.read()
        self._cancel = None
        if self._stood_still(now):
            self._cancel = self._timers.call_later(HEARING_MS, lambda: self._heard(now))
        else:
            self._look(now)

    def _heard(self, woke: Reading) -> None:
        self.stop()
        self._look(woke)  # the standstill ended then, not now
        if self._cancel is not None:
            self.stop()
            self._tick()

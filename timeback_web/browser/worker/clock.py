"""The worker's clocks, which can stand at the moment that is being told of."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from timeback_web.ports import Clock
    from timeback_web.timekeeping.reading import Reading


class WorkerClock:
    """Reads now, except while something is dealt with that has happened before.

    Args:
        now: The clocks themselves.
    """

    def __init__(self, now: Clock) -> None:
        """It is now."""
        self._now = now
        self._then: Reading | None = None

    def read(self) -> Reading:
        """The time now, or then."""
        return self._then or self._now.read()

    @contextmanager
    def at(self, then: Reading) -> Iterator[None]:
        """Let it be a moment of the past inside."""
        before, self._then = self._then, then
        try:
            yield
        finally:
            self._then = before

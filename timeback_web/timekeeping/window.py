"""A window: the span of time that one heartbeat reports."""

from __future__ import annotations

from typing import NamedTuple, Self


class Window(NamedTuple):
    """`[started_at_ms, ended_at_ms)` in wall-clock milliseconds since the epoch."""

    started_at_ms: int
    ended_at_ms: int
    elapsed_ms: int

    @property
    def paused_ms(self) -> int:
        """The rest: every millisecond is active or paused, never both (invariant 1)."""
        return self.ended_at_ms - self.started_at_ms - self.elapsed_ms

    @classmethod
    def checked(cls, started_at_ms: int, ended_at_ms: int, elapsed_ms: int) -> Self:
        """A window whose parts add up.

        Raises:
            ValueError: There is negative time in it; a window like that must never be made.
        """
        window = cls(started_at_ms, ended_at_ms, elapsed_ms)
        if elapsed_ms < 0 or window.paused_ms < 0:
            raise ValueError(f"negative time in {window}")
        return window

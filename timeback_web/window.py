"""A window: the span of time that one heartbeat reports."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Window:
    """`[started_at_ms, ended_at_ms)` in wall-clock milliseconds since the epoch.

    Every millisecond of it is active or paused, never both (design, invariant 1).

    Raises:
        ValueError: When the parts do not add up; a window like that must never be made.
    """

    started_at_ms: int
    ended_at_ms: int
    elapsed_ms: int
    paused_ms: int

    def __post_init__(self) -> None:
        """Refuse books that do not balance."""
        span_ms = self.ended_at_ms - self.started_at_ms
        if min(span_ms, self.elapsed_ms, self.paused_ms) < 0:
            raise ValueError(f"negative time in {self}")
        if span_ms != self.elapsed_ms + self.paused_ms:
            raise ValueError(f"{self} spans {span_ms} ms, but its parts do not add up to that")

"""What really happened in a session, millisecond by millisecond."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class Span(NamedTuple):
    """A stretch of wall time that was all of one kind."""

    start: int
    end: int
    active: bool


@dataclass
class Truth:
    """One session, from its start to now.

    Attributes:
        start: Wall time of the start.
        spans: What was done since then, end to end.
        survives_until: Wall time up to which a page that died without a word has left something;
            `None`: it could speak.
    """

    start: int
    spans: list[Span] = field(default_factory=list)
    survives_until: int | None = None

    @property
    def end(self) -> int:
        return self.spans[-1].end if self.spans else self.start

    @property
    def active(self) -> int:
        return self.active_between(self.start, self.end)

    @property
    def paused(self) -> int:
        return self.end - self.start - self.active

    def book(self, milliseconds: int, *, active: bool) -> None:
        self.spans.append(Span(self.end, self.end + milliseconds, active))

    def active_between(self, start: int, end: int) -> int:
        return sum(
            max(0, min(span.end, end) - max(span.start, start))
            for span in self.spans
            if span.active
        )

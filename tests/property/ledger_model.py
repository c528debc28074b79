"""What a ledger must say, added up from everything it was ever told.

The model remembers all, and works it out from the beginning each time it is asked. A millisecond of
the open window counts if no cause held it, the machine was awake, somebody looked at the clock soon
enough before and after it, and, where inputs are watched, the learner did something soon enough.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from timeback_web.timekeeping.causes import SHOWN_AGAIN, Cause

if TYPE_CHECKING:
    from timeback_web.timekeeping.reading import Reading

STALL_MS = 60_000
DRIFT_MS = 2_000
NEVER_MS = 10**15

type Span = tuple[int, int]


class Told(NamedTuple):
    """Something the ledger was told, at one reading.

    Attributes:
        at: The reading.
        what: `look`, `hold`, `release`, `input`, `cut`, `sent` (the open window as it was, by the
            browser) or `close`.
        cause: Of a hold or a release.
        since: The position from which a hold has held.
    """

    at: Reading
    what: str
    cause: Cause | None = None
    since: int | None = None


class Closed(NamedTuple):
    """A window that is final, on the line."""

    start: int
    end: int
    active: int


@dataclass
class Model:
    """The history of one session.

    Attributes:
        start: The first reading.
        held: What held the clock from the beginning.
        idle_after_ms: As given to the ledger.
        history: What was told.
    """

    start: Reading
    held: frozenset[Cause]
    idle_after_ms: int | None
    history: list[Told] = field(default_factory=list)

    def replay(self) -> Books:
        books = Books(self.start, self.idle_after_ms)
        books.spans = {cause: [(0, NEVER_MS)] for cause in self.held}
        for told in self.history:
            books.take(told)
        return books


def inside(at: int, spans: list[Span]) -> bool:
    return any(start <= at < end for start, end in spans)


@dataclass
class Books:
    """What a history adds up to.

    Attributes:
        start: The first reading.
        idle_after_ms: As given to the ledger.
        line: How long the session is.
        spans: When each cause held.
        asleep: When the machine slept.
        steps: From look to look, where time was running.
        known: Moments of which something was told later.
        signs: When the learner did something, or came back.
        idle_at_start: Whether nobody was there when the open window began.
        closed: The windows.
    """

    start: Reading
    idle_after_ms: int | None
    line: int = 0
    spans: dict[Cause, list[Span]] = field(default_factory=dict)
    asleep: list[Span] = field(default_factory=list)
    steps: list[Span] = field(default_factory=list)
    known: list[int] = field(default_factory=list)
    signs: list[int] = field(default_factory=lambda: [0])
    idle_at_start: bool = False
    closed: list[Closed] = field(default_factory=list)
    _measured: int = 0

    @property
    def window_start(self) -> int:
        return self.closed[-1].end if self.closed else 0

    @property
    def held(self) -> frozenset[Cause]:
        held = {cause for cause, spans in self.spans.items() if inside(self.line, spans)}
        return frozenset(held | {Cause.IDLE} if self.is_idle else held)

    @property
    def is_idle(self) -> bool:
        return self.idle_after_ms is not None and self._nobody_there(self.line)

    @property
    def watched(self) -> bool:
        """Whether what follows the last sign of life is not decided yet."""
        return self.idle_after_ms is not None and not self.held

    # ── what counts ──────────────────────────────────────────────────────────────────────────

    def active(self, start: int, end: int, *, idle: bool = True) -> int:
        """How much counts between two positions of the open window."""
        edges = {edge for spans in self._paused for span in spans for edge in span}
        points = sorted({start, end, *(one for one in edges | {*self.signs} if start < one < end)})
        return sum(
            last - first
            for first, last in pairwise(points)
            if not any(inside(first, spans) for spans in self._paused)
            and not (idle and self.idle_after_ms is not None and self._nobody_there(first))
        )

    @property
    def _paused(self) -> list[list[Span]]:
        return [*self.spans.values(), self.asleep, self._unseen]

    @property
    def _unseen(self) -> list[Span]:
        """Steps in which nobody knows what happened."""
        found = []
        for start, end in self.steps:
            points = sorted({start, end, *(one for one in self.known if start < one < end)})
            found += [span for span in pairwise(points) if span[1] - span[0] > STALL_MS]
        return found

    def _nobody_there(self, at: int) -> bool:
        before = max(sign for sign in self.signs if sign <= at)
        later = [sign for sign in self.signs if sign > at]
        since = max(before, self.window_start)
        if self.idle_at_start and before <= self.window_start:
            return True
        silent = self.active(since, min([*later, self.line]), idle=False)
        return silent >= self.idle_after_ms

    # ── what is told ─────────────────────────────────────────────────────────────────────────

    def take(self, told: Told) -> None:
        self._pass_time(told.at)
        getattr(self, f"_{told.what}")(told)

    def _pass_time(self, at: Reading) -> None:
        reached = max(self._measured, int(at.monotonic_ms - self.start.monotonic_ms))
        step, self._measured = reached - self._measured, reached
        if step and not self.held:
            self.steps.append((self.line, self.line + step))
        self.line += step
        wall = int(at.wall_ms - self.start.wall_ms)
        if wall - self.line > DRIFT_MS:
            self.asleep.append((self.line, wall))
            self.line = wall

    def _look(self, told: Told) -> None:
        """Time has passed."""

    def _hold(self, told: Told) -> None:
        since = self.line if told.since is None else told.since
        self.spans.setdefault(told.cause, []).append((since, NEVER_MS))
        if since < self.line:
            self.known.append(since)

    def _release(self, told: Told) -> None:
        if told.cause not in self.held:
            return
        self.spans[told.cause] = [
            (start, min(end, self.line)) for start, end in self.spans[told.cause]
        ]
        if told.cause in SHOWN_AGAIN or not self.is_idle:
            self._input(told)

    def _input(self, _: Told) -> None:
        self.signs.append(self.line)
        self.idle_at_start = self.idle_at_start and self.line > self.window_start

    def _cut(self, _: Told) -> None:
        self._close_window(self.signs[-1] if self.watched else self.line)

    def _sent(self, _: Told) -> None:
        self._close_window(self.line)

    def _close(self, _: Told) -> None:
        self._close_window(self.line)

    def _close_window(self, end: int) -> None:
        start, idle = self.window_start, self.is_idle
        if end > start:
            self.closed.append(Closed(start, end, self.active(start, end)))
            self.idle_at_start = idle and self.signs[-1] <= end

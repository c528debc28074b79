"""What a ledger must say, added up from everything it was ever told.

The model remembers all, and works it out from the beginning each time it is asked: every step that
was booked as active, and every moment from which something was taken back. A millisecond counts if
it lies in such a step, and nothing that was told later has taken it back while its window was open.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from timeback_web.timekeeping.ledger import Cause

if TYPE_CHECKING:
    from timeback_web.timekeeping.reading import Reading

STALL_MS = 60_000
DRIFT_MS = 2_000


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

    def replay(self) -> SessionClock:
        books = SessionClock(self.start, self.held, self.idle_after_ms)
        for told in self.history:
            books.take(told)
        return books


@dataclass
class SessionClock:
    """What a history adds up to.

    Attributes:
        start: The first reading.
        held: What holds the clock now.
        idle_after_ms: As given to the ledger.
        line: How long the session is.
        last_input: When the learner did something last, on the line.
        steps: Those that were active, and how often something had been taken back before.
        taken_back: From where, and from when on windows were open then.
        closed: The windows.
    """

    start: Reading
    held: frozenset[Cause]
    idle_after_ms: int | None
    line: int = 0
    last_input: int = 0
    steps: list[tuple[int, int, int]] = field(default_factory=list)
    taken_back: list[int] = field(default_factory=list)
    closed: list[Closed] = field(default_factory=list)
    _measured: int = 0

    @property
    def window_start(self) -> int:
        return self.closed[-1].end if self.closed else 0

    @property
    def watched(self) -> bool:
        """Whether what follows the last input is not decided yet."""
        return self.idle_after_ms is not None and not self.held

    def active(self, start: int, end: int) -> int:
        total = 0
        for first, last, before in self.steps:
            upto = min([last, end, *self.taken_back[before:]])
            total += max(0, upto - max(first, start))
        return total

    def take(self, told: Told) -> None:
        self._pass_time(told.at)
        self._be_idle()
        getattr(self, f"_{told.what}")(told)

    def _pass_time(self, at: Reading) -> None:
        reached = max(self._measured, int(at.monotonic_ms - self.start.monotonic_ms))
        step, self._measured = reached - self._measured, reached
        if not self.held and step <= STALL_MS:
            self.steps.append((self.line, self.line + step, len(self.taken_back)))
        self.line += step
        wall = int(at.wall_ms - self.start.wall_ms)
        self.line = wall if wall - self.line > DRIFT_MS else self.line

    def _be_idle(self) -> None:
        if not self.watched:
            return
        # What was sent is final; the waiting begins anew.
        waited_from = max(self.last_input, self.window_start)
        if self.active(waited_from, self.line) >= self.idle_after_ms:
            self._take_back(self.last_input, Cause.IDLE)

    def _take_back(self, since: int, cause: Cause) -> None:
        self.taken_back.append(max(since, self.window_start))
        self.held |= {cause}

    def _look(self, told: Told) -> None:
        """Time has passed."""

    def _hold(self, told: Told) -> None:
        self._take_back(self.line if told.since is None else told.since, told.cause)

    def _release(self, told: Told) -> None:
        if told.cause in self.held:
            self.held -= {told.cause}
            self.last_input = self.line

    def _input(self, _: Told) -> None:
        self.held -= {Cause.IDLE}
        self.last_input = self.line

    def _cut(self, _: Told) -> None:
        self._close_window(self.last_input if self.watched else self.line)

    def _sent(self, _: Told) -> None:
        self._close_window(self.line)

    def _close(self, _: Told) -> None:
        self._close_window(self.line)

    def _close_window(self, end: int) -> None:
        start = self.window_start
        if end > start:
            self.closed.append(Closed(start, end, self.active(start, end)))

"""The rows of the fault matrix, and how they are measured and printed."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, Any

from tests.support.books import active_ms, assert_balanced, ms

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.support.demo_server import DemoServer
    from tests.support.wire import Received

_SURPLUS_MS = 100
"""More than the truth is wrong as well; reading two clocks in a busy page takes its time."""

# What a busy machine may add before a test fails. A tick is a timer, and those can be very late.
_SURPLUS_LIMIT_MS = 250
_NOISE_MS = 400
_TICK_NOISE_MS = 1_000

_PATIENCE_S = 20.0
_ECHO_S = 1.0
"""How long to listen for windows that come a second time."""


@dataclass(frozen=True)
class Goal:
    """What is asked of a row: its goal, and its limit.

    A row that misses its goal says NO in the table. Its test fails only beyond the limit, which
    must hold on a small and busy machine, too. Nothing may ever be counted twice: no machine is
    too slow for that.

    Attributes:
        words: The goal, as the table has it.
        lost_ms: At most this much of the true time is missing.
        noise_ms: How much more may be missing at the limit.
    """

    words: str
    lost_ms: float
    noise_ms: float = _NOISE_MS


LOSE_NOTHING = Goal("lost ≤ 50 ms", 50)
LOSE_NOTHING_TWICE = Goal("lost ≤ 50 ms a session (of 2)", 100)
EXACT = Goal("error ≤ 100 ms", 100)
# The open window was put aside at the last tick, less than a second ago.
DIE_UNHEARD = Goal("lost ≤ 1000 ms", 1_000, _TICK_NOISE_MS)
# It waits a second for the other to yield, which takes back what it counted since its last tick.
ROBBED = Goal("lost ≤ 1 s + a tick", 1_750)


def one_heartbeat(heartbeat_ms: int) -> Goal:
    """What a kill of the whole browser may cost: the open window, which a tick would have ended."""
    return Goal(f"lost ≤ one heartbeat ({heartbeat_ms} ms)", heartbeat_ms, _TICK_NOISE_MS)


@dataclass(frozen=True)
class Row:
    """One scenario, measured."""

    scenario: str
    true_ms: float
    received_ms: int
    double_ms: int
    goal: Goal
    evidence: str = field(repr=False)
    """The windows that arrived, a line each."""

    @property
    def lost_ms(self) -> float:
        """Negative when more arrived than there was."""
        return self.true_ms - self.received_ms

    @property
    def meets_goal(self) -> bool:
        return self._within(self.goal.lost_ms, _SURPLUS_MS)

    @property
    def within_limit(self) -> bool:
        return self._within(self.goal.lost_ms + self.goal.noise_ms, _SURPLUS_LIMIT_MS)

    @property
    def verdict(self) -> str:
        return "yes" if self.meets_goal else "NO"

    def _within(self, lost_ms: float, surplus_ms: float) -> bool:
        exact_enough = -surplus_ms <= self.lost_ms <= lost_ms
        return exact_enough and not self.double_ms


@dataclass
class Matrix:
    """Where rows are measured; each is noted, whether it is good or not."""

    demo: DemoServer
    note: Callable[[Row], None]

    def check(
        self,
        scenario: str,
        run_id: str,
        true_ms: float,
        goal: Goal,
        *,
        several_tabs: bool = False,
        patience_s: float = _PATIENCE_S,
    ) -> Row:
        """Measure a row, note it, and fail if it is beyond its limit."""
        self._await(run_id, true_ms - goal.lost_ms, patience_s)
        windows = self.demo.wire.taken(run_id)
        double_ms = surely_double_ms(windows) if several_tabs else overlap_ms(windows)
        evidence = "\n".join(map(_as_line, self.demo.wire.of(run_id)))
        row = Row(scenario, true_ms, active_ms(windows), double_ms, goal, evidence)
        self.note(row)
        assert_balanced(windows)
        assert row.double_ms == 0, f"time was counted twice\n{row}\n{evidence}"
        assert row.within_limit, f"{row}\n{evidence}"
        return row

    def _await(self, run_id: str, enough_ms: float, patience_s: float) -> None:
        """Wait until enough has come, then a little longer for what must not come."""
        deadline = time.monotonic() + patience_s
        while active_ms(self.demo.wire.taken(run_id)) < enough_ms and time.monotonic() < deadline:
            time.sleep(0.1)
        time.sleep(_ECHO_S)


def overlap_ms(windows: list[dict[str, Any]]) -> int:
    """Milliseconds that are in two windows, whatever they are booked as. One tab has none."""
    return sum(_shared_ms(one, other) for one, other in combinations(windows, 2))


def surely_double_ms(windows: list[dict[str, Any]]) -> int:
    """Milliseconds that two windows must both have counted as active.

    Of two tabs on one run, one may book a span as paused in which the other is at work.
    """
    return sum(_surely_double_ms(one, other) for one, other in combinations(windows, 2))


def _surely_double_ms(one: dict[str, Any], other: dict[str, Any]) -> int:
    shared_ms = _shared_ms(one, other)
    active = [max(0, shared_ms - window["pausedMs"]) for window in (one, other)]
    return max(0, sum(active) - shared_ms)


def _shared_ms(one: dict[str, Any], other: dict[str, Any]) -> int:
    start = max(ms(one["startedAt"]), ms(other["startedAt"]))
    return max(0, min(ms(one["endedAt"]), ms(other["endedAt"])) - start)


def _as_line(beat: Received) -> str:
    window = beat.body
    span = f"{window['startedAt']} .. {window['endedAt']}"
    return f"{beat.status} {span} {window['elapsedMs']} active, {window['pausedMs']} paused"


_HEAD = (
    "scenario",
    "true active ms",
    "received ms",
    "lost ms",
    "double counted ms",
    "goal",
    "met?",
)


def as_markdown(rows: Sequence[Row]) -> list[str]:
    """The table, a line each."""
    cells = [_HEAD, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(_HEAD))]
    lines = [_line(line, widths) for line in cells]
    rule = _line(["-" * width for width in widths], widths)
    return [lines[0], rule, *lines[1:]]


def as_count(rows: Sequence[Row]) -> str:
    """How many rows there are, and how many of them do what is asked."""
    return f"{len(rows)} rows, {sum(row.meets_goal for row in rows)} meet their goal"


def as_evidence(rows: Sequence[Row]) -> list[str]:
    """What arrived in the rows that miss their goal."""
    return [f"{row.scenario}:\n{row.evidence}" for row in rows if not row.meets_goal]


def _cells(row: Row) -> tuple[str, ...]:
    return (
        row.scenario,
        f"{row.true_ms:.0f}",
        str(row.received_ms),
        f"{row.lost_ms:.0f}",
        str(row.double_ms),
        row.goal.words,
        row.verdict,
    )


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return f"| {' | '.join(padded)} |"

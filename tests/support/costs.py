"""What the tests cost: how long each file took, and how much of that the processor worked.

Waiting and work are told apart because they are saved in different ways. The work is that of the
test process and of all it has started (browsers, servers, databases), as Linux counts it.
"""

from __future__ import annotations

import os
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.notes import note, noted

if TYPE_CHECKING:
    from collections.abc import Iterator

COST = "cost"
SHOWN = 10

_LOOK_EVERY_S = 0.25
"""Looking through all processes takes some milliseconds, and most tests no longer."""
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


@dataclass
class Cost:
    """Of one test, or of many."""

    tests: int = 0
    wall_s: float = 0.0
    work_s: float = 0.0

    def __add__(self, other: Cost) -> Cost:
        return Cost(
            self.tests + other.tests, self.wall_s + other.wall_s, self.work_s + other.work_s
        )


class Meter:
    """Reads the clock and the processor's time before and after each test."""

    def __init__(self) -> None:
        self._others_s = 0.0
        self._looked_s = float("-inf")

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self) -> Iterator[None]:
        self._began = time.monotonic(), self._work_s()
        return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Iterator[None]:
        if call.when == "teardown":
            wall_s, work_s = self._began
            # A killed browser takes the time of its processes with it.
            work_s = max(0.0, self._work_s() - work_s)
            note(item, COST, [time.monotonic() - wall_s, work_s])
        return (yield)

    def _work_s(self) -> float:
        """Of this process, of those that have ended, and, up to date enough, of those at work."""
        if time.monotonic() - self._looked_s > _LOOK_EVERY_S:
            self._others_s = work_of_descendants_s()
            self._looked_s = time.monotonic()
        return sum(os.times()[:4]) + self._others_s


def work_of_descendants_s() -> float:
    """How long the processes have worked that this one has started, and those that they have."""
    stats = dict(filter(None, map(_stat, Path("/proc").glob("[0-9]*/stat"))))
    children = defaultdict(list)
    for pid, (parent, _) in stats.items():
        children[parent].append(pid)
    work_s, todo = 0.0, list(children[os.getpid()])
    while todo:
        pid = todo.pop()
        work_s += stats[pid][1]
        todo += children[pid]
    return work_s


def _stat(path: Path) -> tuple[int, tuple[int, float]] | None:
    try:
        fields = path.read_text().rpartition(")")[2].split()
    except OSError:  # it has ended
        return None
    # proc_pid_stat(5): ppid, then utime, stime, cutime, cstime.
    return int(path.parent.name), (int(fields[1]), sum(map(int, fields[11:15])) / _TICKS_PER_S)


def pytest_configure(config: pytest.Config) -> None:
    if Path("/proc/self/stat").exists():
        config.pluginmanager.register(Meter(), "meter")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print which files took longest."""
    files: dict[str, Cost] = defaultdict(Cost)
    for nodeid, (wall_s, work_s) in noted(terminalreporter, COST):
        files[nodeid.partition("::")[0]] += Cost(1, wall_s, work_s)
    if len(files) <= 1:
        return
    terminalreporter.section("where the time went")
    for line in as_table(files):
        terminalreporter.write_line(line)


def as_table(files: dict[str, Cost]) -> list[str]:
    """The longest files, a line each, and the sum of all."""
    longest = sorted(files, key=lambda name: files[name].wall_s, reverse=True)[:SHOWN]
    rows = [*((name, files[name]) for name in longest), ("all files", sum(files.values(), Cost()))]
    width = max(len(name) for name, _ in rows)
    head = f"{'':{width}}  tests  seconds  processor  waiting"
    return [head, *(f"{name:{width}}  {_cells(cost)}" for name, cost in rows)]


def _cells(cost: Cost) -> str:
    waiting_s = max(0.0, cost.wall_s - cost.work_s)
    return f"{cost.tests:5}  {cost.wall_s:7.1f}  {cost.work_s:9.1f}  {waiting_s:7.1f}"

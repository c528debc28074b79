"""One table of what a ledger does (`tests/ledger_table.json`), told to both that there are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.front_end import front_end
from timeback_web.options import TimeOptions
from timeback_web.session.start import open_ledger
from timeback_web.session.ticker import TICK_MS
from timeback_web.timekeeping.causes import NEXT, Cause, Move, Phase
from timeback_web.timekeeping.history import Change, History, What
from timeback_web.timekeeping.reading import Reading

TABLE = json.loads((Path(__file__).parents[1] / "ledger_table.json").read_text())
BEGAN = Reading(5_000.25, 1_763_978_400_000)


def history(row: dict[str, Any]) -> list[dict[str, Any]]:
    """The row as JavaScript writes it down; a `sleep` shows in all that follows it."""
    changes, slept_ms = [], 0
    for at_ms, what, *which in row["told"]:
        if what == "sleep":
            slept_ms += which[0]
            continue
        at = {"monotonicMs": BEGAN.monotonic_ms + at_ms, "wallMs": BEGAN.wall_ms + at_ms + slept_ms}
        changes.append({"at": at, "what": what, "cause": which[0] if which else None})
    return changes


def in_python(row: dict[str, Any]) -> dict[str, Any]:
    limit_ms = row.get("stallLimitMs", TABLE["limits"]["stallLimitMs"])
    time = TimeOptions(stall_limit_ms=limit_ms, idle_after_ms=row.get("idleAfterMs"))
    books = open_ledger(History(BEGAN, row.get("hidden", False)), time, not_before_ms=0)
    windows = []
    for told in history(row):
        if told["what"] == "cut":
            windows.append(books.cut(Reading(told["at"]["monotonicMs"], told["at"]["wallMs"])))
        else:
            Change.of(told).tell(books)
    return {
        "causes": sorted(cause.value for cause in books.causes),
        "activeMs": books.active_ms,
        "pausedMs": books.paused_ms,
        "windows": [
            [window.started_at_ms, window.ended_at_ms, window.elapsed_ms]
            for window in windows
            if window
        ],
    }


@pytest.fixture(scope="module")
def in_javascript():
    with front_end() as ask:

        def answer(row):
            began = {"monotonicMs": BEGAN.monotonic_ms, "wallMs": BEGAN.wall_ms}
            time = {key: row[key] for key in ("stallLimitMs", "idleAfterMs") if key in row}
            past = {"began": began, "hidden": row.get("hidden", False)}
            return ask("row", {"past": past, "time": time, "changes": history(row)})

        yield answer


def expected(row: dict[str, Any]) -> dict[str, Any]:
    zero_ms = int(BEGAN.wall_ms)
    windows = [
        [start + zero_ms, end + zero_ms, active] for start, end, active in row.get("windows", [])
    ]
    comes_to = {key: row[key] for key in ("causes", "activeMs", "pausedMs")}
    return {**comes_to, "windows": windows}


@pytest.mark.parametrize("row", TABLE["rows"], ids=lambda row: row["says"])
def test_both_ledgers_do_as_the_table_says(row, in_javascript):
    assert in_python(row) == expected(row)
    assert in_javascript(row) == expected(row)


def test_the_moves_are_those_of_the_table():
    moves = {
        (Phase[phase.upper()], Move[move.upper()]): Phase[target.upper()]
        for phase, targets in TABLE["phases"].items()
        for move, target in targets.items()
    }
    assert moves == NEXT


def test_the_limits_are_those_of_the_table(in_javascript):
    limits = TABLE["limits"]
    assert limits["stallLimitMs"] == TimeOptions().stall_limit_ms
    assert limits["lookEveryMs"] == TICK_MS
    told = {"told": [[1_000, "sleep", limits["driftLimitMs"] + 1], [2_000, "pass"]]}
    for come_to in (in_python(told), in_javascript(told)):
        assert come_to["pausedMs"] == limits["driftLimitMs"] + 1


def test_every_cause_and_all_that_can_be_told_is_in_the_table():
    told = {(what, *which[:1]) for row in TABLE["rows"] for _, what, *which in row["told"]}
    of_the_page = [cause.value for cause in Cause if cause not in (Cause.IDLE, Cause.ELSEWHERE)]
    for cause in of_the_page:
        assert {("hold", cause), ("release", cause)} <= told
    assert {what for what, *_ in told} == {*(what.value for what in What), "sleep", "cut"} - {
        "sent"
    }

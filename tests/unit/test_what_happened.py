"""How the demo's panel puts together what a page reported and what the server has received."""

import json
import subprocess
from pathlib import Path

import pytest

from timeback_web.bundle.commands import find_program

WINDOWS = Path(__file__).parents[2] / "demo/pages/assets/happened/windows.js"
RUN, OTHER_RUN = "run-1", "run-2"
BEGIN_MS = 1_795_000_000_000

SCRIPT = """
import { readFileSync } from 'node:fs';
const { module, reports, journals, run } = JSON.parse(readFileSync(0, 'utf-8'));
const { outcome, way, Windows } = await import(module);
const windows = new Windows();
for (const report of reports) windows.tell(report);
for (const journal of journals) windows.received(journal);
const rows = windows.of(run).map((row) => ({
  ...row, steps: undefined, way: way(row).join(' > '), outcome: outcome(row),
}));
console.log(JSON.stringify({ rows, armed: windows.armed === undefined ? 'never' : windows.armed }));
"""


def shown(*reports, journals=()):
    """What the panel shows of these."""
    told = {"module": WINDOWS.as_uri(), "reports": reports, "journals": journals, "run": RUN}
    command = [find_program("node", "test"), "--input-type=module", "-e", SCRIPT]
    given = json.dumps(told)
    answer = subprocess.run(command, input=given, text=True, stdout=subprocess.PIPE, check=True)
    return json.loads(answer.stdout)


def report(via, outcome, status=None, *, start_ms=0, run=RUN):
    return {
        "run_id": run,
        "started_at_ms": BEGIN_MS + start_ms,
        "ended_at_ms": BEGIN_MS + start_ms + 15_000,
        "elapsed_ms": 12_000,
        "via": via,
        "outcome": outcome,
        "status": status,
    }


TRY = [report("outbox", "sending"), report("outbox", "kept", 503)]


@pytest.mark.parametrize(
    ("steps", "way", "outcome"),
    [
        ([("fetch", "sending")], "fetch", "wait"),
        ([("fetch", "sending"), ("fetch", "delivered", 204)], "fetch > delivered (204)", "good"),
        ([("beacon", "sending"), ("beacon", "handed over")], "beacon > with the browser", "wait"),
        ([("fetchLater", "handed over")], "fetchLater > with the browser", "wait"),
        ([("fetch", "sending"), ("fetch", "kept")], "fetch > no answer > outbox", "wait"),
        (
            [("fetch", "sending"), ("fetch", "lost", 422)],
            "fetch > refused for good (422)",
            "bad",
        ),
        ([("guard", "sending")], "guard of the worker", "wait"),
        ([("outbox", "kept")], "outbox", "wait"),
    ],
)
def test_the_way_of_a_window(steps, way, outcome):
    [row] = shown(*(report(*step) for step in steps))["rows"]
    assert (row["way"], row["outcome"]) == (way, outcome)
    assert (row["activeMs"], row["pausedMs"]) == (12_000, 3_000)


def test_many_tries_are_one_word():
    refused = [report("fetch", "sending"), report("fetch", "kept", 503)]
    [row] = shown(*refused, *TRY)["rows"]
    assert row["way"] == "fetch > refused (503) > outbox > not sent in one try"
    [row] = shown(*refused, *TRY, *TRY)["rows"]
    assert row["way"] == "fetch > refused (503) > outbox > not sent in 2 tries"
    taken = [report("outbox", "sending"), report("outbox", "delivered", 204)]
    [row] = shown(*refused, *TRY, *TRY, *taken)["rows"]
    assert row["way"] == (
        "fetch > refused (503) > outbox > sent from there (try 3) > delivered (204)"
    )


def test_what_an_earlier_page_left_in_the_outbox():
    [row] = shown(report("outbox", "sending"), report("outbox", "delivered", 204))["rows"]
    assert row["way"] == "sent from there (try 1) > delivered (204)"


def window(start_ms):
    stamps = {"startedAt": "2026-11-18T11:06:40.000Z", "endedAt": "2026-11-18T11:06:55.000Z"}
    if start_ms:
        stamps = {"startedAt": "2026-11-18T11:06:55.000Z", "endedAt": "2026-11-18T11:07:10.000Z"}
    return {**stamps, "activeMs": 12_000, "inactiveMs": 3_000}


def test_what_the_server_has_is_marked_and_what_only_it_knows_is_added():
    journal = {"runId": RUN, "sessions": [{"windows": [window(0), window(15_000)]}]}
    told = shown(report("fetch", "sending"), journals=[journal, journal])
    newest, oldest = told["rows"]
    assert (oldest["way"], oldest["received"], oldest["outcome"]) == ("fetch", True, "good")
    assert newest["way"] == "an earlier page, or another tab"
    assert (newest["activeMs"], newest["pausedMs"]) == (12_000, 3_000)


def test_another_run_is_not_shown():
    assert shown(report("fetch", "sending", run=OTHER_RUN))["rows"] == []


def test_what_is_put_aside_is_no_window_of_the_table():
    assert shown()["armed"] == "never"
    put_aside = report("fetchLater", "armed")
    told = shown(put_aside)
    assert told["rows"] == []
    assert told["armed"]["activeMs"] == 12_000
    assert shown(put_aside, report("fetch", "sending"))["armed"] is None
    assert shown(put_aside, report("outbox", "sending", start_ms=-60_000))["armed"]

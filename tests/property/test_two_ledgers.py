"""The books of the JavaScript front end and those of Python come to the same, whatever happens.

Python goes on where JavaScript has stopped, and leaves out what was reported from there: were their
sums to differ, time would be lost or counted twice at the seam.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.property.effort import effort
from tests.support.front_end import front_end
from timeback_web.options import TimeOptions
from timeback_web.session.start import open_ledger
from timeback_web.session.ticker import TICK_MS
from timeback_web.timekeeping.history import Change, History, What, reading
from timeback_web.timekeeping.ledger import Cause, Ledger

CAUSES = ("hidden", "away", "app")
START = {"monotonicMs": 1_234.5, "wallMs": 1_767_225_600_000.25}


@pytest.fixture(scope="module")
def ask():
    with front_end() as ask:
        yield ask


@st.composite
def histories(draw):
    """What JavaScript may write down: both clocks go their ways, causes come and go."""
    now = dict(START)
    changes = []
    held = set()
    steps = draw(st.lists(st.integers(0, 5), max_size=25))
    for step in steps:
        now = later(draw, now)
        what = ("pass", "input", "hold", "release", "sent", "pass")[step]
        change = {"at": now, "what": what}
        if what in ("hold", "release"):
            change["cause"] = draw(st.sampled_from(CAUSES))
            (held.add if what == "hold" else held.discard)(change["cause"])
        elif what == "sent" and not held:
            continue  # nothing is sent before Python is there but by a page that is put away
        changes.append(change)
    time = {
        "stallLimitMs": draw(st.sampled_from([1_000, 60_000])),
        **draw(st.sampled_from([{}, {"idleAfterMs": 1_000}, {"idleAfterMs": 30_000}])),
    }
    hidden = draw(st.booleans())
    return {
        "past": {"began": START, "hidden": hidden},
        "changes": changes,
        "time": time,
        "endAt": later(draw, now),
    }


def later(draw, now):
    step_ms = draw(st.floats(0, 3_000) | st.floats(0, 120_000) | st.integers(0, 5_000).map(float))
    drift_ms = draw(st.just(0.0) | st.floats(-5_000, 10_000))
    return {
        "monotonicMs": now["monotonicMs"] + step_ms,
        "wallMs": now["wallMs"] + step_ms + drift_ms,
    }


def window_of(window):
    return window and {
        "startedAtMs": window.started_at_ms,
        "endedAtMs": window.ended_at_ms,
        "elapsedMs": window.elapsed_ms,
        "pausedMs": window.paused_ms,
    }


@effort(50)
@given(history=histories())
def test_both_ledgers_cut_the_same_windows(ask, history):
    kept = ask("keep", history)
    time = TimeOptions(
        stall_limit_ms=history["time"]["stallLimitMs"],
        idle_after_ms=history["time"].get("idleAfterMs"),
    )
    ledger = Ledger(
        reading(START),
        held={Cause.HIDDEN} if history["past"]["hidden"] else set(),
        stall_limit_ms=time.stall_limit_ms + TICK_MS,
        idle_after_ms=time.idle_after_ms,
    )
    windows = []
    for told in history["changes"]:
        change = Change.of(told)
        if change.what is What.SENT:
            windows.append(ledger.cut(change.at))
        else:
            change.tell(ledger)
    last = ledger.close(reading(history["endAt"]))
    assert kept["windows"] == [window_of(window) for window in windows]
    assert kept["last"] == window_of(last)
    assert (kept["elapsedMs"], kept["pausedMs"]) == (ledger.active_ms, ledger.paused_ms)


@effort(50)
@given(history=histories())
def test_python_goes_on_exactly_where_javascript_stopped(ask, history):
    kept = ask("keep", history)
    sent = iter(kept["windows"])
    changes = []
    for told in history["changes"]:
        window = next(sent) if told["what"] == "sent" else None
        if told["what"] == "sent" and window is None:
            continue  # nothing had passed, so nothing was sent, and nothing written down
        details = {key: window[key] for key in ("elapsedMs", "endedAtMs")} if window else {}
        changes.append({**told, **details})
    past = History.of({**history["past"], "changes": changes})
    time = TimeOptions(
        stall_limit_ms=history["time"]["stallLimitMs"],
        idle_after_ms=history["time"].get("idleAfterMs"),
    )
    ledger = open_ledger(past, time, not_before_ms=0)
    last = ledger.close(reading(history["endAt"]))
    assert window_of(last) == kept["last"]
    total_ms = sum(window["elapsedMs"] for window in kept["windows"] if window)
    assert ledger.active_ms == total_ms + (last.elapsed_ms if last else 0)

"""Clocks that jump, timers that are late, processes that stand still."""

from __future__ import annotations

import os
import signal

import pytest

from tests.faults.matrix import EXACT
from tests.faults.witnessed_page import learn
from tests.support.processes import renderer_of

pytestmark = [pytest.mark.browser, pytest.mark.faults]

HOUR_MS = 3_600_000
THROTTLE = "--enable-features=IntensiveWakeUpThrottling:grace_period_seconds/5"

MOVE_CLOCK = """
aheadMs => {
    const now = Date.now.bind(Date);
    Date.now = () => now() + aheadMs;
}
"""


def test_throttled_timers_change_no_count(open_page, launch, matrix):
    with launch(THROTTLE) as own:
        page = open_page(chromium=own)
        run_id = page.start()
        learn(2.3)
        own.context.new_page().bring_to_front()
        learn(10)
        page.tab.bring_to_front()
        page.await_visibility("visible")
        learn(1.3)
        page.end()
        matrix.check("throttled background timers", run_id, page.true_ms(), EXACT)


def test_a_renderer_that_stands_still_in_sight_goes_on_counting(browser, open_page, matrix):
    page = open_page()
    renderer = renderer_of(browser, page)
    run_id = page.start()
    learn(1.5)
    os.kill(renderer, signal.SIGSTOP)
    try:
        learn(3)
    finally:
        os.kill(renderer, signal.SIGCONT)
    learn(1.2)
    page.end()
    matrix.check("renderer stalled 3 s", run_id, page.true_ms(), EXACT)


@pytest.mark.parametrize(("hours", "words"), [(1, "wall clock +1 h"), (-1, "wall clock -1 h")])
def test_a_clock_that_is_set_changes_no_count(open_page, matrix, hours, words):
    page = open_page()
    run_id = page.start()
    learn(2.3)
    page.tab.evaluate(MOVE_CLOCK, hours * HOUR_MS)
    learn(2.3)
    page.end()
    matrix.check(words, run_id, page.true_ms(), EXACT)


def test_after_a_clock_was_set_back_the_next_session_overlaps_nothing(open_page, matrix):
    page = open_page()
    run_id = page.start()
    learn(2.3)
    page.tab.evaluate(MOVE_CLOCK, -HOUR_MS)
    page.end()
    page.run(
        f"""
        js.window.witness.begin()
        activity = start(timeback, run_id={run_id!r})
        None
        """
    )
    learn(2.3)
    page.end()
    matrix.check("wall clock -1 h, next session", run_id, page.true_ms(), EXACT)


def test_a_sleep_of_the_machine_does_not_count(open_page, matrix):
    # In sleep the wall clock runs on and the monotonic one stands still: seen from the page, the
    # one has jumped ahead. The page was in sight before and after.
    page = open_page()
    run_id = page.start()
    learn(2.3)
    page.tab.evaluate(MOVE_CLOCK, 8 * HOUR_MS)
    learn(1.3)
    page.end()
    row = matrix.check("machine suspended 8 h", run_id, page.true_ms(), EXACT)
    [paused_ms] = [
        beat["pausedMs"] for beat in matrix.demo.wire.taken(run_id) if beat["pausedMs"] > 1_000
    ]
    assert abs(paused_ms - 8 * HOUR_MS) < 2_000, row

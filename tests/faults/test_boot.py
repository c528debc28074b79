"""Credit for what the learner saw of the page while Python was booting."""

from __future__ import annotations

import pytest

from tests.faults.matrix import EXACT, LOSE_NOTHING_TWICE
from tests.faults.witnessed_page import WitnessedPage, last_words, learn

pytestmark = [pytest.mark.browser, pytest.mark.faults]

SINCE_NAVIGATION = "time=TimeOptions(heartbeat_ms=1_000, since='navigation')"
FROM_THE_FIRST = "window.witness.begin();"
"""The witness counts from the page's first script on."""


def test_time_in_sight_before_python_was_ready_counts(open_page, matrix):
    page = open_page(FROM_THE_FIRST)
    run_id = page.start(SINCE_NAVIGATION)
    learn(1.3)
    page.end()
    matrix.check("since navigation", run_id, page.true_ms(), EXACT)


def test_time_in_the_background_before_python_was_ready_does_not(browser, demo, matrix):
    demo.sign_in(browser.context, "ada")
    page = WitnessedPage(browser.context.new_page(), demo.url, FROM_THE_FIRST)
    page.tab.goto(f"{demo.url}/e2e/track.html", wait_until="commit")
    other = browser.context.new_page()
    other.bring_to_front()
    learn(1.5)
    page.tab.bring_to_front()
    page.wait_ready()
    run_id = page.start(SINCE_NAVIGATION)
    learn(1.3)
    page.end()
    matrix.check("since navigation, hidden for a while", run_id, page.true_ms(), EXACT)


def test_a_reload_counts_no_moment_in_both_pages(browser, demo, open_page, matrix):
    page = open_page(FROM_THE_FIRST)
    run_id = page.start(SINCE_NAVIGATION)
    learn(1.3)
    page.tab.reload()
    page.wait_ready()
    page.start(f"{SINCE_NAVIGATION}, run_id={run_id!r}")
    learn(1.3)
    page.tab.close()
    true_ms = last_words(browser.context, demo.url)
    matrix.check("since navigation, reload", run_id, true_ms, LOSE_NOTHING_TWICE)

"""One run in more than one tab."""

from __future__ import annotations

import pytest

from tests.faults.matrix import EXACT, OPEN
from tests.faults.witnessed_page import WitnessedPage, learn

pytestmark = [pytest.mark.browser, pytest.mark.faults]


def test_two_windows_in_sight_each_keep_balanced_books(browser, demo, open_page, matrix):
    first = open_page()
    cdp = browser.browser.new_browser_cdp_session()
    with browser.context.expect_page() as opened:
        cdp.send("Target.createTarget", {"url": "about:blank", "newWindow": True})
    second = WitnessedPage(opened.value, demo.url)
    second.load()
    run_id = first.start()
    learn(1.5)
    second.start(f"run_id={run_id!r}")
    learn(2.5)
    assert first.tab.evaluate("document.visibilityState") == "visible"
    second.end()
    first.end()
    # The first was in sight all the time: that is the time of the one learner.
    true_ms = first.true_ms()
    matrix.check("two windows in sight", run_id, true_ms, OPEN, several_tabs=True)


def test_a_duplicated_tab_counts_while_it_is_looked_at(browser, demo, open_page, matrix):
    first = open_page()
    first.tab.evaluate("sessionStorage.setItem('copied', 'yes')")
    run_id = first.start()
    learn(2.3)
    with browser.context.expect_page() as opened:
        first.tab.evaluate("() => { window.open('about:blank'); }")
    second = WitnessedPage(opened.value, demo.url)
    second.load()
    assert second.tab.evaluate("sessionStorage.getItem('copied')") == "yes"
    first.await_visibility("hidden")
    second.start(f"run_id={run_id!r}")
    learn(2.3)
    second.end()
    second_ms = second.true_ms()
    second.tab.close()
    first.tab.bring_to_front()
    first.await_visibility("visible")
    learn(1.3)
    first.end()
    true_ms = first.true_ms() + second_ms
    matrix.check("duplicated tab", run_id, true_ms, EXACT, several_tabs=True)

"""One run in more than one tab."""

from __future__ import annotations

import os
import signal

import pytest

from tests.faults.matrix import EXACT, ROBBED
from tests.faults.witnessed_page import WitnessedPage, learn
from tests.support.processes import renderer_of

pytestmark = [pytest.mark.browser, pytest.mark.faults]


def open_window(browser, demo):
    """A second window beside the first, both in sight."""
    cdp = browser.browser.new_browser_cdp_session()
    with browser.context.expect_page() as opened:
        cdp.send("Target.createTarget", {"url": "about:blank", "newWindow": True})
    page = WitnessedPage(opened.value, demo.url)
    page.load()
    return page


def turn_to(page):
    """Click into a window: what the learner does to work in it."""
    page.tab.bring_to_front()
    page.tab.mouse.click(5, 5)


def in_sight(*pages):
    return all(page.tab.evaluate("document.visibilityState") == "visible" for page in pages)


def test_two_windows_in_sight_count_once(browser, demo, open_page, matrix):
    first = open_page()
    second = open_window(browser, demo)
    run_id = first.start()
    learn(1.5)
    second.start(f"run_id={run_id!r}")
    learn(2.5)
    assert in_sight(first, second)
    second.end()
    first.end()
    # The first was in sight all the time: that is the time of the one learner.
    true_ms = first.true_ms()
    matrix.check("two windows in sight", run_id, true_ms, EXACT, several_tabs=True)


def test_two_windows_worked_in_by_turns_count_once(browser, demo, open_page, matrix):
    first = open_page()
    second = open_window(browser, demo)
    run_id = first.start()
    second.start(f"run_id={run_id!r}")
    for _ in range(2):
        for page in (first, second):
            turn_to(page)
            learn(1.2)
            assert page.tab.evaluate("document.hasFocus()")
    assert in_sight(first, second)
    second.end()
    learn(1.2)
    first.end()
    true_ms = first.true_ms()
    matrix.check("two windows by turns", run_id, true_ms, EXACT, several_tabs=True)


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


def test_a_frozen_window_does_not_starve_the_one_in_use(browser, demo, open_page, matrix):
    first = open_page()
    second = open_window(browser, demo)
    run_id = first.start()
    learn(2.3)
    cdp = browser.context.new_cdp_session(first.tab)
    cdp.send("Page.setWebLifecycleState", {"state": "frozen"})
    turn_to(second)
    second.start(f"run_id={run_id!r}")
    learn(2.3)
    second.end()
    cdp.send("Page.setWebLifecycleState", {"state": "active"})
    turn_to(first)
    learn(1.3)
    first.end()
    true_ms = first.true_ms() + second.true_ms()
    matrix.check("two windows, one frozen", run_id, true_ms, EXACT, several_tabs=True)


def test_a_window_that_stands_still_is_robbed(browser, demo, open_page, matrix):
    first = open_page()
    second = open_window(browser, demo)
    renderer = renderer_of(browser, first)
    run_id = first.start()
    learn(2.3)
    second.start(f"run_id={run_id!r}")
    turn_to(first)
    learn(1.3)
    stalled_ms = first.true_ms()
    os.kill(renderer, signal.SIGSTOP)
    try:
        second.tab.bring_to_front()
        second.run("js.window.witness.begin()\njs.window.dispatchEvent(js.Event.new('focus'))")
        learn(4.3)
        working_ms = second.true_ms()
    finally:
        os.kill(renderer, signal.SIGCONT)
    learn(0.5)
    first.end()
    second.end()
    true_ms = stalled_ms + working_ms
    matrix.check("two windows, one stalled", run_id, true_ms, ROBBED, several_tabs=True)

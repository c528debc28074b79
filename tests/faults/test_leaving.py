"""Going away, coming back, not being looked at: what was counted arrives, once."""

from __future__ import annotations

import time

import pytest

from tests.faults.matrix import EXACT, LOSE_NOTHING, one_heartbeat
from tests.faults.witnessed_page import WitnessedPage, last_words, learn

pytestmark = [pytest.mark.browser, pytest.mark.faults]


def hide(browser):
    """Bring another tab to the front; that tab."""
    other = browser.context.new_page()
    other.bring_to_front()
    return other


def test_closing_a_visible_tab_loses_nothing(browser, demo, open_page, matrix):
    page = open_page()
    run_id = page.start()
    learn(3.4)
    page.tab.close()
    matrix.check("close visible", run_id, last_words(browser.context, demo.url), LOSE_NOTHING)


def test_closing_a_hidden_tab_loses_nothing(browser, demo, open_page, matrix):
    page = open_page()
    run_id = page.start()
    learn(2.4)
    hide(browser)
    learn(1.5)
    page.tab.close()
    matrix.check("close hidden", run_id, last_words(browser.context, demo.url), LOSE_NOTHING)


def test_navigating_away_loses_nothing(browser, demo, open_page, matrix):
    page = open_page()
    run_id = page.start()
    learn(3.4)
    page.leave_to("/e2e/elsewhere.html")
    matrix.check("navigate", run_id, last_words(browser.context, demo.url), LOSE_NOTHING)


# A browser that is told to close hides its pages and kills them some 20 ms later, and itself: of
# 270 plain pages none got a `pagehide`, and what they sent at once from `visibilitychange` arrived
# in half of the tries. To a page this is a kill of the whole browser.
def test_a_closing_browser_loses_at_most_a_heartbeat(demo, open_page, launch, matrix):
    heartbeat_ms = 2_000
    with launch() as own:
        page = open_page(chromium=own)
        run_id = page.start(f"time=TimeOptions(heartbeat_ms={heartbeat_ms})")
        learn(5.4)
        seen = page.testify()
        closed_s = time.time()
        own.browser.new_browser_cdp_session().send("Browser.close")
        own.process.wait(timeout=20)
    goal = one_heartbeat(heartbeat_ms)
    matrix.check("Browser.close", run_id, seen.active_ms_at(closed_s), goal, patience_s=5)


def test_hiding_and_showing_twenty_times_counts_what_was_seen(browser, open_page, matrix):
    page = open_page()
    run_id = page.start()
    other = hide(browser)
    for _ in range(20):
        page.tab.bring_to_front()
        page.await_visibility("visible")
        learn(0.15)
        other.bring_to_front()
        page.await_visibility("hidden")
        learn(0.1)
    page.tab.bring_to_front()
    page.await_visibility("visible")
    page.end()
    matrix.check("hide / show x20", run_id, page.true_ms(), LOSE_NOTHING)


def test_a_minimised_window_does_not_count(browser, open_page, matrix):
    page = open_page()
    cdp = browser.context.new_cdp_session(page.tab)
    window = {"windowId": cdp.send("Browser.getWindowForTarget")["windowId"]}
    run_id = page.start()
    learn(2.3)
    cdp.send("Browser.setWindowBounds", {**window, "bounds": {"windowState": "minimized"}})
    page.await_visibility("hidden")
    learn(2)
    cdp.send("Browser.setWindowBounds", {**window, "bounds": {"windowState": "normal"}})
    page.tab.bring_to_front()
    page.await_visibility("visible")
    learn(1.2)
    page.end()
    matrix.check("minimise, restore", run_id, page.true_ms(), EXACT)


def test_a_tab_born_hidden_counts_from_when_it_is_seen(browser, demo, matrix):
    demo.sign_in(browser.context, "ada")
    cdp = browser.browser.new_browser_cdp_session()
    with browser.context.expect_page() as opened:
        cdp.send("Target.createTarget", {"url": "about:blank", "background": True})
    page = WitnessedPage(opened.value, demo.url)
    page.load()
    assert page.tab.evaluate("document.visibilityState") == "hidden"
    run_id = page.start()
    learn(2)
    page.tab.bring_to_front()
    page.await_visibility("visible")
    learn(2.3)
    page.end()
    matrix.check("born hidden", run_id, page.true_ms(), EXACT)


def test_a_frozen_tab_does_not_count(browser, open_page, matrix):
    page = open_page()
    cdp = browser.context.new_cdp_session(page.tab)
    run_id = page.start()
    learn(2.3)
    hide(browser)
    page.await_visibility("hidden")
    cdp.send("Page.setWebLifecycleState", {"state": "frozen"})
    learn(2.5)
    cdp.send("Page.setWebLifecycleState", {"state": "active"})
    page.tab.bring_to_front()
    page.await_visibility("visible")
    learn(1.3)
    page.end()
    matrix.check("freeze, resume", run_id, page.true_ms(), EXACT)


def test_back_out_of_the_cache_the_count_goes_on(open_page, matrix):
    page = open_page()
    run_id = page.start()
    learn(2.3)
    page.leave_to("/e2e/elsewhere.html")
    learn(1.5)
    page.tab.evaluate("history.back()")
    page.wait_ready()
    assert page.run("activity.run_id") == run_id, "the page did not come out of the cache"
    learn(1.4)
    page.end()
    matrix.check("back/forward return", run_id, page.true_ms(), EXACT)

"""What dies runs no handler: little is lost, and nothing counts twice when the run goes on."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress

import pytest
from playwright.sync_api import Error

from tests.faults.matrix import DIE_UNHEARD, one_heartbeat
from tests.faults.witnessed_page import learn
from tests.support.processes import renderer_of

pytestmark = [pytest.mark.browser, pytest.mark.faults]

HEARTBEAT_MS = 2_000
NO_FETCH_LATER = "delete window.fetchLater;"
"""As in other browsers."""
LONG_BEAT = "time=TimeOptions(heartbeat_ms=60_000)"
TIME = f"time=TimeOptions(heartbeat_ms={HEARTBEAT_MS})"


def go_on_with(run_id, page, learning_s=1.3):
    """The learner comes back to the run for a moment; the true time of that."""
    page.start(f"{TIME}, run_id={run_id!r}")
    learn(learning_s)
    page.end()
    return page.true_ms()


def test_a_killed_renderer_loses_at_most_a_tick(browser, open_page, matrix):
    page = open_page()
    browser.context.new_page()
    page.tab.bring_to_front()
    victim = renderer_of(browser, page)
    run_id = page.start(TIME)
    learn(5.5)
    seen = page.testify()
    os.kill(victim, signal.SIGKILL)
    true_ms = seen.active_ms_at(time.time())
    true_ms += go_on_with(run_id, open_page())
    matrix.check("renderer SIGKILL, run resumed", run_id, true_ms, DIE_UNHEARD)


def test_a_crashed_page_loses_at_most_a_tick(browser, open_page, matrix):
    page = open_page()
    browser.context.new_page()
    page.tab.bring_to_front()
    run_id = page.start(TIME)
    learn(5.5)
    seen = page.testify()
    crash(page)
    true_ms = seen.active_ms_at(time.time())
    true_ms += go_on_with(run_id, open_page())
    matrix.check("page crash (chrome://crash), run resumed", run_id, true_ms, DIE_UNHEARD)


def crash(page):
    """Crash the page as `Page.crash` does; that command is never answered, this address is."""
    with page.tab.expect_event("crash"), suppress(Error):
        page.tab.goto("chrome://crash")


def test_a_killed_browser_loses_at_most_a_heartbeat(open_page, launch, matrix):
    with launch() as own:
        page = open_page(chromium=own)
        run_id = page.start(TIME)
        learn(7)
        seen = page.testify()
        own.kill()
        true_ms = seen.active_ms_at(time.time())
    with launch() as own:
        true_ms += go_on_with(run_id, open_page(chromium=own))
    goal = one_heartbeat(HEARTBEAT_MS)
    matrix.check("browser SIGKILL, same profile, run resumed", run_id, true_ms, goal)


def test_without_fetch_later_the_journal_keeps_what_a_crash_would_lose(browser, open_page, matrix):
    page = open_page(NO_FETCH_LATER)
    browser.context.new_page()
    page.tab.bring_to_front()
    victim = renderer_of(browser, page)
    run_id = page.start(LONG_BEAT)
    learn(5.5)
    seen = page.testify()
    os.kill(victim, signal.SIGKILL)
    true_ms = seen.active_ms_at(time.time())
    again = open_page(NO_FETCH_LATER)
    true_ms += go_on_with(run_id, again, learning_s=3.5)
    matrix.check("no fetchLater: SIGKILL, run resumed", run_id, true_ms, DIE_UNHEARD)


def test_a_crash_while_the_server_is_down_loses_at_most_a_tick(browser, demo, open_page, matrix):
    page = open_page()
    browser.context.new_page()
    page.tab.bring_to_front()
    victim = renderer_of(browser, page)
    demo.wire.refuse_with = (500, "BROKEN")
    run_id = page.start(TIME)
    learn(5.5)
    seen = page.testify()
    os.kill(victim, signal.SIGKILL)
    true_ms = seen.active_ms_at(time.time())
    demo.wire.refuse_with = None
    true_ms += go_on_with(run_id, open_page(), learning_s=3.5)
    matrix.check("500: SIGKILL, well, run resumed", run_id, true_ms, DIE_UNHEARD, patience_s=40)

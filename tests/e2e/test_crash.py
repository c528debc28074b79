"""A renderer that dies runs no handler. What it had counted arrives all the same."""

from __future__ import annotations

import os
import signal
import time

import pytest

from tests.support.books import active_ms, assert_session
from tests.support.processes import renderer_of

pytestmark = pytest.mark.browser

ONE_LONG_WINDOW = "time=TimeOptions(heartbeat_ms=600_000)"


def kill(browser, page):
    os.kill(renderer_of(browser, page), signal.SIGKILL)


def test_a_killed_renderer_loses_about_a_tick(browser, demo, open_page, eventually):
    page = open_page()
    browser.context.new_page()
    page.tab.bring_to_front()
    run_id = page.start(ONE_LONG_WINDOW)
    victim = renderer_of(browser, page)
    eventually(lambda: page.run("activity.elapsed_ms") > 8_000, within_s=60)
    counted_ms = page.run("activity.elapsed_ms")
    assert not demo.wire.of(run_id)
    os.kill(victim, signal.SIGKILL)
    demo.wire.await_last(run_id)
    [beat] = demo.wire.of(run_id)
    # A tick is a second; a busy machine may be late with one, and with the kill.
    assert 0.7 * counted_ms <= beat.body["elapsedMs"] <= counted_ms + 2_000
    assert_session(demo.wire.taken(run_id))


def test_after_a_crash_the_run_goes_on_and_nothing_counts_twice(
    browser, demo, open_page, eventually
):
    page = open_page()
    browser.context.new_page()
    page.tab.bring_to_front()
    run_id = page.start()
    eventually(lambda: len(demo.wire.taken(run_id)) >= 2)
    kill(browser, page)
    again = open_page()
    again.start(f"run_id={run_id!r}")
    eventually(lambda: len(demo.wire.taken(run_id)) >= 5)
    again.run("await activity.end()")
    journal = demo.journal("ada", run_id)
    assert journal["activeMs"] == active_ms(demo.wire.taken(run_id))
    starts = [beat["startedAt"] for beat in demo.wire.taken(run_id)]
    assert starts == sorted(set(starts))
    for before, after in zip(journal["sessions"], journal["sessions"][1:], strict=False):
        assert before["endedAt"] < after["startedAt"]


def test_leaving_by_the_cache_sends_the_window_once(demo, open_page, eventually):
    page = open_page()
    run_id = page.start(ONE_LONG_WINDOW)
    time.sleep(2.2)
    page.leave_to("/e2e/elsewhere.html")
    eventually(lambda: demo.wire.of(run_id))
    page.tab.evaluate("history.back()")
    page.wait_ready()
    time.sleep(2.2)
    page.run("await activity.end()")
    assert_session(demo.wire.taken(run_id))
    assert len(demo.wire.of(run_id)) == len(demo.wire.taken(run_id)) == 2
    assert page.run("activity.elapsed_ms") == active_ms(demo.wire.taken(run_id))

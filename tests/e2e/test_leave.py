"""Every way out of a page: what had been counted arrives, once."""

from __future__ import annotations

import time

import pytest

from tests.support.books import active_ms, assert_session

pytestmark = pytest.mark.browser

ONE_LONG_WINDOW = "time=TimeOptions(heartbeat_ms=600_000)"


def test_closing_the_tab_flushes_with_one_beacon(demo, open_page):
    page = open_page()
    run_id = page.start(ONE_LONG_WINDOW)
    time.sleep(1.5)
    counted_ms = page.run("activity.elapsed_ms")
    page.tab.close()
    demo.wire.await_last(run_id)
    [beat] = demo.wire.of(run_id)
    assert beat.by_beacon
    assert beat.headers["content-type"] == "application/json"
    assert counted_ms <= beat.body["elapsedMs"] <= counted_ms + 1500
    assert_session(demo.wire.taken(run_id))


def test_navigating_away_flushes_once(demo, open_page):
    page = open_page()
    run_id = page.start(ONE_LONG_WINDOW)
    time.sleep(1)
    counted_ms = page.run("activity.elapsed_ms")
    page.leave_to("/e2e/elsewhere.html")
    demo.wire.await_last(run_id)
    [beat] = demo.wire.taken(run_id)
    assert beat["elapsedMs"] >= counted_ms


def test_closing_a_hidden_tab_reports_the_hidden_time(browser, demo, open_page, eventually):
    page = open_page()
    run_id = page.start(ONE_LONG_WINDOW)
    time.sleep(1)
    browser.context.new_page().bring_to_front()
    eventually(lambda: len(demo.wire.taken(run_id)) == 1)
    time.sleep(1.5)
    page.tab.close()
    eventually(lambda: len(demo.wire.taken(run_id)) == 2)
    beats = demo.wire.taken(run_id)
    assert_session(beats)
    assert beats[1]["elapsedMs"] == 0
    assert beats[1]["pausedMs"] >= 1400


def test_end_acts_without_being_awaited(demo, open_page, eventually):
    page = open_page()
    run_id = page.start(ONE_LONG_WINDOW)
    time.sleep(0.5)
    page.run("activity.end()\nNone")
    eventually(lambda: demo.wire.taken(run_id))
    page.run("activity.end()\nawait activity.end()")
    page.tab.close()
    time.sleep(0.5)
    [beat] = demo.wire.of(run_id)
    assert beat.body["elapsedMs"] >= 450


def test_end_and_close_in_the_same_moment(demo, open_page):
    page = open_page()
    run_id = page.start(ONE_LONG_WINDOW)
    time.sleep(0.5)
    page.run(
        """
        import js
        from pyodide.ffi import create_proxy
        js.window.addEventListener("pagehide", create_proxy(lambda event: activity.end()))
        """
    )
    page.tab.close()
    demo.wire.await_last(run_id)
    assert_session(demo.wire.taken(run_id))
    assert len(demo.wire.of(run_id)) <= 2
    assert active_ms(demo.wire.taken(run_id)) >= 450


def test_with_a_bearer_token_the_last_flush_carries_it(demo, open_page, eventually):
    page = open_page()
    run_id = page.start(
        ONE_LONG_WINDOW, client='headers=lambda: {"Authorization": "Bearer of-the-moment"}'
    )
    time.sleep(0.5)
    page.leave_to("/e2e/elsewhere.html")
    eventually(lambda: demo.wire.taken(run_id))
    [beat] = demo.wire.of(run_id)
    assert beat.headers["authorization"] == "Bearer of-the-moment"
    assert not beat.by_beacon


def test_back_through_the_cache_the_session_goes_on(demo, open_page, eventually):
    page = open_page()
    run_id = page.start()
    time.sleep(1.2)
    page.leave_to("/e2e/elsewhere.html")
    time.sleep(1.5)
    page.tab.evaluate("history.back()")
    page.wait_ready()
    assert page.run("activity.run_id") == run_id, "the page did not come out of the cache"
    eventually(lambda: not page.run("activity.paused"))
    time.sleep(1.3)
    page.run("await activity.end()")
    beats = demo.wire.taken(run_id)
    assert_session(beats)
    assert sum(beat["pausedMs"] for beat in beats) >= 1300
    assert page.run("activity.elapsed_ms") == active_ms(beats)

"""What WebKit does otherwise, done to Chromium: it is tested wherever Chromium is."""

from __future__ import annotations

import time

import pytest

from tests.support.books import active_ms, assert_session

pytestmark = pytest.mark.browser

# Pyodide takes what has no stack for no error.
REASONS_WITHOUT_STACK = """
() => {
    const original = window.fetch;
    window.fetch = (...given) => original(...given).catch(reason => {
        delete reason.stack;
        throw reason;
    });
}
"""
NO_STATUS_OF_BEACONS = "() => { delete PerformanceResourceTiming.prototype.responseStatus; }"


def test_a_failure_without_a_stack_is_noticed(demo, open_page, eventually):
    page = open_page()
    page.tab.evaluate(REASONS_WITHOUT_STACK)
    run_id = page.start()
    eventually(lambda: demo.wire.taken(run_id))
    demo.stop()
    eventually(lambda: page.run("len(errors)"))
    assert page.run("isinstance(errors[0][0], UnreachableError) and errors[0][1].will_retry")
    demo.start()
    arrived = len(demo.wire.taken(run_id))
    eventually(lambda: len(demo.wire.taken(run_id)) > arrived, within_s=60)
    page.run("await activity.end()")
    counted_ms = page.run("activity.elapsed_ms")
    eventually(lambda: active_ms(demo.wire.taken(run_id)) >= counted_ms)
    assert_session(demo.wire.taken(run_id))


def test_where_beacons_have_no_status_a_lost_flush_is_sent_again(
    browser, demo, open_page, eventually
):
    page = open_page()
    page.tab.evaluate(NO_STATUS_OF_BEACONS)
    run_id = page.start("time=TimeOptions(heartbeat_ms=600_000)")
    time.sleep(1)
    demo.stop()
    browser.context.new_page().bring_to_front()
    eventually(lambda: page.run("activity.paused"))
    counted_ms = page.run("activity.elapsed_ms")
    demo.start()
    eventually(lambda: demo.wire.taken(run_id), within_s=30)
    assert active_ms(demo.wire.taken(run_id)) == counted_ms
    assert not demo.wire.of(run_id)[0].by_beacon


def test_where_beacons_have_no_status_a_closed_tab_is_flushed_all_the_same(
    demo, open_page, eventually
):
    page = open_page()
    page.tab.evaluate(NO_STATUS_OF_BEACONS)
    run_id = page.start("time=TimeOptions(heartbeat_ms=600_000)")
    time.sleep(1)
    counted_ms = page.run("activity.elapsed_ms")
    page.tab.close()
    eventually(lambda: demo.wire.taken(run_id))
    [beat] = demo.wire.of(run_id)
    assert beat.body["elapsedMs"] >= counted_ms

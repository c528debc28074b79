"""A page that dies without a word."""

import pytest

from tests.unit.helpers import HEARTBEAT_MS, SERVICE_DOWN, Page, spans
from timeback_web.session.crash_guard import IDLE_LIMIT_MS
from timeback_web.session.ticker import TICK_MS


def ways(page):
    return [one.way for one in page.browser.network.sent]


@pytest.mark.parametrize("lived_ms", [1_000, 4_700, HEARTBEAT_MS - 1, HEARTBEAT_MS + 4_000])
def test_a_crash_loses_less_than_a_second(lived_ms):
    page = Page()
    page.start()
    page.browser.advance(lived_ms)
    page.browser.crash()
    received = sum(active for active, _ in spans(page.heartbeats))
    assert 0 <= lived_ms - received < 1_000
    assert ways(page)[-1] == "fetchLater"


def test_nothing_is_armed_before_there_is_anything_to_lose():
    page = Page(hidden=True)
    page.start()
    page.browser.advance(10_000)
    assert page.browser.network.armed == []


@pytest.mark.parametrize("leave", ["close", "hide", "end"])
def test_what_is_armed_is_taken_back_before_a_flush(leave):
    page = Page()
    activity = page.start()
    page.browser.advance(5_000)
    if leave == "end":
        activity.end()
    else:
        getattr(page.browser, leave)()
    assert page.browser.network.armed == []
    page.browser.crash()
    assert spans(page.heartbeats) == [(5_000, 0)]


def test_one_window_is_armed_at_a_time():
    page = Page()
    page.start()
    for _ in range(40):
        page.browser.advance(1_000)
        assert len(page.browser.network.armed) <= 1


def test_time_that_the_browser_has_sent_already_is_not_sent_again():
    page = Page()
    activity = page.start()
    page.browser.advance(7 * TICK_MS + 150)
    page.browser.network.page_died()  # flushed behind our back, as on entering a cache
    page.browser.advance(2_600)
    activity.end()
    assert spans(page.heartbeats) == [(7 * TICK_MS, 0), (2_750, 0)]
    assert activity.elapsed_ms == 7 * TICK_MS + 2_750


def test_nothing_is_armed_while_the_server_refuses():
    page = Page()
    page.start()
    page.browser.server.answer_always(SERVICE_DOWN)
    page.browser.advance(HEARTBEAT_MS)
    page.browser.go_offline()
    page.browser.advance(5_000)
    assert page.browser.network.armed == []


def test_without_fetch_later_a_crash_loses_at_most_one_heartbeat():
    page = Page()
    page.browser.network.has_fetch_later = False
    page.start()
    page.browser.advance(2 * HEARTBEAT_MS + 9_000)
    page.browser.crash()
    assert spans(page.heartbeats) == [(HEARTBEAT_MS, 0)] * 2


def test_a_crash_in_the_app_s_own_pause_keeps_what_was_counted():
    page = Page()
    activity = page.start()
    page.browser.advance(3_000)
    activity.pause()
    page.browser.advance(2_000)
    page.browser.crash()
    [(active, paused)] = spans(page.heartbeats)
    assert active == 3_000
    assert paused <= 2_000


def test_putting_aside_waits_until_the_page_is_idle_but_not_for_long():
    page = Page()
    page.start()
    page.browser.timers.busy_ms = 5_000
    page.browser.advance(TICK_MS + IDLE_LIMIT_MS - 1)
    assert page.browser.network.armed == []
    page.browser.advance(1)
    [armed] = page.browser.network.armed
    page.browser.advance(TICK_MS - 1)
    assert page.browser.network.armed == [armed]  # the older one stays until there is a newer one
    page.browser.crash()
    assert spans(page.heartbeats) == [(TICK_MS + IDLE_LIMIT_MS, 0)]


@pytest.mark.parametrize("leave", ["leave", "hide", "end"])
def test_what_was_to_be_put_aside_when_idle_is_not_once_it_is_sent(leave):
    page = Page()
    activity = page.start()
    page.browser.timers.busy_ms = 50
    page.browser.advance(TICK_MS + 10)
    if leave == "end":
        activity.end()
    else:
        getattr(page.browser, leave)()
    page.browser.advance(1_000)
    assert page.browser.network.armed == []
    page.browser.crash()
    assert spans(page.heartbeats) == [(TICK_MS + 10, 0)]


def test_a_page_that_is_never_idle_is_not_waited_for():
    page = Page()
    page.browser.timers.call_when_idle = lambda *_, **__: lambda: None
    page.start()
    page.browser.advance(3_000)
    page.browser.crash()
    [(active, _)] = spans(page.heartbeats)
    assert active >= 3_000 - 2 * TICK_MS

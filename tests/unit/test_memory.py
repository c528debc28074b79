"""What storage does not take waits in memory: it moves when it can, and never dies unheard."""

import pytest

from tests.unit.helpers import DAY_MS, HEARTBEAT_MS, SERVICE_DOWN, Page, spans
from timeback_web import DeliveryError, LostWindowError, RefusedError
from timeback_web.testing import FakeStorage


def offline_and_full():
    """A page with two windows that only memory holds."""
    page = Page()
    page.start()
    page.browser.go_offline()
    page.browser.storage.full = True
    page.browser.advance(2 * HEARTBEAT_MS)
    assert page.waiting == []
    return page


def lost(page):
    return [context.elapsed_ms for _, context in page.errors if not context.will_retry]


def test_a_window_that_only_memory_holds_is_told_at_once():
    page = offline_and_full()
    assert [type(error) for error, _ in page.errors] == [DeliveryError] * 2
    assert "storage takes nothing" in str(page.errors[0][0])
    assert [(said.elapsed_ms, said.will_retry) for _, said in page.errors] == [
        (HEARTBEAT_MS, True)
    ] * 2


@pytest.mark.parametrize("moment", ["next window", "hide", "leave", "close"])
def test_it_moves_to_storage_when_there_is_room_again(moment):
    page = offline_and_full()
    page.browser.storage.full = False
    {
        "next window": lambda: page.browser.advance(HEARTBEAT_MS),
        "hide": page.browser.hide,
        "leave": page.browser.leave,
        "close": page.timeback.close,
    }[moment]()
    assert len(page.waiting) >= 2
    assert lost(page) == []


def test_what_has_moved_is_sent_by_the_next_page():
    page = offline_and_full()
    page.browser.storage.full = False
    page.browser.close()
    after = Page(storage=page.browser.storage, later_ms=DAY_MS)
    after.start()
    assert spans(after.heartbeats) == [(HEARTBEAT_MS, 0)] * 2


def test_a_page_that_is_left_offline_with_storage_full_says_what_is_lost():
    page = offline_and_full()
    page.browser.advance(3_000)
    page.browser.close()
    assert lost(page) == [HEARTBEAT_MS, HEARTBEAT_MS, 3_000]
    assert isinstance(page.errors[-1][0], LostWindowError)


def test_a_page_that_is_only_hidden_keeps_it():
    page = offline_and_full()
    page.browser.hide()
    assert lost(page) == []
    page.browser.go_online()
    page.browser.advance(HEARTBEAT_MS)
    assert spans(page.heartbeats) == [(HEARTBEAT_MS, 0)] * 2


@pytest.mark.parametrize("exit_by", ["hide", "leave"])
def test_in_trouble_online_it_goes_as_a_beacon_when_the_page_goes(exit_by):
    page = Page()
    page.start()
    page.browser.storage.full = True
    page.browser.server.answer_next(SERVICE_DOWN)
    page.browser.advance(HEARTBEAT_MS)
    getattr(page.browser, exit_by)()
    assert page.ways == ["fetch", "beacon"]
    assert (spans(page.heartbeats), lost(page)) == ([(HEARTBEAT_MS, 0)], [])


def test_a_client_that_is_closed_with_storage_full_says_what_is_lost():
    page = offline_and_full()
    page.timeback.close()
    assert lost(page) == [HEARTBEAT_MS, HEARTBEAT_MS]


def closed_while_a_refused_window_flies(*, full):
    page = Page()
    page.browser.network.latency_ms = 300
    page.start()
    page.browser.storage.full = full
    page.browser.server.answer_next(SERVICE_DOWN)
    page.browser.advance(HEARTBEAT_MS)
    page.timeback.close()
    page.browser.advance(60_000)
    return page


def test_a_window_that_is_refused_after_close_waits_for_the_next_client():
    page = closed_while_a_refused_window_flies(full=False)
    [(error, context)] = page.errors
    assert isinstance(error, RefusedError)
    assert (context.will_retry, context.retry_in_ms) == (True, None)
    assert (len(page.waiting), page.browser.timers.pending) == (1, 0)
    after = Page(storage=page.browser.storage)
    after.start()
    assert spans(after.heartbeats) == [(HEARTBEAT_MS, 0)]


def test_a_window_that_is_refused_after_close_and_finds_no_room_is_told_lost():
    page = closed_while_a_refused_window_flies(full=True)
    [(error, context)] = page.errors
    assert isinstance(error, RefusedError)
    assert (context.will_retry, context.elapsed_ms) == (False, HEARTBEAT_MS)
    assert page.traces == (0, 0, 0, 0)


def test_a_great_many_move_without_deep_recursion():
    page = Page()
    page.start(time={"heartbeat_ms": 1_000})
    page.browser.go_offline()
    page.browser.storage.full = True
    page.browser.advance(900_000)
    page.browser.storage.full = False
    page.browser.advance(1_000)
    assert len(page.waiting) >= 900


def test_memory_is_not_kept_by_a_storage_that_never_comes():
    storage = FakeStorage()
    storage.blocked = True
    page = Page(storage=storage)
    activity = page.start()
    page.browser.go_offline()
    page.browser.advance(5_000)
    activity.end()
    page.timeback.close()
    assert lost(page) == [5_000]
    assert page.traces == (0, 0, 0, 0)

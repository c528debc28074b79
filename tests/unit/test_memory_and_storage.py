"""What only memory holds, while storage is full: it moves when there is room, or is told lost."""

import pytest

from tests.unit.helpers import SERVICE_DOWN, Page

MINUTE_MS = 60_000


def settle(page, *, later_ms):
    """A later page on the same run; what the server has in the end, and what was told lost."""
    browser = page.browser
    later = Page(server=browser.server, storage=browser.storage, later_ms=later_ms)
    activity = later.start()
    later.browser.advance(10_000)
    activity.end()
    later.browser.advance(1_000)
    delivered = sum(beat.elapsed_ms for beat in page.heartbeats)
    return delivered - 10_000, lost(page) + lost(later)


def lost(page):
    return sum(context.elapsed_ms for _, context in page.errors if not context.will_retry)


@pytest.mark.parametrize("room_at_ms", [16_000, 60_000, 61_000, 119_900])
@pytest.mark.parametrize("how", ["offline", "refused"])
@pytest.mark.parametrize("leave", ["close", "hide and crash", "leave and crash"])
def test_when_there_is_room_again_nothing_dies_with_the_page(leave, how, room_at_ms):
    page = Page()
    page.start()
    if how == "offline":
        page.browser.go_offline()
    else:
        page.browser.server.answer_always(SERVICE_DOWN)
    page.browser.storage.full = True
    page.browser.advance(room_at_ms)
    page.browser.storage.full = False
    page.browser.advance(2 * MINUTE_MS - room_at_ms)
    if leave == "close":
        page.browser.close()
    else:
        getattr(page.browser, leave.split()[0])()
        page.browser.crash()
    page.browser.server.answer_always(None)
    assert settle(page, later_ms=10 * MINUTE_MS) == (2 * MINUTE_MS, 0)


def test_as_soon_as_there_is_room_a_crash_loses_what_is_not_put_aside_yet_at_most():
    page = Page()
    page.start()
    page.browser.go_offline()
    page.browser.storage.full = True
    page.browser.advance(MINUTE_MS)
    page.browser.storage.full = False
    page.browser.advance(MINUTE_MS)
    page.browser.crash()
    delivered, told = settle(page, later_ms=2 * MINUTE_MS + 30_000)
    assert told == 0
    assert 2 * MINUTE_MS - 1_000 <= delivered <= 2 * MINUTE_MS


@pytest.mark.parametrize("blocked", [False, True], ids=["full", "blocked"])
@pytest.mark.parametrize("at_ms", [15_050, 15_299, 15_301, 31_000])
def test_a_client_that_is_closed_while_a_window_flies_tells_that_it_is_lost(at_ms, blocked):
    page = Page()
    page.browser.network.latency_ms = 300
    page.browser.storage.full = not blocked
    page.browser.storage.blocked = blocked
    page.start()
    page.browser.server.answer_always(SERVICE_DOWN)
    page.browser.advance(at_ms)
    page.timeback.close()
    page.browser.advance(5_000)
    page.browser.server.answer_always(None)
    page.browser.advance(10 * MINUTE_MS)
    delivered, told = settle(page, later_ms=20 * MINUTE_MS)
    assert delivered + told == at_ms
    assert page.traces == (0, 0, 0, 0)


def test_what_is_told_lost_is_told_once():
    page = Page()
    page.browser.network.latency_ms = 300
    page.browser.storage.full = True
    page.start()
    page.browser.server.answer_always(SERVICE_DOWN)
    page.browser.advance(15_100)
    page.timeback.close()
    page.browser.advance(5_000)
    page.timeback.close()
    last = {context.elapsed_ms: context.will_retry for _, context in page.errors}
    assert last == {15_000: False, 100: False}
    assert lost(page) == 15_100

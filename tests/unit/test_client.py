"""The client as a whole: its end, and what it leaves in the page."""

import gc

import pytest

from tests.unit.helpers import (
    DAY_MS,
    HEARTBEAT_MS,
    RUN,
    SERVICE_DOWN,
    Page,
    spans,
)
from timeback_web import NotInBrowserError, Timeback, TimebackError, UsageError
from timeback_web.delivery.sender import RECEIPT_LIMIT_MS
from timeback_web.testing import FakeStorage


def test_without_a_page_there_is_no_client():
    with pytest.raises(NotInBrowserError, match="FakeBrowser") as caught:
        Timeback()
    assert isinstance(caught.value, TimebackError)


def test_closing_ends_what_is_open():
    page = Page()
    activity = page.start()
    page.browser.advance(5_000)
    page.timeback.close()
    assert activity.ended
    assert spans(page.heartbeats) == [(5_000, 0)]
    assert page.traces == (0, 0, 0, 0)


def test_closing_an_idle_client_and_closing_twice_do_no_harm():
    page = Page()
    page.timeback.close()
    page.timeback.close()
    assert page.traces == (0, 0, 0, 0)


@pytest.mark.parametrize("trouble", ["offline", "refused"])
def test_closing_in_trouble_stores_and_goes_silent(trouble):
    page = Page()
    page.start()
    if trouble == "offline":
        page.browser.go_offline()
    page.browser.server.answer_always(SERVICE_DOWN)
    page.browser.advance(HEARTBEAT_MS + 5_000)
    page.timeback.close()
    sent = len(page.browser.network.sent)
    assert page.traces == (0, 0, 2, 0)
    page.browser.server.answer_always(None)
    page.browser.go_online()
    page.browser.advance(600_000)
    assert len(page.browser.network.sent) == sent


@pytest.mark.parametrize("status", [204, 503])
def test_what_flies_while_closing_still_lands(status):
    page = Page()
    page.browser.network.latency_ms = 500
    page.start()
    page.browser.advance(5_000)
    if status == 503:
        page.browser.server.answer_next(SERVICE_DOWN)
    page.timeback.close()
    page.browser.advance(500)
    assert page.traces == (0, 0, 0 if status == 204 else 1, 0)
    page.browser.advance(600_000)
    assert len(page.browser.network.sent) == 1


def test_a_server_that_hangs_leaves_no_timer_for_longer_than_a_receipt():
    page = Page()
    page.browser.network.fetch = lambda *_: None
    page.browser.network.beacon = lambda *_: True
    page.start()
    page.browser.advance(5_000)
    page.timeback.close()
    page.browser.advance(RECEIPT_LIMIT_MS)
    assert page.traces == (0, 0, 0, 0)


def test_a_closed_client_starts_nothing():
    page = Page()
    page.timeback.close()
    with pytest.raises(UsageError):
        page.start()
    assert page.traces == (0, 0, 0, 0)


def test_a_completion_that_is_still_tried_is_kept_when_the_client_is_closed():
    page = Page()
    activity = page.start()
    page.browser.advance(HEARTBEAT_MS)
    page.browser.server.answer_always(SERVICE_DOWN)
    activity.end({"xp_earned": 1})
    page.timeback.close()
    assert page.traces[:2] == (0, 0)
    assert [key for key in page.browser.storage.items if "/completions/" in key]
    assert {context.will_retry for _, context in page.errors} == {True}


def test_a_completion_that_flies_while_closing_is_not_tried_again():
    page = Page()
    page.browser.network.latency_ms = 500
    activity = page.start()
    page.browser.server.answer_next(SERVICE_DOWN)
    activity.end({"xp_earned": 1})
    page.timeback.close()
    page.browser.advance(500)
    assert page.traces == (0, 0, 1, 0), "it is kept"
    assert [context.will_retry for _, context in page.errors] == [True]
    page.browser.advance(600_000)
    assert len(page.browser.network.sent) == 1


def test_another_client_takes_over_what_is_kept():
    storage = FakeStorage()
    page = Page(storage=storage)
    page.browser.go_offline()
    page.start()
    page.browser.advance(5_000)
    page.timeback.close()
    after = Page(storage=storage, later_ms=DAY_MS)
    after.start()
    assert spans(after.heartbeats) == [(5_000, 0)]


def live(kind):
    gc.collect()
    ours = (type(one) for one in gc.get_objects())
    return sum(
        1 for one in ours if one.__name__ == kind and one.__module__.startswith("timeback_web")
    )


@pytest.mark.parametrize("latency_ms", [0, 700])
@pytest.mark.parametrize("run_id", [RUN, None])
def test_hundreds_of_activities_leave_nothing_behind(run_id, latency_ms):
    page = Page()
    page.browser.network.latency_ms = latency_ms
    kinds = ("Activity", "Session", "Reporter", "Ledger", "Entry", "Closing", "Submission")

    def cycles(count):
        for turn in range(count):
            activity = page.start(run_id=run_id)
            page.browser.advance(2_000)
            page.browser.hide()
            page.browser.show()
            if turn % 5 == 0:
                page.browser.server.answer_next(SERVICE_DOWN)
            page.browser.advance(1_000)
            activity.end({"xp_earned": 1} if turn % 7 == 0 else None)
        page.browser.advance(600_000)
        page.heartbeats.clear()
        page.errors.clear()
        page.browser.network.sent.clear()
        assert page.traces == (0, 0, 0, 0)
        return [live(kind) for kind in kinds]

    assert cycles(3) == cycles(200)

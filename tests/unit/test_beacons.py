"""Windows that go out while the page is hidden or left."""

import pytest

from tests.unit.helpers import (
    DAY_MS,
    HEARTBEAT_MS,
    LONGEST_FIRST_RETRY_MS,
    SERVICE_DOWN,
    Page,
    spans,
)
from timeback_web.delivery.sender import RECEIPT_LIMIT_MS
from timeback_web.ports import Answer
from timeback_web.testing import FakeStorage
from timeback_web.testing import network as fake_network


def test_a_beacon_that_is_taken_is_delivered():
    page = Page()
    page.browser.network.latency_ms = 100
    page.start()
    page.browser.advance(5_000)
    page.browser.hide()
    assert page.flushed == []
    page.browser.advance(100)
    assert (page.flushed, page.browser.storage.items) == ([5_000], {})


@pytest.mark.parametrize("latency_ms", [0, 100])
@pytest.mark.parametrize("answer", [SERVICE_DOWN, Answer(None)], ids=["503", "no answer"])
def test_a_refused_beacon_is_kept_and_sent_again(answer, latency_ms):
    page = Page()
    page.browser.network.latency_ms = latency_ms
    page.start()
    page.browser.advance(5_000)
    page.browser.server.answer_next(answer)
    page.browser.hide()
    page.browser.advance(latency_ms)
    assert len(page.browser.storage.items) == 1
    page.browser.advance(LONGEST_FIRST_RETRY_MS + latency_ms)
    assert page.ways == ["beacon", "fetch"]
    assert spans(page.heartbeats) == [(5_000, 0)]
    assert page.browser.storage.items == {}


def test_a_beacon_that_is_refused_for_good_is_reported():
    page = Page()
    page.browser.network.latency_ms = 100
    page.start()
    page.browser.advance(5_000)
    page.browser.server.refuse_next(400, "UNKNOWN_COURSE")
    page.browser.hide()
    page.browser.advance(100)
    assert [(error.code, context.will_retry) for error, context in page.errors] == [
        ("UNKNOWN_COURSE", False)
    ]


def test_without_receipts_a_beacon_counts_as_handed_over():
    page = Page()
    page.browser.network.receipts = False
    page.browser.network.latency_ms = 100
    page.start()
    page.browser.advance(5_000)
    page.browser.hide()
    assert page.flushed == [5_000]
    page.browser.advance(RECEIPT_LIMIT_MS)
    assert (page.flushed, page.browser.storage.items) == ([5_000], {})


def test_a_receipt_that_never_comes_counts_as_handed_over_after_a_minute():
    page = Page()
    page.browser.network.latency_ms = 10 * RECEIPT_LIMIT_MS
    page.start()
    page.browser.advance(5_000)
    page.browser.hide()
    page.browser.advance(RECEIPT_LIMIT_MS - 1)
    assert page.flushed == []
    page.browser.advance(1)
    assert page.flushed == [5_000]
    page.browser.advance(10 * RECEIPT_LIMIT_MS)
    assert page.flushed == [5_000]
    assert page.browser.timers.pending == 0


def test_a_receipt_stops_its_timer():
    page = Page()
    page.browser.network.latency_ms = 100
    page.start()
    page.browser.advance(5_000)
    page.browser.hide()
    page.browser.advance(100)
    assert page.browser.timers.pending == 0


def test_a_beacon_over_quota_is_kept(monkeypatch):
    page = Page()
    page.start()
    page.browser.advance(5_000)
    monkeypatch.setattr(fake_network, "BEACON_QUOTA_CHARS", 10)
    page.browser.hide()
    assert (page.browser.network.sent, len(page.browser.storage.items)) == ([], 1)
    page.browser.show()
    page.browser.advance(HEARTBEAT_MS)
    assert spans(page.heartbeats) == [(5_000, 0), (HEARTBEAT_MS, 0)]


def test_a_beacon_over_quota_at_the_end_is_sent_while_the_page_lives(monkeypatch):
    page = Page()
    activity = page.start()
    page.browser.advance(5_000)
    monkeypatch.setattr(fake_network, "BEACON_QUOTA_CHARS", 10)
    activity.end()
    page.browser.advance(120_000)
    assert spans(page.heartbeats) == [(5_000, 0)]
    assert page.traces == (0, 0, 0, 0)


def test_with_headers_a_closing_page_uses_fetch():
    page = Page(headers={"Authorization": "Bearer x"})
    page.start()
    page.browser.advance(5_000)
    page.browser.leave()
    assert page.ways == ["fetch"]
    assert spans(page.heartbeats) == [(5_000, 0)]


def test_a_headers_callable_that_raises_at_the_exit_keeps_the_window():
    def headers():
        raise RuntimeError("no token")

    page = Page(headers=headers)
    page.start()
    page.browser.advance(5_000)
    page.browser.leave()
    assert (page.browser.network.sent, len(page.browser.storage.items)) == ([], 1)


def offline(page):
    page.browser.go_offline()


def refused(page):
    page.browser.server.answer_next(Answer(503, retry_after="600"))
    page.browser.advance(HEARTBEAT_MS)


@pytest.mark.parametrize("trouble", [offline, refused])
@pytest.mark.parametrize("exit_by", ["hide", "leave", "end"])
def test_in_trouble_the_last_window_is_stored_and_not_beaconed(trouble, exit_by):
    page = Page()
    activity = page.start()
    trouble(page)
    sent, kept = len(page.browser.network.sent), len(page.browser.storage.items)
    page.browser.advance(5_000)
    if exit_by == "end":
        activity.end()
    else:
        getattr(page.browser, exit_by)()
    assert len(page.browser.network.sent) == sent
    assert len(page.browser.storage.items) == kept + 1


def test_the_next_page_sends_what_the_last_one_stored():
    storage = FakeStorage()
    page = Page(storage=storage)
    page.start()
    page.browser.go_offline()
    page.browser.advance(5_000)
    page.browser.close()
    after = Page(storage=storage, later_ms=DAY_MS)
    after.start()
    assert spans(after.heartbeats) == [(5_000, 0)]
    assert storage.items == {}

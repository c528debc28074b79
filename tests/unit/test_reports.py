"""What a developer is told of each window, beside what the server received."""

from __future__ import annotations

import sys

import pytest

from tests.unit.helpers import (
    DAY_MS,
    HEARTBEAT_MS,
    LONGEST_FIRST_RETRY_MS,
    RUN,
    SERVICE_DOWN,
    Page,
)
from tests.unit.test_worker import Worker
from timeback_web import InvalidOptionsError, Timeback
from timeback_web.delivery.wire import iso_ms
from timeback_web.ports import Answer
from timeback_web.reports import Report, ReportingBrowser
from timeback_web.testing import FakeBrowser, FakeStorage


class Watched(Page):
    """A page whose reports are kept."""

    def __init__(self, **options):
        self.reports: list[Report] = []
        super().__init__(on_report=self.reports.append, **options)

    @property
    def story(self):
        """How each window fared; what is put aside again and again is left out."""
        told = [report for report in self.reports if report.outcome != "armed"]
        return [(report.via, report.outcome, report.status) for report in told]


def test_a_heartbeat_is_told_with_the_window_that_the_server_received():
    page = Watched()
    page.start()
    page.browser.advance(HEARTBEAT_MS)
    [beat] = page.heartbeats
    assert page.story == [("fetch", "sending", None), ("fetch", "delivered", 204)]
    report = page.reports[-1]
    assert report.run_id == RUN
    assert iso_ms(report.started_at_ms) == beat.started_at
    assert iso_ms(report.ended_at_ms) == beat.ended_at
    assert (report.elapsed_ms, report.paused_ms) == (beat.elapsed_ms, beat.paused_ms)


def test_paused_time_is_told_as_the_server_has_it():
    page = Watched()
    activity = page.start()
    page.browser.advance(2_000)
    activity.pause()
    page.browser.advance(3_000)
    activity.end()
    [beat] = page.heartbeats
    assert (beat.elapsed_ms, beat.paused_ms) == (2_000, 3_000)
    assert (page.reports[-1].elapsed_ms, page.reports[-1].paused_ms) == (2_000, 3_000)


def test_the_last_window_of_a_page_is_a_beacon():
    page = Watched()
    page.start()
    page.browser.advance(4_000)
    page.browser.leave()
    assert page.ways == ["beacon"]
    assert page.story == [("beacon", "sending", None), ("beacon", "delivered", 204)]


def test_a_beacon_of_which_the_browser_tells_nothing_is_handed_over():
    page = Watched()
    page.browser.network.receipts = False
    page.start()
    page.browser.advance(4_000)
    page.browser.leave()
    assert page.story == [("beacon", "sending", None), ("beacon", "handed over", None)]


def test_a_window_that_is_refused_is_kept_and_goes_out_from_the_outbox():
    page = Watched()
    page.start()
    page.browser.server.answer_next(SERVICE_DOWN)
    page.browser.advance(HEARTBEAT_MS)
    assert page.story == [("fetch", "sending", None), ("fetch", "kept", 503)]
    kept = page.reports[-1]
    page.browser.advance(5_000)
    assert page.story[2:] == [("outbox", "sending", None), ("outbox", "delivered", 204)]
    delivered = next(report for report in page.reports if report.outcome == "delivered")
    assert delivered.started_at_ms == kept.started_at_ms
    assert page.starts == [iso_ms(kept.started_at_ms)]


def test_offline_a_window_waits_and_needs_no_try():
    page = Watched()
    page.start()
    page.browser.advance(1_000)
    page.browser.go_offline()
    page.browser.advance(HEARTBEAT_MS)
    assert page.story == [("outbox", "kept", None)]
    page.browser.go_online()
    page.browser.advance(LONGEST_FIRST_RETRY_MS)
    assert page.story[1:] == [("outbox", "sending", None), ("outbox", "delivered", 204)]


def test_without_storage_a_window_waits_in_memory():
    storage = FakeStorage()
    storage.blocked = True
    page = Watched(storage=storage)
    page.start()
    page.browser.go_offline()
    page.browser.advance(HEARTBEAT_MS)
    page.browser.go_online()
    page.browser.advance(LONGEST_FIRST_RETRY_MS)
    assert page.story == [
        ("outbox", "kept", None),
        ("outbox", "sending", None),
        ("outbox", "delivered", 204),
    ]


def test_what_an_earlier_page_has_kept_goes_out_from_the_outbox():
    storage = FakeStorage()
    before = Page(storage=storage)
    before.start()
    before.browser.go_offline()
    before.browser.advance(HEARTBEAT_MS)
    before.browser.crash()
    page = Watched(storage=storage, later_ms=60_000)
    page.start()
    assert page.story == [("outbox", "sending", None), ("outbox", "delivered", 204)]
    assert [report.elapsed_ms for report in page.reports][:1] == [HEARTBEAT_MS]


def test_what_the_server_will_never_take_is_lost():
    page = Watched()
    page.start()
    page.browser.server.answer_next(Answer(422))
    page.browser.advance(HEARTBEAT_MS)
    assert page.story == [("fetch", "sending", None), ("fetch", "lost", 422)]


def test_what_a_crash_would_send_is_told_as_it_grows():
    page = Watched()
    page.start()
    page.browser.advance(2_000)
    armed = [report for report in page.reports if report.outcome == "armed"]
    assert {report.via for report in armed} == {"fetchLater"}
    assert len({report.started_at_ms for report in armed}) == 1
    lengths = [report.elapsed_ms for report in armed]
    assert lengths == sorted(set(lengths))
    page.browser.crash()
    [beat] = page.heartbeats
    assert beat.elapsed_ms == armed[-1].elapsed_ms


def test_without_fetch_later_it_lies_in_the_journal():
    page = Watched()
    page.browser.network.has_fetch_later = False
    page.start()
    page.browser.advance(2_000)
    armed = [report for report in page.reports if report.outcome == "armed"]
    assert {report.via for report in armed} == {"journal"}
    assert any("/journal/" in key for key in page.browser.storage.items)


def test_a_window_that_the_browser_has_sent_by_itself_is_handed_over():
    page = Watched()
    page.start()
    page.browser.advance(2_000)
    [armed] = page.browser.network.armed
    armed.send()
    page.browser.advance(1_000)
    assert page.ways == ["fetchLater"]
    assert page.story == [("fetchLater", "handed over", None)]


def test_a_request_that_is_no_heartbeat_is_nobody_s_business():
    page = Watched()
    activity = page.start(time=False)
    activity.end({"xp_earned": 10, "total_questions": 1, "correct_questions": 1})
    assert page.ways == ["fetch"]
    assert page.reports == []


def test_what_others_write_into_storage_is_passed_by():
    page = Watched()
    page.browser.storage.set(f"timeback_web/outbox/1/%2Fapi%2Ftimeback/{RUN}/1", "{not json")
    page.browser.storage.set("timeback_web/outbox/2", '{"body": 5}')
    page.start()
    page.browser.advance(HEARTBEAT_MS)
    assert page.story == [("fetch", "sending", None), ("fetch", "delivered", 204)]


def test_a_hook_that_fails_changes_nothing(caplog):
    def fail(_report):
        raise ValueError("a bug of the page")

    page = Page(on_report=fail)
    page.start()
    page.browser.advance(HEARTBEAT_MS)
    assert [beat.elapsed_ms for beat in page.heartbeats] == [HEARTBEAT_MS]
    assert (page.flushed, page.errors) == ([HEARTBEAT_MS], [])
    assert "a bug of the page" in caplog.text


def test_the_same_story_with_the_hook_and_without():
    def live(page):
        activity = page.start()
        page.browser.advance(HEARTBEAT_MS)
        page.browser.hide()
        page.browser.advance(4_000)
        page.browser.show()
        page.browser.server.answer_next(SERVICE_DOWN)
        page.browser.advance(HEARTBEAT_MS + 5_000)
        activity.end()
        return [(sent.way, sent.request) for sent in page.browser.network.sent]

    assert live(Watched()) == live(Page())


def test_without_a_hook_nothing_is_in_between(monkeypatch):
    monkeypatch.setitem(sys.modules, "timeback_web.reports", None)  # importing it would fail
    page = Page()
    page.start()
    page.browser.advance(HEARTBEAT_MS)
    assert len(page.heartbeats) == 1


def test_a_bundle_without_the_package_says_which_one_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "timeback_web.reports", None)
    with pytest.raises(InvalidOptionsError, match="timeback-web-reports"):
        Timeback(on_report=print, browser=FakeBrowser())


async def later(_report):
    raise AssertionError("never called")


@pytest.mark.parametrize("wrong", ["show", 5, later])
def test_a_hook_has_to_be_a_plain_callable(wrong):
    with pytest.raises(InvalidOptionsError, match="on_report"):
        Timeback(on_report=wrong, browser=FakeBrowser())


# ── in a worker ──────────────────────────────────────────────────────────────────────────────────


class WatchedWorker(Worker):
    def __init__(self):
        self.reports: list[Report] = []
        super().__init__()
        self.timeback = Timeback(browser=self.browser, on_report=self.reports.append)
        assert isinstance(self.timeback._browser, ReportingBrowser)

    @property
    def story(self):
        return [(report.via, report.outcome, report.status) for report in self.reports]


def test_a_worker_tells_what_it_sends():
    worker = WatchedWorker()
    worker.start()
    worker.advance(HEARTBEAT_MS)
    worker.answer(204)
    assert worker.story == [("fetch", "sending", None), ("fetch", "delivered", 204)]
    assert worker.reports[0].elapsed_ms == HEARTBEAT_MS


def test_and_what_its_guard_has_sent():
    worker = WatchedWorker()
    worker.start()
    worker.advance(3_000)
    entry = worker.sent(2_500, id="guard/1")
    worker.answer(204, "guard/1")
    assert worker.story == [("guard", "sending", None), ("guard", "delivered", 204)]
    assert worker.reports[0].started_at_ms == entry["started_at_ms"]
    assert worker.reports[0].elapsed_ms == 2_500


def test_of_what_its_guard_did_not_let_pass_nothing_more_is_told():
    worker = WatchedWorker()
    worker.start()
    worker.advance(HEARTBEAT_MS)
    fetch = worker.last("fetch")
    window = {
        "run_id": fetch["claim"]["run"],
        "started_at_ms": fetch["claim"]["started"],
        "ended_at_ms": fetch["claim"]["ended"],
        "elapsed_ms": HEARTBEAT_MS,
    }
    key = f"{worker.last('window')['outbox']}{window['started_at_ms']}"
    worker.hear("sent", entry={**window, "body": fetch["body"], "learner": ""}, key=key)
    worker.hear("superseded", claim=fetch["claim"])
    worker.hear("answer", id=fetch["id"])  # without a status: it was not sent
    worker.event("hidden")
    worker.advance(60_000)  # what the guard has stored goes out
    assert worker.story == [
        ("fetch", "sending", None),
        ("outbox", "kept", None),
        ("outbox", "sending", None),
    ]


def test_what_its_guard_left_with_the_browser_is_handed_over():
    worker = WatchedWorker()
    worker.start()
    worker.advance(3_000)
    worker.sent(2_500)
    assert worker.story == [("guard", "sending", None), ("guard", "handed over", None)]


def test_what_its_guard_has_stored_is_kept():
    worker = WatchedWorker()
    worker.start()
    worker.advance(3_000)
    worker.hear("event", event="offline")
    window = worker.last("window")
    worker.sent(2_500, key=f"{window['outbox']}{window['started']}")
    assert worker.story == [("outbox", "kept", None)]


# ── given up ─────────────────────────────────────────────────────────────────────────────────────


def test_a_window_that_waited_too_long_is_lost():
    before = Page()
    before.browser.go_offline()
    before.start()
    before.browser.advance(5_000)
    before.browser.close()
    page = Watched(storage=before.browser.storage, later_ms=31 * DAY_MS)
    page.start()
    assert page.story == [("outbox", "lost", None)]
    assert [error.elapsed_ms for _, error in page.errors] == [5_000]


def test_what_a_page_has_left_that_crashed_too_long_ago_is_lost():
    before = Page()
    before.browser.network.has_fetch_later = False
    before.start()
    before.browser.advance(5_000)
    before.browser.crash()
    page = Watched(storage=before.browser.storage, later_ms=10 * 60_000)
    page.start()
    page.browser.advance(2_500)
    assert page.story == [("journal", "lost", None)]


def test_a_refused_window_of_a_closed_client_that_finds_no_room_is_lost():
    page = Watched()
    page.browser.network.latency_ms = 100
    page.browser.storage.full = True
    page.start()
    page.browser.advance(5_000)
    page.browser.server.answer_next(SERVICE_DOWN)
    page.timeback.close()
    page.browser.advance(1_000)
    assert page.story[-2:] == [("beacon", "kept", 503), ("outbox", "lost", None)]


def test_a_window_that_moves_from_memory_to_storage_is_told_kept_once():
    page = Watched()
    page.browser.storage.full = True
    page.browser.go_offline()
    page.start()
    page.browser.advance(HEARTBEAT_MS)
    page.browser.storage.full = False
    page.browser.hide()
    assert len(page.waiting) == 1
    assert page.story == [("outbox", "kept", None)]

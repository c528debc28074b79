"""One window at a time, and what becomes of it."""

import pytest

from tests.unit.helpers import (
    DAY_MS,
    HEARTBEAT_MS,
    LONGEST_FIRST_RETRY_MS,
    RUN,
    SERVICE_DOWN,
    LateLocks,
    Page,
    assert_tiles,
    flap,
    spans,
)
from timeback_web import RefusedError, UnreachableError
from timeback_web.delivery.sender import PATH
from timeback_web.ports import Answer
from timeback_web.testing import FakeStorage

LOST_CONNECTION = Answer(None, "Failed to fetch")


# ── the plain way ────────────────────────────────────────────────────────────────────────────────


def test_a_heartbeat_is_posted_to_its_route():
    page = Page(base_url="https://school.example/api/timeback/")
    page.start()
    page.browser.advance(HEARTBEAT_MS)
    [sent] = page.browser.network.sent
    assert (sent.way, sent.request.url) == ("fetch", "https://school.example/api/timeback" + PATH)


def test_a_delivered_window_is_told_once_and_leaves_nothing():
    page = Page()
    page.start()
    page.browser.advance(HEARTBEAT_MS)
    assert (page.flushed, page.errors) == ([HEARTBEAT_MS], [])
    assert page.browser.storage.items == {}


def test_a_duplicate_counts_as_delivered():
    page = Page()
    page.start()
    page.browser.server.answer_next(Answer(200, '{"duplicate":true}'))
    page.browser.advance(HEARTBEAT_MS)
    assert (page.flushed, page.errors) == ([HEARTBEAT_MS], [])
    assert page.browser.storage.items == {}


# ── one in flight ────────────────────────────────────────────────────────────────────────────────


def test_slow_answers_never_let_two_windows_fly_at_once():
    page = Page()
    page.browser.network.latency_ms = 40_000
    page.start()
    page.browser.advance(10 * HEARTBEAT_MS)
    assert page.browser.network.most_in_flight == 1
    page.browser.advance(20 * 40_000)
    assert page.browser.network.most_in_flight == 1


def test_what_waited_for_a_slow_answer_follows_in_order():
    page = Page()
    page.browser.network.latency_ms = 40_000
    page.start()
    page.browser.advance(4 * HEARTBEAT_MS)
    page.browser.network.latency_ms = 10
    page.browser.advance(3 * HEARTBEAT_MS)
    assert len(page.heartbeats) == 7
    assert page.starts == sorted(page.starts)
    assert page.browser.storage.items == {}


def test_a_page_that_is_hidden_sends_beside_the_heartbeat_in_flight():
    page = Page()
    page.browser.network.latency_ms = 40_000
    page.start()
    page.browser.advance(HEARTBEAT_MS + 4_000)
    page.browser.hide()
    assert page.ways == ["fetch", "beacon"]
    assert page.browser.network.in_flight == 2
    page.browser.advance(60_000)
    assert spans(page.heartbeats) == [(HEARTBEAT_MS, 0), (4_000, 0)]


def test_two_windows_in_flight_each_tell_their_own_time():
    page = Page()
    page.browser.network.latency_ms = 40_000
    page.start()
    page.browser.advance(HEARTBEAT_MS + 4_000)
    page.browser.hide()
    page.browser.advance(60_000)
    assert page.flushed == [HEARTBEAT_MS, 4_000]


# ── refused ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_window_that_will_never_be_taken_is_reported_and_dropped(status):
    page = Page()
    page.start()
    page.browser.server.refuse_next(status, "INVALID_PAYLOAD", "no")
    page.browser.advance(HEARTBEAT_MS)
    [(error, context)] = page.errors
    assert isinstance(error, RefusedError)
    assert (error.status, error.code) == (status, "INVALID_PAYLOAD")
    assert (context.operation, context.run_id, context.elapsed_ms) == (
        "heartbeat",
        RUN,
        HEARTBEAT_MS,
    )
    assert (context.will_retry, context.retry_in_ms) == (False, None)
    assert page.browser.storage.items == {}
    page.browser.advance(HEARTBEAT_MS)
    assert len(page.browser.network.sent) == 2
    assert page.flushed == [HEARTBEAT_MS]


RETRIED = [Answer(status) for status in (401, 403, 404, 408, 409, 429, 500, 502, 503, 504)]


@pytest.mark.parametrize("answer", [*RETRIED, LOST_CONNECTION], ids=lambda a: str(a.status))
def test_a_window_that_was_not_taken_is_kept_and_sent_again_unchanged(answer):
    page = Page()
    page.start()
    page.browser.server.answer_next(answer)
    page.browser.advance(HEARTBEAT_MS)
    [(error, context)] = page.errors
    assert isinstance(error, UnreachableError if answer.status is None else RefusedError)
    assert context.will_retry is True
    assert 0 <= context.retry_in_ms <= LONGEST_FIRST_RETRY_MS
    assert len(page.browser.storage.items) == 1
    page.browser.advance(LONGEST_FIRST_RETRY_MS)
    first, second = page.browser.network.sent
    assert first.request.body == second.request.body
    assert (page.flushed, page.waiting) == ([HEARTBEAT_MS], [])


def test_the_end_of_a_session_that_is_refused_for_good_reaches_its_own_on_error():
    page, told = Page(), []
    page.browser.network.latency_ms = 50
    activity = page.start(on_error=lambda error, context: told.append((error, context)))
    page.browser.advance(5_000)
    page.browser.server.refuse_next(400, "UNKNOWN_COURSE")
    activity.end()
    page.browser.advance(1_000)
    assert [error.code for error, _ in told] == ["UNKNOWN_COURSE"]
    assert page.errors == []


def test_the_end_of_a_session_is_told_to_its_own_on_flush_when_it_lands():
    page = Page()
    page.browser.network.latency_ms = 50
    activity = page.start()
    page.browser.advance(5_000)
    activity.end()
    assert page.flushed == []
    page.browser.advance(1_000)
    assert page.flushed == [5_000]


# ── retries ──────────────────────────────────────────────────────────────────────────────────────


def test_while_a_retry_is_due_nothing_new_is_sent():
    page = Page()
    page.start()
    page.browser.server.answer_next(Answer(503, retry_after="120"))
    page.browser.advance(5 * HEARTBEAT_MS)
    assert len(page.browser.network.sent) == 1
    assert len(page.browser.storage.items) == 5


def test_what_was_kept_goes_out_oldest_first():
    page = Page()
    page.start()
    page.browser.server.answer_next(Answer(503, retry_after="100"))
    page.browser.advance(100_000 + LONGEST_FIRST_RETRY_MS + HEARTBEAT_MS)
    assert len(page.heartbeats) >= 7
    assert page.starts == sorted(page.starts)
    assert_tiles(page.heartbeats)
    assert page.browser.storage.items == {}


@pytest.mark.parametrize(
    ("retry_after", "wait_ms"),
    [("30", 30_000), ("Mon, 24 Nov 2025 10:01:15 GMT", 60_000), ("soon", 0)],
)
def test_retry_after_is_a_lower_bound(retry_after, wait_ms):
    page = Page()
    page.start()
    page.browser.server.answer_next(Answer(429, retry_after=retry_after))
    page.browser.advance(HEARTBEAT_MS)
    if wait_ms:
        page.browser.advance(wait_ms - 1)
        assert len(page.browser.network.sent) == 1
        page.browser.advance(1)
    page.browser.advance(LONGEST_FIRST_RETRY_MS)
    assert len(page.browser.network.sent) > 1


def test_coming_online_does_not_overrule_retry_after():
    page = Page()
    page.start()
    page.browser.server.answer_next(Answer(429, retry_after="120"))
    page.browser.advance(HEARTBEAT_MS)
    flap(page.browser)
    page.browser.advance(100_000)
    assert len(page.browser.network.sent) == 1


def test_a_second_failure_does_not_shorten_the_wait_that_the_server_asked_for():
    page = Page()
    page.browser.network.latency_ms = 1_000
    page.start()
    page.browser.advance(HEARTBEAT_MS - 500)
    page.browser.server.answer_next(Answer(429, retry_after="120"), SERVICE_DOWN)
    page.browser.advance(500)
    page.browser.advance(10)
    page.browser.hide()
    page.browser.advance(100_000)
    assert page.ways == ["fetch", "beacon"]


def test_backoff_starts_again_after_a_success():
    page = Page()
    page.browser.server.answer_always(SERVICE_DOWN)
    page.start()
    page.browser.advance(600_000)
    assert max(context.retry_in_ms for _, context in page.errors) > LONGEST_FIRST_RETRY_MS
    page.browser.server.answer_always(None)
    page.browser.advance(120_000)
    page.errors.clear()
    page.browser.server.answer_next(SERVICE_DOWN)
    page.browser.advance(HEARTBEAT_MS)
    assert page.errors[0][1].retry_in_ms <= LONGEST_FIRST_RETRY_MS


def page_with_a_leftover_that_is_always_refused():
    storage = FakeStorage()
    monday = Page(storage=storage, learner="ada")
    monday.browser.go_offline()
    activity = monday.start(run_id="unsynced", course={"code": "OLD-1"})
    monday.browser.advance(5_000)
    activity.end()
    monday.browser.close()

    tuesday = Page(later_ms=DAY_MS, storage=storage, learner="ada")
    take = tuesday.browser.server.handle

    def without_old_course(request):
        return SERVICE_DOWN if "OLD-1" in (request.body or "") else take(request)

    tuesday.browser.server.handle = without_old_course
    return tuesday


def test_a_run_that_is_refused_for_days_does_not_hold_up_another():
    tuesday = page_with_a_leftover_that_is_always_refused()
    tuesday.start(run_id="synced")
    tuesday.browser.advance(3_600_000)
    assert {beat.run_id for beat in tuesday.heartbeats} == {"synced"}


def test_a_page_is_left_by_beacon_although_another_run_is_refused():
    tuesday = page_with_a_leftover_that_is_always_refused()
    tuesday.start(run_id="synced")
    tuesday.browser.advance(20 * HEARTBEAT_MS + 5_000)
    tuesday.browser.close()
    assert sum(beat.elapsed_ms for beat in tuesday.heartbeats) == 20 * HEARTBEAT_MS + 5_000


def test_many_waiting_windows_drain_without_deep_recursion():
    page = Page()
    page.start(time={"heartbeat_ms": 1_000})
    page.browser.go_offline()
    page.browser.advance(500_300)
    assert len(page.browser.storage.items) == 500
    page.browser.go_online()
    page.browser.advance(LONGEST_FIRST_RETRY_MS)
    assert len(page.heartbeats) >= 500
    assert page.browser.storage.items == {}
    assert_tiles(page.heartbeats)


# ── offline ──────────────────────────────────────────────────────────────────────────────────────


def test_offline_windows_are_kept_and_go_out_once_online():
    page = Page()
    page.start()
    page.browser.go_offline()
    page.browser.advance(3 * HEARTBEAT_MS)
    assert page.browser.network.sent == []
    assert len(page.waiting) == 3
    page.browser.go_online()
    page.browser.advance(LONGEST_FIRST_RETRY_MS)
    assert spans(page.heartbeats) == [(HEARTBEAT_MS, 0)] * 3
    assert (page.waiting, page.errors) == ([], [])


def test_a_connection_that_breaks_unnoticed_is_found_out_and_retried():
    page = Page()
    page.start()
    page.browser.advance(HEARTBEAT_MS - 1)
    page.browser.network.is_online = lambda: True
    page.browser.network.online = False
    page.browser.advance(2 * HEARTBEAT_MS)
    page.browser.network.online = True
    page.browser.advance(120_000)
    assert_tiles(page.heartbeats)
    assert page.browser.storage.items == {}


def test_going_offline_while_a_window_flies_loses_nothing():
    page = Page()
    page.browser.network.latency_ms = 2_000
    page.start()
    page.browser.advance(HEARTBEAT_MS + 100)
    page.browser.go_offline()
    page.browser.advance(2 * HEARTBEAT_MS)
    page.browser.go_online()
    page.browser.advance(60_000)
    assert len(page.heartbeats) >= 3
    assert_tiles(page.heartbeats)


# ── storage ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("trouble", ["full", "blocked"])
def test_without_storage_windows_wait_in_memory(trouble):
    page = Page()
    setattr(page.browser.storage, trouble, True)
    page.start()
    page.browser.go_offline()
    page.browser.advance(3 * HEARTBEAT_MS)
    page.browser.go_online()
    page.browser.advance(LONGEST_FIRST_RETRY_MS)
    assert len(page.heartbeats) == 3


def test_a_window_that_waited_too_long_is_reported_lost():
    page = Page()
    page.start()
    page.browser.go_offline()
    page.browser.advance(HEARTBEAT_MS)
    page.browser.hide()
    page.browser.advance(31 * DAY_MS)
    page.browser.show()
    page.browser.advance(HEARTBEAT_MS)
    lost = [(type(error).__name__, context) for error, context in page.errors]
    assert [name for name, _ in lost] == ["LostWindowError"]
    assert (lost[0][1].elapsed_ms, lost[0][1].will_retry) == (HEARTBEAT_MS, False)


def test_a_window_that_is_refused_again_and_again_grows_old_all_the_same():
    storage, lost = FakeStorage(), []
    for day in (0, 20, 40):
        page = Page(storage=storage, later_ms=day * DAY_MS)
        page.browser.server.answer_always(SERVICE_DOWN)
        activity = page.start()
        page.browser.advance(5_000 if day == 0 else 0)
        activity.end()
        page.browser.advance(5_000)
        lost += [error for error, _ in page.errors if type(error).__name__ == "LostWindowError"]
        page.browser.close()
    assert len(lost) == 1
    assert storage.items == {}


# ── headers ──────────────────────────────────────────────────────────────────────────────────────


def test_headers_go_with_every_try():
    tokens = iter(["a", "b", "c"])
    page = Page(headers=lambda: {"Authorization": next(tokens)})
    page.browser.network.has_fetch_later = False
    page.start()
    page.browser.server.answer_next(Answer(401))
    page.browser.advance(HEARTBEAT_MS + LONGEST_FIRST_RETRY_MS)
    sent = [one.request.headers["Authorization"] for one in page.browser.network.sent]
    assert sent == ["a", "b"]
    assert len(page.heartbeats) == 1


def test_a_headers_callable_that_raises_keeps_the_window():
    answers = iter([KeyError("no token"), {"Authorization": "x"}])

    def headers():
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    page = Page(headers=headers)
    page.browser.network.has_fetch_later = False
    page.start()
    page.browser.advance(HEARTBEAT_MS)
    assert page.browser.network.sent == []
    [(error, context)] = page.errors
    assert isinstance(error.__cause__, KeyError)
    assert context.will_retry is True
    assert len(page.browser.storage.items) == 1
    page.browser.advance(LONGEST_FIRST_RETRY_MS)
    assert spans(page.heartbeats) == [(HEARTBEAT_MS, 0)]


def test_an_answer_with_an_absurd_retry_after_loses_no_window():
    page = Page()
    page.start()
    page.browser.server.answer_next(Answer(503, retry_after="1 Jan 99999999999999999999 0:0:0"))
    page.browser.advance(HEARTBEAT_MS)
    assert len(page.browser.storage.items) == 1


# ── locks that are granted late ──────────────────────────────────────────────────────────────────


def late(page):
    page.browser.locks = LateLocks(page.browser.timers, page.browser.locks)
    return page


def test_with_late_locks_everything_is_delivered_in_order():
    page = late(Page())
    page.browser.network.latency_ms = 20_000
    page.start()
    page.browser.advance(5 * HEARTBEAT_MS)
    page.browser.network.latency_ms = 10
    page.browser.advance(5 * HEARTBEAT_MS)
    assert len(page.heartbeats) >= 9
    assert page.starts == sorted(page.starts)
    assert page.browser.network.most_in_flight == 1


def test_a_turn_that_comes_after_close_sends_nothing():
    storage = FakeStorage()
    before = Page(storage=storage)
    before.browser.go_offline()
    before.start()
    before.browser.advance(HEARTBEAT_MS)
    before.browser.close()
    page = late(Page(storage=storage, later_ms=DAY_MS))
    page.start()
    page.timeback.close()
    page.browser.advance(60_000)
    assert page.browser.network.sent == []
    assert len(storage.items) == 1

"""A request that is never answered, a tab that keeps the outbox, an interrupt: the rest goes on."""

import pytest

from tests.unit.helpers import (
    HEARTBEAT_MS,
    OTHER_RUN,
    RUN,
    SERVICE_DOWN,
    Page,
    assert_tiles,
    spans,
)
from timeback_web import LostWindowError, UnreachableError
from timeback_web.delivery.in_flight import ANSWER_LIMIT_MS, OVER_AFTER_MS
from timeback_web.delivery.journal import REST_MS
from timeback_web.delivery.outbox_turn import PATIENCE_MS
from timeback_web.ports import Answer
from timeback_web.testing import FakeStorage
from timeback_web.testing.locks import FakeLocks

NEVER_MS = 10**9


def in_order(page):
    return sorted(page.heartbeats, key=lambda beat: beat.started_at)


def with_one_unanswered(latency_ms=NEVER_MS, answer=None):
    """A page whose first heartbeat hangs, and then the line is well."""
    page = Page()
    page.start()
    page.browser.network.latency_ms = latency_ms
    if answer is not None:
        page.browser.server.answer_next(answer)
    page.browser.advance(HEARTBEAT_MS)
    page.browser.network.latency_ms = 10
    return page


# ── one hangs ────────────────────────────────────────────────────────────────────────────────────


def test_the_next_windows_go_once_the_first_is_in_doubt():
    page = with_one_unanswered()
    page.browser.advance(ANSWER_LIMIT_MS + HEARTBEAT_MS)
    assert len(page.heartbeats) >= 4
    assert len(page.browser.network.sent) == len(
        {s.request.body for s in page.browser.network.sent}
    )
    page.browser.advance(10 * HEARTBEAT_MS)
    assert len(page.heartbeats) >= 14
    assert_tiles(page.heartbeats)


def test_until_then_they_wait_and_nothing_is_sent_twice():
    page = with_one_unanswered()
    page.browser.advance(ANSWER_LIMIT_MS - 1)
    assert (len(page.ways), len(page.waiting)) == (1, 2)


def test_the_app_is_told_that_one_is_in_doubt():
    page = with_one_unanswered()
    page.browser.advance(ANSWER_LIMIT_MS)
    [(error, context)] = page.errors
    assert isinstance(error, UnreachableError)
    assert "no answer came within 45 s" in str(error)
    assert (context.elapsed_ms, context.will_retry) == (HEARTBEAT_MS, True)


def test_an_answer_that_comes_late_is_heard():
    page = with_one_unanswered(latency_ms=120_000)
    page.browser.advance(130_000)
    assert page.flushed.count(HEARTBEAT_MS) == len(page.flushed) == len(page.heartbeats)
    assert all(context.will_retry for _, context in page.errors)
    assert page.waiting == []


def test_one_that_is_refused_late_is_sent_again():
    page = with_one_unanswered(latency_ms=300_000, answer=SERVICE_DOWN)
    page.browser.advance(400_000)
    assert_tiles(in_order(page))
    assert all(context.will_retry for _, context in page.errors)


def test_one_that_fails_while_the_server_would_recognise_it_is_asked_again():
    page = with_one_unanswered(latency_ms=100_000, answer=Answer(None, "connection reset"))
    page.browser.advance(200_000)
    bodies = [sent.request.body for sent in page.browser.network.sent]
    assert bodies.count(bodies[0]) == 2
    assert_tiles(in_order(page))


@pytest.mark.parametrize("fails_after_ms", [250_000, NEVER_MS])
def test_one_that_fails_after_that_is_reported_and_not_asked_again(fails_after_ms):
    page = with_one_unanswered(fails_after_ms, Answer(None, "connection reset"))
    page.browser.advance(OVER_AFTER_MS + HEARTBEAT_MS)
    lost = [(error, said) for error, said in page.errors if not said.will_retry]
    [(error, context)] = lost
    assert isinstance(error, LostWindowError)
    assert "might count twice" in str(error)
    assert context.elapsed_ms == HEARTBEAT_MS
    bodies = [sent.request.body for sent in page.browser.network.sent]
    assert bodies.count(bodies[0]) == 1


def test_a_server_that_never_answers_is_not_flooded():
    page = Page()
    page.browser.network.latency_ms = NEVER_MS
    page.start()
    page.browser.advance(600_000)
    assert page.browser.network.in_flight <= 11
    assert page.browser.network.most_in_flight <= 11


def test_in_doubt_the_last_window_goes_into_storage():
    page = with_one_unanswered()
    page.browser.network.latency_ms = NEVER_MS
    page.browser.advance(ANSWER_LIMIT_MS + 5_000)
    sent = len(page.ways)
    page.browser.close()
    assert page.ways[sent:] == []


def test_whoever_waits_for_the_end_waits_for_the_one_in_doubt_at_most_so_long():
    page = Page()
    page.browser.network.latency_ms = NEVER_MS
    activity = page.start()
    page.browser.advance(5_000)
    closing = activity.end()
    page.browser.advance(10_000)
    assert closing.done
    page.browser.advance(OVER_AFTER_MS)
    assert page.browser.timers.pending == page.browser.network.in_flight, "the fake one's own"


# ── the outbox's lock ────────────────────────────────────────────────────────────────────────────


def two_tabs_with_a_backlog():
    storage, locks = FakeStorage(), FakeLocks()
    tabs = [Page(storage=storage, locks=locks) for _ in range(2)]
    for tab, run_id in zip(tabs, (RUN, OTHER_RUN), strict=True):
        tab.start(run_id=run_id)
        tab.browser.server.answer_next(SERVICE_DOWN)
        tab.browser.advance(HEARTBEAT_MS)
    assert len(storage.items) >= 2
    return tabs


def hang_with_the_lock(page):
    page.browser.network.latency_ms = NEVER_MS
    page.browser.advance(2_000)
    assert "timeback_web/outbox" in page.browser.locks.held


def test_a_request_out_of_the_outbox_that_hangs_gives_the_others_their_turn():
    one, other = two_tabs_with_a_backlog()
    hang_with_the_lock(one)
    other.browser.advance(2_000)
    assert other.heartbeats == []
    one.browser.advance(ANSWER_LIMIT_MS)
    other.browser.advance(2_000)
    assert spans(other.heartbeats)[0] == (HEARTBEAT_MS, 0)


def test_a_tab_that_is_frozen_lets_go_at_once():
    one, other = two_tabs_with_a_backlog()
    hang_with_the_lock(one)
    one.browser.leave()
    other.browser.advance(2_000)
    assert spans(other.heartbeats)[0] == (HEARTBEAT_MS, 0)


def test_from_a_tab_that_stands_still_the_turn_is_taken():
    one, other = two_tabs_with_a_backlog()
    hang_with_the_lock(one)
    other.browser.advance(PATIENCE_MS)
    assert len(other.waiting) == 1, "what is new needs no turn"
    other.browser.advance(REST_MS + 2_000)
    assert other.waiting == []
    assert_tiles(in_order(other))
    one.browser.network.latency_ms = 10
    one.browser.advance(OVER_AFTER_MS + 60_000)
    assert "timeback_web/outbox" not in one.browser.locks.held + other.browser.locks.held


def test_a_client_that_is_closed_waits_for_no_turn():
    one, other = two_tabs_with_a_backlog()
    hang_with_the_lock(one)
    other.browser.advance(2_000)
    other.timeback.close()
    assert other.browser.timers.pending == 0
    one.browser.advance(ANSWER_LIMIT_MS)
    assert other.browser.locks.held == []


# ── an interrupt ─────────────────────────────────────────────────────────────────────────────────


def test_an_interrupt_while_an_answer_is_told_loses_nothing(monkeypatch):
    page = Page()
    page.browser.network.latency_ms = 10
    page.start()
    page.browser.server.answer_next(SERVICE_DOWN)
    put = page.browser.storage.set
    answers = []

    def interrupted(key, value):
        monkeypatch.setattr(page.browser.storage, "set", put)
        raise KeyboardInterrupt

    fetch = page.browser.network.fetch

    def remembering(request, on_answer):
        fetch(request, lambda answer: (answers.append((on_answer, answer)), on_answer(answer)))

    monkeypatch.setattr(page.browser.network, "fetch", remembering)
    page.browser.advance(HEARTBEAT_MS)
    monkeypatch.setattr(page.browser.storage, "set", interrupted)
    with pytest.raises(KeyboardInterrupt):
        page.browser.advance(10)
    on_answer, answer = answers[0]
    on_answer(answer)  # as the port does
    page.browser.advance(60_000)
    assert_tiles(page.heartbeats)
    assert len(page.heartbeats) >= 4


def test_an_interrupt_while_a_turn_is_asked_for_holds_up_nothing_for_ever(monkeypatch):
    page = Page()
    page.start()
    page.browser.server.answer_next(SERVICE_DOWN)
    request = page.browser.locks.request

    def interrupted(*_arguments, **_options):
        monkeypatch.setattr(page.browser.locks, "request", request)
        raise KeyboardInterrupt

    page.browser.advance(HEARTBEAT_MS)
    monkeypatch.setattr(page.browser.locks, "request", interrupted)
    with pytest.raises(KeyboardInterrupt):
        page.browser.advance(2_000)
    page.browser.advance(PATIENCE_MS + REST_MS + 60_000)
    assert_tiles(in_order(page))
    assert len(page.heartbeats) >= 10

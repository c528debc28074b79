"""A completion is recorded once, or the app knows that this is not certain."""

from __future__ import annotations

import asyncio
import json

import pytest

from tests.unit.helpers import OTHER_RUN, RUN, SERVICE_DOWN, Page
from timeback_web import (
    Closing,
    InvalidOptionsError,
    RefusedError,
    Timeback,
    UnconfirmedError,
    UsageError,
)
from timeback_web.activity import END_LIMIT_MS
from timeback_web.frontends import FrontEnds
from timeback_web.ports import Answer
from timeback_web.testing import FakeBrowser, FakeServer, FakeStorage

METRICS = {"xp_earned": 10}
NO_ANSWER = Answer(None, "connection reset")
BAD_GATEWAY = Answer(502, "<html>Bad Gateway</html>", content_type="text/html")
NO_COURSE = Answer(502, json.dumps({"error": {"code": "UPSTREAM", "message": "down"}}))


def awaited(closing: Closing):
    """What awaiting it comes to."""

    async def wait():
        return await closing

    return asyncio.run(wait())


def kept(page):
    return [key for key in page.browser.storage.items if "/completions/" in key]


def submits(page):
    return [sent for sent in page.browser.network.sent if sent.request.url.endswith("/submit")]


def in_trouble(**client):
    """A page whose heartbeats are not answered at the moment."""
    page = Page(**client)
    activity = page.start()
    page.browser.server.answer_always(NO_ANSWER)
    page.browser.advance(20_000)
    page.errors.clear()
    return page, activity


# ── certainly not taken ─────────────────────────────────────────────────────────────────────


def test_while_the_server_cannot_be_reached_it_is_kept_and_sent_once_it_can():
    page, activity = in_trouble()
    closing = activity.end(METRICS)
    assert awaited(closing) is None
    assert activity.ended
    assert (len(kept(page)), submits(page)) == (1, [])
    [told] = [context for _, context in page.errors if context.operation == "submit"]
    assert told.will_retry
    page.browser.server.answer_always(None)
    page.browser.advance(120_000)
    assert len(page.browser.server.submits) == 1
    assert page.traces == (0, 0, 0, 0)


def test_offline_it_is_kept_and_sent_when_the_network_is_back():
    page = Page()
    activity = page.start(time=False)
    page.browser.go_offline()
    awaited(activity.end(METRICS))
    page.browser.advance(600_000)
    assert submits(page) == []
    page.browser.go_online()
    page.browser.advance(2_000)
    assert len(page.browser.server.submits) == 1
    assert page.traces == (0, 0, 0, 0)


@pytest.mark.parametrize("later", ["the same run", "the learner", "another learner", "nobody"])
def test_it_waits_for_a_later_page_of_its_run_or_its_learner(later):
    storage, server = FakeStorage(), FakeServer()
    page, activity = in_trouble(storage=storage, server=server, learner="ada")
    activity.end(METRICS)
    page.browser.crash()
    server.answer_always(None)
    learner = {"the learner": "ada", "another learner": "bob"}.get(later)
    again = Page(storage=storage, server=server, later_ms=3_600_000, learner=learner)
    again.start(RUN if later == "the same run" else OTHER_RUN)
    again.browser.advance(10_000)
    comes = later in ("the same run", "the learner")
    assert (len(server.submits), len(kept(again))) == ((1, 0) if comes else (0, 1))


def test_storage_that_takes_nothing_keeps_it_as_long_as_the_page_lives():
    page, activity = in_trouble()
    page.browser.storage.full = True
    activity.end(METRICS)
    page.browser.server.answer_always(None)
    page.browser.advance(120_000)
    assert len(page.browser.server.submits) == 1


def test_without_storage_it_is_lost_with_the_client_and_the_app_is_told():
    page, activity = in_trouble()
    page.browser.storage.full = True
    activity.end(METRICS)
    page.errors.clear()
    page.timeback.close()
    [told] = [context for _, context in page.errors if context.operation == "submit"]
    assert not told.will_retry


def test_several_go_out_one_after_the_other():
    page = Page()
    page.browser.network.latency_ms = 300
    page.browser.go_offline()
    for number in range(5):
        page.start(f"run-{number}", time=False).end(METRICS)
    page.browser.go_online()
    page.browser.advance(60_000)
    assert sorted(submit.run_id for submit in page.browser.server.submits) == [
        f"run-{number}" for number in range(5)
    ]
    assert page.browser.network.most_in_flight == 1
    assert page.traces == (0, 0, 0, 0)


def test_two_tabs_of_a_learner_send_it_once():
    storage, server = FakeStorage(), FakeServer()
    page, activity = in_trouble(storage=storage, server=server, learner="ada")
    activity.end(METRICS)
    page.browser.crash()
    server.answer_always(None)
    tabs = [
        Page(storage=storage, server=server, locks=page.browser.locks._shared, learner="ada")
        for _ in range(2)
    ]
    for tab in tabs:
        tab.browser.network.latency_ms = 500
        tab.start(OTHER_RUN, time=False)
    for _ in range(20):
        for tab in tabs:
            tab.browser.advance(100)
    assert len(server.submits) == 1


# ── nobody can say ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("answer", [NO_ANSWER, BAD_GATEWAY, Answer(504)])
def test_where_nobody_can_say_it_raises_and_may_be_ended_again(answer):
    page = Page()
    activity = page.start()
    page.browser.advance(5_000)
    page.browser.server.answer_next(Answer(204), answer)
    closing = activity.end(METRICS)
    with pytest.raises(UnconfirmedError):
        awaited(closing)
    assert (activity.ended, activity.paused) == (False, True)
    assert page.timeback.activity.current is activity
    [(error, context)] = page.errors
    assert isinstance(error, UnconfirmedError)
    assert (context.operation, context.will_retry) == ("submit", False)
    page.browser.advance(600_000)
    assert (len(submits(page)), kept(page)) == (1, [])
    activity.pause()
    activity.resume()
    assert activity.elapsed_ms == 5_000
    awaited(activity.end({"xp_earned": 11}))
    assert activity.ended
    assert [submit.metrics.xp_earned for submit in page.browser.server.submits] == [11]
    assert page.timeback.activity.current is None
    assert page.flushed == [5_000]
    assert page.traces == (0, 0, 0, 0)


def test_the_server_s_own_bad_gateway_says_that_it_was_not_taken():
    page = Page()
    activity = page.start(time=False)
    page.browser.server.answer_next(NO_COURSE)
    activity.end(METRICS)
    page.browser.advance(2_000)
    assert len(page.browser.server.submits) == 1
    assert activity.ended


@pytest.mark.parametrize("end", ["without metrics", "by the next", "by close"])
def test_what_is_open_again_is_ended(end):
    page = Page()
    activity = page.start(time=False)
    page.browser.server.answer_next(NO_ANSWER)
    activity.end(METRICS)
    if end == "without metrics":
        activity.end()
    elif end == "by the next":
        page.start(OTHER_RUN).end()
    else:
        page.timeback.close()
    assert activity.ended
    assert page.timeback.activity.current is None
    assert page.browser.server.submits == []


def test_the_next_one_was_started_already():
    page = Page()
    page.browser.network.latency_ms = 500
    activity = page.start(time=False)
    page.browser.server.answer_next(NO_ANSWER)
    activity.end(METRICS)
    other = page.start(OTHER_RUN)
    page.browser.advance(1_000)
    assert not activity.ended
    assert page.timeback.activity.current is other


def test_a_refusal_for_good_raises_too():
    page = Page()
    activity = page.start(time=False)
    page.browser.server.refuse_next(400, "INVALID_PAYLOAD", "no", field="metrics")
    with pytest.raises(RefusedError):
        awaited(activity.end(METRICS))
    assert not activity.ended
    awaited(activity.end(METRICS))
    assert len(page.browser.server.submits) == 1


def slow():
    page = Page()
    page.browser.network.latency_ms = 4 * END_LIMIT_MS
    activity = page.start(time=False)
    first = activity.end(METRICS)
    page.browser.advance(END_LIMIT_MS)
    with pytest.raises(UnconfirmedError):
        awaited(first)
    assert not activity.ended
    return page, activity


def test_while_a_try_is_under_way_there_is_no_second_one():
    page, activity = slow()
    second = activity.end(METRICS)
    page.browser.advance(END_LIMIT_MS)
    with pytest.raises(UnconfirmedError):
        awaited(second)
    third = activity.end(METRICS)
    assert len(submits(page)) == 1
    page.browser.advance(4 * END_LIMIT_MS)
    assert activity.ended
    assert (len(submits(page)), third.done) == (1, True)


def test_an_answer_that_comes_late_ends_it():
    page, activity = slow()
    page.browser.advance(4 * END_LIMIT_MS)
    assert activity.ended
    assert page.timeback.activity.current is None
    assert awaited(activity.end(METRICS)) is None
    assert len(submits(page)) == 1


# ── what waits is sent without a start ──────────────────────────────────────────────────────


def left_behind(learner=None):
    """A storage with a window and a completion, of a page that is gone."""
    storage, server = FakeStorage(), FakeServer()
    page, activity = in_trouble(storage=storage, server=server, learner=learner)
    activity.end(METRICS)
    page.browser.close()
    server.answer_always(None)
    return storage, server


@pytest.mark.parametrize(
    ("left_by", "asks", "runs", "sends"),
    [
        ("ada", "ada", [], True),
        ("ada", "bob", [], False),
        ("ada", None, [], False),
        (None, None, [RUN], True),
        (None, "ada", [RUN], True),
        (None, "ada", [], False),
        (None, None, [OTHER_RUN], False),
    ],
)
def test_what_waits_is_sent_for_who_is_signed_in(left_by, asks, runs, sends):
    storage, server = left_behind(left_by)
    page = Page(storage=storage, server=server, later_ms=3_600_000, learner=asks)
    assert awaited(page.timeback.send_waiting(runs)) == 0
    assert len(server.submits) == sends
    assert bool(server.heartbeats) == sends
    assert bool(storage.items) != sends
    assert page.timeback.activity.current is None
    page.browser.advance(60_000)
    assert page.traces[:2] == (0, 0)


def test_what_cannot_be_sent_now_is_counted_and_tried_again():
    storage, server = left_behind("ada")
    page = Page(storage=storage, server=server, later_ms=3_600_000, learner="ada")
    server.answer_always(SERVICE_DOWN)
    before = len(storage.items)
    assert awaited(page.timeback.send_waiting()) == before
    server.answer_always(None)
    page.browser.advance(120_000)
    assert len(server.submits) == 1
    assert page.traces == (0, 0, 0, 0)


def test_offline_it_says_how_much_waits():
    storage, server = left_behind("ada")
    page = Page(storage=storage, server=server, later_ms=3_600_000, learner="ada")
    page.browser.go_offline()
    assert awaited(page.timeback.send_waiting()) == len(storage.items)


def test_waiting_for_it_is_bounded():
    storage, server = left_behind("ada")
    page = Page(storage=storage, server=server, later_ms=3_600_000, learner="ada")
    page.browser.network.latency_ms = 60_000
    pending = page.timeback.send_waiting()
    page.browser.advance(END_LIMIT_MS)
    assert pending.done
    page.browser.advance(600_000)
    assert len(server.submits) == 1


def test_the_callbacks_of_an_open_activity_stay_its_own():
    page = Page()
    page.browser.server.answer_next(SERVICE_DOWN)
    page.start()
    page.browser.advance(15_000)
    page.timeback.send_waiting([RUN])
    page.browser.advance(15_000)
    assert sum(page.flushed) == 30_000


def test_a_closed_client_sends_nothing():
    page = Page()
    page.timeback.close()
    with pytest.raises(UsageError):
        page.timeback.send_waiting()


@pytest.mark.parametrize("runs", ["run", [1], 7])
def test_runs_are_a_list_of_ids(runs):
    with pytest.raises(InvalidOptionsError):
        Timeback(browser=FakeBrowser()).send_waiting(runs)


# ── from JavaScript ─────────────────────────────────────────────────────────────────────────


def test_javascript_is_told_which_it_is():
    browser = FakeBrowser()
    front_ends, done = FrontEnds(browser), []
    front_ends.open_client("c", json.dumps({"baseURL": "/api/timeback"}), None, lambda *_: None)
    now = {"monotonicMs": browser.clock.monotonic_ms, "wallMs": browser.clock.wall_ms}
    lesson = {"id": "x", "name": "X", "course": {"code": "C"}, "runId": RUN}
    past = json.dumps({"began": now, "hidden": False, "changes": []})
    front_ends.start("c", "k", json.dumps(lesson), past, lambda *_: None)
    browser.server.answer_next(NO_ANSWER)
    front_ends.end("k", json.dumps({"xpEarned": 1}), lambda *given: done.append(given))
    [(problem,)] = done
    assert json.loads(problem)["code"] == "UNCONFIRMED"
    front_ends.end("k", json.dumps({"xpEarned": 1}), lambda *given: done.append(given))
    assert done[1:] == [()]
    assert len(browser.server.submits) == 1


def test_javascript_sends_what_waits():
    storage, server = left_behind("ada")
    browser = FakeBrowser(storage=storage, server=server, later_ms=3_600_000)
    front_ends, left = FrontEnds(browser), []
    config = json.dumps({"baseURL": "/api/timeback", "learner": "ada"})
    front_ends.open_client("c", config, None, lambda *_: None)
    assert front_ends.send_waiting("c", "[]", left.append) == ""
    assert left == ["0"]
    assert len(server.submits) == 1

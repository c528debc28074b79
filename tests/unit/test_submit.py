"""`end(metrics)`: the completion of a single-session activity."""

import json

import pytest

from tests.unit.helpers import LONGEST_FIRST_RETRY_MS, RUN, SERVICE_DOWN, Page
from timeback_web import Metrics, RefusedError, UnreachableError
from timeback_web.activity import END_LIMIT_MS
from timeback_web.delivery.submission import PATH
from timeback_web.ports import Answer


def submits(page):
    return [sent for sent in page.browser.network.sent if sent.request.url.endswith(PATH)]


@pytest.mark.parametrize("metrics", [{"xpEarned": 10}, {"xp_earned": 10}, Metrics(xp_earned=10)])
def test_the_completion_is_posted_once_with_the_last_window(metrics):
    page = Page()
    activity = page.start(process=True)
    page.browser.advance(5_000)
    closing = activity.end(metrics)
    [sent] = submits(page)
    assert sent.way == "fetch"
    assert json.loads(sent.request.body) == {
        "id": "lesson-1",
        "name": "Fractions",
        "course": {"subject": "Math", "grade": 3},
        "runId": RUN,
        "endedAt": page.heartbeats[0].ended_at,
        "metrics": {"xpEarned": 10},
        "process": True,
    }
    assert (len(page.browser.server.submits), len(page.heartbeats)) == (1, 1)
    assert closing.done is True


@pytest.mark.parametrize("status", [401, 404, 409, 429, 500, 503])
def test_an_answer_that_it_was_not_taken_is_tried_again(status):
    page = Page()
    activity = page.start()
    page.browser.server.answer_next(Answer(status))
    closing = activity.end({"xp_earned": 10})
    [(error, context)] = page.errors
    assert isinstance(error, RefusedError)
    assert (context.operation, context.run_id, context.will_retry) == ("submit", RUN, True)
    assert closing.done is False
    page.browser.advance(LONGEST_FIRST_RETRY_MS)
    assert len(page.browser.server.submits) == 1
    assert (len(submits(page)), closing.done) == (2, True)
    assert page.traces == (0, 0, 0, 0)


def test_a_lost_connection_is_reported_and_not_tried_again():
    page = Page()
    activity = page.start()
    page.browser.server.answer_next(Answer(None, "connection reset"))
    closing = activity.end({"xp_earned": 10})
    page.browser.advance(600_000)
    [(error, context)] = page.errors
    assert isinstance(error, UnreachableError)
    assert (context.operation, context.will_retry) == ("submit", False)
    assert (len(submits(page)), closing.done) == (1, True)


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_refusal_for_good_is_reported_and_not_tried_again(status):
    page = Page()
    activity = page.start()
    page.browser.server.answer_next(Answer(status))
    closing = activity.end({"xp_earned": 10})
    page.browser.advance(600_000)
    assert [(error.status, context.will_retry) for error, context in page.errors] == [
        (status, False)
    ]
    assert (len(submits(page)), closing.done) == (1, True)


def test_it_is_not_given_up_as_long_as_it_is_certain_that_it_was_not_taken():
    page = Page()
    activity = page.start()
    page.browser.server.answer_always(SERVICE_DOWN)
    activity.end({"xp_earned": 10})
    page.browser.advance(3_600_000)
    assert 10 < len(submits(page)) < 100
    assert {context.will_retry for _, context in page.errors} == {True}
    page.browser.server.answer_always(None)
    page.browser.advance(60_000)
    assert len(page.browser.server.submits) == 1
    assert page.traces == (0, 0, 0, 0)


def test_retry_after_is_honoured():
    page = Page()
    activity = page.start()
    page.browser.server.answer_next(Answer(503, retry_after="60"))
    activity.end({"xp_earned": 10})
    page.browser.advance(59_999)
    assert len(submits(page)) == 1
    page.browser.advance(1 + LONGEST_FIRST_RETRY_MS)
    assert len(submits(page)) == 2


def test_waiting_is_bounded_while_it_is_tried_again():
    page = Page()
    activity = page.start()
    page.browser.server.answer_next(Answer(503, retry_after="60"))
    closing = activity.end({"xp_earned": 10})
    page.browser.advance(END_LIMIT_MS)
    assert (closing.done, len(page.browser.server.submits)) == (True, 0)
    page.browser.advance(120_000)
    assert len(page.browser.server.submits) == 1


def test_headers_go_with_it_and_one_that_raises_is_reported():
    page = Page(headers={"Authorization": "Bearer x"})
    page.start().end({"xp_earned": 1})
    assert submits(page)[0].request.headers == {"Authorization": "Bearer x"}

    def headers():
        raise RuntimeError("no token")

    page = Page(headers=headers)
    closing = page.start(time=False).end({"xp_earned": 1})
    [(error, context)] = page.errors
    assert "no token" in str(error)
    assert isinstance(error.__cause__, RuntimeError)
    assert (context.operation, context.will_retry) == ("submit", False)
    assert (submits(page), closing.done) == ([], True)


def test_signed_out_it_is_kept_until_after_the_sign_in():
    page = Page()
    activity = page.start(time=False)
    page.browser.server.answer_always(Answer(401))
    activity.end({"xp_earned": 5})
    page.browser.advance(600_000)
    assert all("kept and sent after sign-in" in str(error) for error, _ in page.errors)
    assert {context.will_retry for _, context in page.errors} == {True}
    page.browser.server.answer_always(None)
    page.browser.advance(60_000)
    assert len(page.browser.server.submits) == 1

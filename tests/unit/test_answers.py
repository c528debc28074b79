import json

import pytest

from timeback_web import RefusedError, UnreachableError
from timeback_web.delivery.answers import Verdict, judge, to_error
from timeback_web.ports import HANDED_OVER, Answer


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (200, Verdict.DELIVERED),
        (204, Verdict.DELIVERED),
        *((status, Verdict.RETRY) for status in (201, 202, 205, 206, 299)),
        *((status, Verdict.PERMANENT) for status in (400, 413, 422)),
        *((status, Verdict.RETRY) for status in (401, 403, 404, 408, 409, 429)),
        *((status, Verdict.RETRY) for status in (500, 502, 503, 504)),
        *((status, Verdict.RETRY) for status in (None, 0, 199, 302, 304, 418)),
    ],
)
def test_what_an_answer_means(status, verdict):
    assert judge(Answer(status)) is verdict


def test_what_was_not_sent_is_neither_taken_nor_refused():
    assert judge(Answer(None, sent=False)) is Verdict.NOT_SENT


HTML = "<!doctype html><title>Sign in</title>"
PERMANENT = (400, 413, 422)


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (Answer(200, '{"duplicate":true}', content_type="application/json"), Verdict.DELIVERED),
        (Answer(200, content_type="application/json; charset=utf-8"), Verdict.DELIVERED),
        (Answer(200, "{}", content_type="application/problem+json"), Verdict.DELIVERED),
        (Answer(204, content_type=""), Verdict.DELIVERED),
        (Answer(200, HTML, content_type="text/html"), Verdict.RETRY),
        (Answer(200, HTML, content_type="text/html; charset=utf-8"), Verdict.RETRY),
        (Answer(200, "ok", content_type="text/plain"), Verdict.RETRY),
        (Answer(200, "", content_type=""), Verdict.RETRY),
        (Answer(200, HTML, content_type="application/json"), Verdict.RETRY),
        (Answer(200, HTML), Verdict.RETRY),
        (Answer(200, "[" * 100_000), Verdict.RETRY),
        (Answer(200, "{}", content_type="application/json", redirected=True), Verdict.RETRY),
        (Answer(204, redirected=True), Verdict.RETRY),
        (Answer(None, redirected=True), Verdict.RETRY),
        *((Answer(code, HTML, content_type="text/html"), Verdict.RETRY) for code in PERMANENT),
        *((Answer(code, content_type=""), Verdict.RETRY) for code in PERMANENT),
        *((Answer(code, "{}", redirected=True), Verdict.RETRY) for code in PERMANENT),
        (HANDED_OVER, Verdict.DELIVERED),
    ],
)
def test_what_is_not_the_servers_answer_is_no_answer(answer, verdict):
    assert judge(answer) is verdict


@pytest.mark.parametrize("status", [200, 202, 400])
def test_somebody_elses_answer_is_told_as_what_it_is(status):
    error = to_error(Answer(status, f"  {HTML}\n" * 9, content_type="text/html; charset=utf-8"))
    assert isinstance(error, UnreachableError)
    for part in (f"something else answered {status} with text/html", "<title>Sign in", "portal"):
        assert part in str(error)
    assert len(str(error)) < 250


@pytest.mark.parametrize("status", [None, 200, 204])
def test_a_redirect_is_told_as_one(status):
    error = to_error(Answer(status, redirected=True))
    assert isinstance(error, UnreachableError)
    assert "redirected to another address" in str(error)


def refusal(status, code="", message="", field="", detail=""):
    error = {"code": code, "message": message, "details": {"field": field, "message": detail}}
    return to_error(Answer(status, json.dumps({"error": error})))


def test_no_answer_is_unreachable_and_says_why():
    error = to_error(Answer(None, "Failed to fetch"))
    assert isinstance(error, UnreachableError)
    assert "Failed to fetch" in str(error)


def test_no_answer_without_a_reason_still_makes_a_sentence():
    assert str(to_error(Answer(None))) == "the server could not be reached: no answer"


def test_the_servers_own_words_are_kept():
    error = refusal(400, "INVALID_PAYLOAD", "Bad body", "startedAt", "bad date")
    assert isinstance(error, RefusedError)
    assert (error.status, error.code, error.field) == (400, "INVALID_PAYLOAD", "startedAt")
    for part in ("400", "INVALID_PAYLOAD", "Bad body", "startedAt", "bad date"):
        assert part in str(error)


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (refusal(400, "INVALID_PAYLOAD", field="runId"), "UUID"),
        (refusal(400, "UNKNOWN_COURSE"), "timeback.config.json"),
        (refusal(503, "MISSING_SYNCED_COURSE_ID"), "Sync the course"),
        (refusal(401, "UNAUTHORIZED"), "signed in"),
    ],
    ids=["run id", "unknown course", "course not synced", "signed out"],
)
def test_a_developer_is_told_what_to_do(error, advice):
    assert advice in str(error)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<html>Bad gateway</html>",
        "null",
        "[]",
        "5",
        '{"error":"no"}',
        '{"error":{"code":5}}',
        '{"error":{"code":null,"details":[1]}}',
        "[" * 100_000,
    ],
    ids=lambda body: body[:20],
)
def test_a_body_that_is_not_the_servers_makes_an_error_all_the_same(body):
    error = to_error(Answer(502, body))
    assert (error.status, error.code, error.field) == (502, "", "")
    assert str(error) == "the server answered 502"

"""What the JavaScript front end refuses, Python refuses, and for the same field."""

from __future__ import annotations

import uuid

import pytest

from tests.support.front_end import front_end
from timeback_web.errors import InvalidOptionsError
from timeback_web.options import Metrics, StartOptions, parse

GOOD = {"id": "lesson-1", "name": "Fractions", "course": {"subject": "Math", "grade": 3}}
LONG = "x" * 2_000


@pytest.fixture(scope="module")
def ask():
    with front_end() as ask:
        yield ask


def refused_by_python(model, given, **names):
    try:
        parse(model, given, **names)
    except InvalidOptionsError as error:
        return {"code": "INVALID_OPTIONS", "field": error.field}
    return None


@pytest.mark.parametrize(
    "options",
    [
        GOOD,
        {**GOOD, "course": {"code": "MATH-3"}},
        {**GOOD, "runId": LONG, "process": True, "time": False},
        {**GOOD, "time": {"heartbeatMs": 100, "stallLimitMs": 1_000, "idleAfterMs": 1_000}},
        {**GOOD, "time": {"since": "navigation"}},
        {**GOOD, "time": {}},
        {},
        {"id": "lesson-1"},
        {**GOOD, "id": ""},
        {**GOOD, "id": 7},
        {**GOOD, "name": "  "},
        {**GOOD, "name": LONG + "x"},
        {**GOOD, "runID": "x"},
        {**GOOD, "runId": ""},
        {**GOOD, "runId": 7},
        {**GOOD, "course": "MATH-3"},
        {**GOOD, "course": {}},
        {**GOOD, "course": {"subject": "Math"}},
        {**GOOD, "course": {"subject": "Math", "grade": 3, "code": "MATH-3"}},
        {**GOOD, "course": {"subject": "Math", "grade": 3.5}},
        {**GOOD, "course": {"subject": "Math", "grade": "3"}},
        {**GOOD, "course": {"subject": "Math", "grade": True}},
        {**GOOD, "course": {"code": "MATH-3", "level": 1}},
        {**GOOD, "time": "no"},
        {**GOOD, "time": {"heartbeatMs": 15}},
        {**GOOD, "time": {"heartbeatMs": 600_001}},
        {**GOOD, "time": {"heartbeatMs": 1_000.5}},
        {**GOOD, "time": {"stallLimitMs": 999}},
        {**GOOD, "time": {"idleAfterMs": 999}},
        {**GOOD, "time": {"since": "boot"}},
        {**GOOD, "time": {"beat": 1}},
        {**GOOD, "process": "yes"},
        {**GOOD, "onFlush": "call me"},
    ],
    ids=str,
)
def test_options_of_start(ask, options):
    assert ask("start", options) == refused_by_python(StartOptions, options)


@pytest.mark.parametrize(
    "metrics",
    [
        {"xpEarned": 0},
        {"xpEarned": -1.5, "totalQuestions": 2, "correctQuestions": 2, "masteredUnits": 0},
        {"xpEarned": 1, "pctComplete": 50.5},
        {"xpEarned": "1"},
        {"xpEarned": True},
        {"xpEarned": 1, "totalQuestions": 2},
        {"xpEarned": 1, "totalQuestions": 1, "correctQuestions": 2},
        {"xpEarned": 1, "masteredUnits": -1},
        {"xpEarned": 1, "masteredUnits": 1.5},
        {"xpEarned": 1, "time": {"active": 1}},
        7,
    ],
    ids=str,
)
def test_metrics(ask, metrics):
    by_python = refused_by_python(Metrics, metrics, name="metrics", prefix="metrics.")
    assert ask("metrics", metrics) == by_python


def test_metrics_without_experience_points(ask):
    assert ask("metrics", {}) == {"code": "INVALID_OPTIONS", "field": "metrics.xpEarned"}


def test_a_run_id_without_a_secure_context(ask):
    runs = [uuid.UUID(ask("insecureUuid", None)) for _ in range(50)]
    assert {(run.version, run.variant) for run in runs} == {(4, uuid.RFC_4122)}
    assert len(set(runs)) == 50


@pytest.mark.parametrize("nothing", ["id", "runId", "time", "process", "onError"])
def test_null_means_not_given(ask, nothing):
    by_javascript = ask("start", {**GOOD, nothing: None})
    left_out = {name: value for name, value in GOOD.items() if name != nothing}
    assert by_javascript == refused_by_python(StartOptions, left_out)


def test_a_course_is_required_without_a_default(ask):
    without = {"id": "lesson-1", "name": "Fractions"}
    assert ask("start", without) == {"code": "INVALID_OPTIONS", "field": "course"}


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({}, None),
        (None, None),
        ({"baseURL": "/x", "headers": {}, "learner": "ada", "defaultCourse": {"code": "M"}}, None),
        ({"baseURL": " "}, "baseURL"),
        ({"baseUrl": "/x"}, "baseUrl"),
        ({"headers": "Bearer"}, "headers"),
        ({"learner": 7}, "learner"),
        ({"defaultCourse": {"subject": "Math"}}, "defaultCourse"),
    ],
)
def test_options_of_a_client(ask, options, field):
    assert ask("client", options) == (field and {"code": "INVALID_OPTIONS", "field": field})

"""What `end(metrics)` takes."""

import pytest

from timeback_web import InvalidOptionsError, Metrics
from timeback_web.options import parse


@pytest.mark.parametrize(
    "given",
    [
        {"xpEarned": 10, "totalQuestions": 2, "correctQuestions": 1, "pctComplete": 50},
        {"xp_earned": 10, "total_questions": 2, "correct_questions": 1, "pct_complete": 50},
    ],
)
def test_both_spellings(given):
    metrics = parse(Metrics, given)
    assert (metrics.xp_earned, metrics.total_questions, metrics.pct_complete) == (10, 2, 50)


def test_an_instance_is_taken_as_it_is():
    metrics = Metrics(xp_earned=1)
    assert parse(Metrics, metrics) is metrics


@pytest.mark.parametrize("xp", [-3, 0, 2.5])
def test_xp_may_be_negative_or_a_fraction(xp):
    assert parse(Metrics, {"xp_earned": xp}).xp_earned == xp


@pytest.mark.parametrize("pct", [-5, 0, 100, 140.5])
def test_the_server_clamps_the_percentage_so_we_do_not(pct):
    assert parse(Metrics, {"xp_earned": 1, "pct_complete": pct}).pct_complete == pct


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "xp_earned"),
        ({"xpEarned": "10"}, "xpEarned"),
        ({"xp_earned": True}, "xp_earned"),
        ({"xp_earned": float("nan")}, "xp_earned"),
        ({"xp_earned": float("inf")}, "xp_earned"),
        ({"xp_earned": 1, "total_questions": -1, "correct_questions": 0}, "total_questions"),
        ({"xpEarned": 1, "totalQuestions": 2.0, "correctQuestions": 1}, "totalQuestions"),
        ({"xp_earned": 1, "mastered_units": -1}, "mastered_units"),
        ({"xp_earned": 1, "xpEarned": 1}, "xp_earned"),
        ({"xp_earned": 1, "time": {"active": 5}}, "time"),
        ({"xp_earned": 1, "pct_complete": "50"}, "pct_complete"),
        ({"xp_earned": 1, "total_questions": 3}, "options"),
        ({"xp_earned": 1, "correct_questions": 3}, "options"),
        ({"xp_earned": 1, "total_questions": 3, "correct_questions": 4}, "options"),
    ],
)
def test_what_is_wrong_is_named(given, field):
    with pytest.raises(InvalidOptionsError) as caught:
        parse(Metrics, given)
    assert caught.value.field == field

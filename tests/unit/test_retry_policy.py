"""When a run may be tried again."""

import random

import pytest

from timeback_web.delivery.retry_policy import RetryPolicy

NOW_MS = 100_000.0


@pytest.fixture
def patience():
    return RetryPolicy(random.Random(7))


def rest_ms(patience, run="run-a"):
    return patience.free_at_ms(run) - NOW_MS


def test_at_first_nothing_has_to_wait(patience):
    assert rest_ms(patience) <= 0


def test_a_refused_run_rests_alone(patience):
    for _ in range(5):
        patience.refused("run-a", NOW_MS)
    assert rest_ms(patience) > 0
    assert rest_ms(patience, "run-b") <= 0


def test_without_an_answer_everybody_waits(patience):
    patience.no_answer(NOW_MS)
    assert rest_ms(patience, "run-a") == rest_ms(patience, "run-b") > 0


def test_quiet_is_never_made_shorter(patience):
    patience.asked_for_quiet(120_000, NOW_MS)
    patience.asked_for_quiet(5_000, NOW_MS)
    patience.back_online(NOW_MS)
    patience.taken("run-a")
    assert rest_ms(patience) == 120_000


def test_what_is_taken_frees_its_run_and_the_line_but_no_other_run(patience):
    patience.refused("run-a", NOW_MS)
    patience.refused("run-b", NOW_MS)
    patience.no_answer(NOW_MS)
    patience.taken("run-a")
    assert rest_ms(patience, "run-a") <= 0
    assert rest_ms(patience, "run-b") > 0


def test_back_online_everybody_comes_back_at_another_moment():
    rests = set()
    for seed in range(50):
        patience = RetryPolicy(random.Random(seed))
        patience.no_answer(NOW_MS)
        patience.back_online(NOW_MS)
        rests.add(rest_ms(patience))
    assert len(rests) > 30
    assert all(0 <= rest <= 1_000 for rest in rests)


def test_the_rests_of_a_run_that_is_refused_again_and_again_grow():
    def longest(refusals):
        rests = []
        for seed in range(50):
            patience = RetryPolicy(random.Random(seed))
            for _ in range(refusals):
                patience.refused("run-a", NOW_MS)
            rests.append(rest_ms(patience))
        return max(rests)

    assert longest(1) <= 1_000 < longest(4) <= 8_000 < longest(10) <= 60_000


def test_forgotten_runs_are_free(patience):
    patience.refused("run-a", NOW_MS)
    patience.forget()
    assert rest_ms(patience) <= 0


def test_doubt_lasts_until_something_of_the_run_is_taken(patience):
    assert not patience.in_doubt("run-a")
    patience.refused("run-a", NOW_MS)
    assert patience.in_doubt("run-a")
    assert not patience.in_doubt("run-b")
    patience.taken("run-a")
    assert not patience.in_doubt("run-a")


def test_after_no_answer_every_run_is_in_doubt_until_one_comes(patience):
    patience.no_answer(NOW_MS)
    patience.back_online(NOW_MS)
    assert patience.in_doubt("run-a")
    patience.taken("run-b")
    assert not patience.in_doubt("run-a")

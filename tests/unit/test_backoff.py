import random
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest

from timeback_web.delivery.backoff import (
    BASE_MS,
    CAP_MS,
    RETRY_AFTER_CAP_MS,
    Backoff,
    retry_after_ms,
)

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
NOW_MS = NOW.timestamp() * 1000


def ceilings(failures):
    return [min(CAP_MS, BASE_MS * 2**n) for n in range(failures)]


class Edge(random.Random):
    """A source of chance that always draws the same end of the range."""

    def __init__(self, end):
        super().__init__()
        self.end = end

    def uniform(self, a, b):
        return a if self.end == "low" else b


def test_the_ceiling_doubles_and_stops_at_the_cap():
    backoff = Backoff(Edge("high"))
    assert [backoff.next_ms() for _ in range(9)] == ceilings(9)
    assert ceilings(9)[-1] == CAP_MS


def test_the_jitter_reaches_down_to_nothing():
    backoff = Backoff(Edge("low"))
    assert [backoff.next_ms() for _ in range(9)] == [0] * 9


def test_jitter_is_full_and_within_its_bounds():
    drawn = []
    for seed in range(300):
        backoff = Backoff(random.Random(seed))
        delays = [backoff.next_ms() for _ in range(8)]
        assert all(0 <= ms <= top for ms, top in zip(delays, ceilings(8), strict=True))
        drawn.append(delays[4])
    assert min(drawn) < 0.05 * ceilings(5)[4]
    assert max(drawn) > 0.95 * ceilings(5)[4]


def test_delays_are_whole_milliseconds():
    assert all(type(Backoff(random.Random(seed)).next_ms()) is int for seed in range(20))


def test_the_servers_wish_is_a_lower_bound():
    assert Backoff(Edge("low")).next_ms(at_least_ms=120_000) == 120_000
    assert Backoff(Edge("high")).next_ms(at_least_ms=120_000) == 120_000 + BASE_MS


def test_reset_begins_again():
    backoff = Backoff(Edge("high"))
    for _ in range(5):
        backoff.next_ms()
    backoff.reset()
    assert backoff.next_ms() == BASE_MS


def test_a_very_long_outage_does_not_overflow():
    backoff = Backoff(Edge("high"))
    assert {backoff.next_ms() for _ in range(5_000)} == set(ceilings(8))


@pytest.mark.parametrize(
    ("header", "wait_ms"),
    [
        ("0", 0),
        ("1", 1_000),
        (" 120 ", 120_000),
        ("3600", RETRY_AFTER_CAP_MS),
        ("86400", RETRY_AFTER_CAP_MS),
        ("9" * 400, RETRY_AFTER_CAP_MS),
        (format_datetime(NOW.replace(minute=2), usegmt=True), 120_000),
        ("Sun, 22 Nov 2026 12:00:30 -0000", 30_000),
        ("Sun, 22 Nov 2026 13:01:00 +0100", 60_000),
        (format_datetime(NOW.replace(year=2020), usegmt=True), 0),
        (format_datetime(NOW.replace(year=2030), usegmt=True), RETRY_AFTER_CAP_MS),
    ],
)
def test_retry_after_in_seconds_or_as_a_date(header, wait_ms):
    assert retry_after_ms(header, now_ms=NOW_MS) == wait_ms


@pytest.mark.parametrize(
    "header",
    [
        *(
            "",
            " ",
            "soon",
            "-5",
            "1.5",
            "+3",
            "0x10",
            "٣",
            "²",
            "NaN",
            ",",
            "Mon,",
            "\x00",
            "1 2 3 4",
        ),
        "Mon, 99 Foo 2026 99:99:99 GMT",
        "Mon, 01 Jan 99999999999999999999999 00:00:00 GMT",
        "Sun, 22 Nov 2026 12:00:30 +99999999999999999999",
    ],
)
def test_a_retry_after_that_says_nothing_usable_is_no_wait(header):
    assert retry_after_ms(header, now_ms=NOW_MS) == 0

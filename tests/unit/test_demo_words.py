"""The words of the demo's lesson page, which are plain Python and run anywhere."""

import runpy
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

SOURCE = Path(__file__).parents[2] / "demo/pages/assets/lesson/words.py"
MONDAY = date(2026, 11, 16)


@pytest.fixture(scope="module")
def words():
    return SimpleNamespace(**runpy.run_path(str(SOURCE)))


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (0, "0 s"),
        (999, "0 s"),
        (59_999, "59 s"),
        (60_000, "1 min"),
        (187_000, "3 min 7 s"),
        (599_999, "9 min 59 s"),
        (600_000, "10 min"),
        (754_000, "12 min"),
        (3_599_999, "59 min"),
        (3_600_000, "1 h"),
        (3_900_000, "1 h 5 min"),
        (90_000_000, "25 h"),
    ],
)
def test_duration(words, ms, text):
    assert words.duration(ms) == text


@pytest.mark.parametrize(
    ("ms", "text"), [(0, "0:00"), (7_999, "0:07"), (750_000, "12:30"), (4_500_000, "75:00")]
)
def test_stopwatch(words, ms, text):
    assert words.stopwatch(ms) == text


@pytest.mark.parametrize(
    ("days_ago", "text"),
    [
        (-1, "today"),  # a server whose clock is ahead
        (0, "today"),
        (1, "yesterday"),
        (2, "on Saturday"),
        (6, "on Tuesday"),
        (7, "on 9 November"),
        (16, "on 31 October"),
    ],
)
def test_day_name(words, days_ago, text):
    assert words.day_name(MONDAY - timedelta(days_ago), MONDAY) == text


@pytest.mark.parametrize(
    ("days_ago", "text"),
    [(0, "Today"), (1, "Yesterday"), (5, "Wednesday"), (7, "9 November")],
)
def test_day_title(words, days_ago, text):
    assert words.day_title(MONDAY - timedelta(days_ago), MONDAY) == text


def test_clock_times(words):
    start = datetime(2026, 11, 16, 9, 30, 5, tzinfo=UTC)
    assert words.clock_times(start, start + timedelta(minutes=6)) == "09:30 to 09:36"
    assert words.clock_times(start, start + timedelta(seconds=20)) == "09:30"


def test_a_stamp_of_the_server_is_read_in_local_time(words):
    moment = words.local_time("2026-11-16T09:30:00.250Z")
    assert moment == datetime(2026, 11, 16, 9, 30, 0, 250_000, tzinfo=UTC)
    assert moment.utcoffset() == moment.astimezone().utcoffset()


@pytest.mark.parametrize(
    ("parts", "text"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_joined(words, parts, text):
    assert words.joined(parts) == text


def test_plural(words):
    assert [words.plural(count, "question") for count in (0, 1, 2)] == [
        "0 questions",
        "1 question",
        "2 questions",
    ]


def worked(days_ago, minutes):
    """A session around local noon, so that no time zone moves it to another day."""
    noon = datetime(MONDAY.year, MONDAY.month, MONDAY.day, 12).astimezone()
    started = noon - timedelta(days_ago)
    return {"startedAt": started.astimezone(UTC).isoformat(), "activeMs": minutes * 60_000}


def test_days_worked_adds_up_the_sessions_of_a_day(words):
    sessions = [worked(1, 10), worked(1, 2), worked(0, 3)]
    text = words.days_worked(sessions, MONDAY)
    assert text == words.unbroken("12 min") + " yesterday and " + words.unbroken("3 min") + " today"
    assert "12\N{NO-BREAK SPACE}min" in text


def test_days_worked_tells_of_the_last_three_days(words):
    sessions = [worked(days_ago, 1) for days_ago in (9, 3, 1, 0)]
    text = words.days_worked(sessions, MONDAY).replace("\N{NO-BREAK SPACE}", " ")
    assert text == "1 min on Friday, 1 min yesterday and 1 min today"


def test_no_sessions_are_no_words(words):
    assert words.days_worked([], MONDAY) == ""

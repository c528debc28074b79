"""The lesson whose time the server keeps: sessions, gaps, and one report at the end."""

import pytest

from demo.server.times import iso
from tests.server.running import Browser, RunningDemo

START_MS = 1_790_000_000_000
LESSON = "/api/lessons/reading-clocks/sessions"


class Clock:
    def __init__(self) -> None:
        self.now = START_MS

    def __call__(self) -> int:
        return self.now

    def pass_s(self, seconds: float) -> None:
        self.now += round(seconds * 1000)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("demo.server.lessons_api.now_ms", clock)
    monkeypatch.setattr("demo.server.progress.now_ms", clock)
    return clock


@pytest.fixture
def ada(demo: RunningDemo) -> Browser:
    return demo.browser("ada")


def open_session(browser: Browser) -> str:
    response = browser.post(LESSON)
    assert response.status_code == 200
    return response.json()["sessionId"]


def times(browser: Browser) -> list[tuple[int, int]]:
    sessions = browser.progress("reading-clocks")["sessions"]
    return [(each["activeMs"], each["inactiveMs"]) for each in sessions]


def test_time_between_requests_is_active_and_long_gaps_are_not(clock: Clock, ada: Browser) -> None:
    run_id = ada.start("reading-clocks")
    session = open_session(ada)
    clock.pass_s(30)
    ada.answer("reading-clocks", run_id, 1)
    clock.pass_s(120)
    ada.answer("reading-clocks", run_id, 2)
    clock.pass_s(120.001)
    ada.answer("reading-clocks", run_id, 3)
    clock.pass_s(10)
    assert ada.post(f"{LESSON}/{session}/close").status_code == 204
    assert times(ada) == [(160_000, 120_001)]
    (shown,) = ada.progress("reading-clocks")["sessions"]
    assert shown["startedAt"] == iso(START_MS)
    assert shown["endedAt"] == iso(clock.now)


def test_closing_twice_is_harmless(clock: Clock, ada: Browser) -> None:
    session = open_session(ada)
    clock.pass_s(5)
    for _ in range(2):
        assert ada.post(f"{LESSON}/{session}/close").status_code == 204
        clock.pass_s(50)
    assert times(ada) == [(5_000, 0)]


def test_a_session_of_somebody_else_cannot_be_closed(
    clock: Clock, demo: RunningDemo, ada: Browser
) -> None:
    session = open_session(ada)
    clock.pass_s(5)
    assert demo.browser("grace").post(f"{LESSON}/{session}/close").status_code == 404
    assert ada.post(f"{LESSON}/nothing/close").status_code == 404
    assert times(ada) == [(0, 0)]


def test_a_second_tab_takes_over_and_no_time_counts_twice(clock: Clock, ada: Browser) -> None:
    first = open_session(ada)
    clock.pass_s(10)
    second = open_session(ada)
    clock.pass_s(10)
    ada.post(f"{LESSON}/{first}/close")
    clock.pass_s(10)
    ada.post(f"{LESSON}/{second}/close")
    assert times(ada) == [(10_000, 0), (20_000, 0)]


def test_a_page_that_vanished_ends_with_its_last_request(clock: Clock, ada: Browser) -> None:
    run_id = ada.start("reading-clocks")
    open_session(ada)
    clock.pass_s(20)
    ada.answer("reading-clocks", run_id, 1)
    clock.pass_s(24 * 3600)
    open_session(ada)
    assert times(ada) == [(20_000, 0), (0, 0)]


def test_a_clock_that_is_set_back_takes_no_time_away(clock: Clock, ada: Browser) -> None:
    session = open_session(ada)
    clock.pass_s(-3600)
    ada.post(f"{LESSON}/{session}/close")
    assert times(ada) == [(0, 0)]


def test_lessons_with_heartbeats_have_no_such_sessions(ada: Browser) -> None:
    response = ada.post("/api/lessons/fractions/sessions")
    assert response.status_code == 409
    assert response.json()["error"]["code"] == "TIME_BY_HEARTBEATS"


def test_the_time_reaches_the_platform_once_with_the_completion(
    clock: Clock, demo: RunningDemo, ada: Browser
) -> None:
    run_id = ada.start("reading-clocks")
    session = open_session(ada)
    clock.pass_s(40)
    ada.answer("reading-clocks", run_id, 1)
    ada.post(f"{LESSON}/{session}/close")
    clock.pass_s(3600)
    open_session(ada)
    for number in (2, 3, 4, 5):
        clock.pass_s(130 if number == 4 else 20)
        ada.answer("reading-clocks", run_id, number)
    ada.wait_until_recorded("reading-clocks")

    (spent,) = demo.wire.taken("TimeSpentEvent")
    (completed,) = demo.wire.taken("ActivityEvent")
    assert spent["generated"]["items"] == [
        {"type": "active", "value": 100.0},
        {"type": "inactive", "value": 130.0},
    ]
    assert spent["eventTime"] == completed["eventTime"] == iso(clock.now)
    assert spent["session"] == completed["session"] == f"urn:uuid:{run_id}"
    assert ada.progress("reading-clocks")["activeMs"] == 100_000
    assert ada.journal(run_id)["activeMs"] == 100_000


def test_a_completed_attempt_opens_no_session(ada: Browser) -> None:
    ada.complete("reading-clocks")
    response = ada.post(LESSON)
    assert response.status_code == 409
    assert response.json()["error"]["code"] == "COMPLETED"
    ada.post("/api/lessons/reading-clocks/attempts")
    open_session(ada)
    assert times(ada) == [(0, 0)]

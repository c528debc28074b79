"""The journal as server-sent events, read over real connections."""

import logging
import threading
import time
import uuid
from pathlib import Path

import pytest

from demo.server import journal_stream
from demo.server.journal_changes import SETTLE_MS, Changes, Position
from demo.server.learners import LEARNERS
from demo.server.tables import PlatformEvent
from demo.server.times import now_ms
from tests.server.event_source import open_stream
from tests.server.running import RunningDemo, wait_for, window
from tests.server.second_server import second_server

CLASS = "/api/class/journal/stream"


@pytest.fixture(autouse=True)
def lasting(streams_end: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_stream, "LIFE_S", 60)
    monkeypatch.setattr(journal_stream, "POLL_S", 0.05)


def test_it_is_an_event_stream_that_no_proxy_keeps_back(demo: RunningDemo) -> None:
    with open_stream(demo.browser("ada")) as source:
        assert source.response.status_code == 200
        assert source.response.headers["content-type"].startswith("text/event-stream")
        assert source.response.headers["cache-control"] == "no-cache"
        assert source.response.headers["x-accel-buffering"] == "no"
        assert source.next_block().retry == journal_stream.RETRY_MS
        first = source.next_block()
    assert first.event == "journal"
    assert Position.parse(first.id)
    assert first.data["learners"] == [{"id": "ada", "name": "Ada Lovelace", "runs": []}]


def test_a_run_comes_when_it_is_saved_and_whenever_time_arrives(demo: RunningDemo) -> None:
    ada = demo.browser("ada")
    with open_stream(demo.browser("ada")) as source:
        assert source.next().runs() == {"ada": []}
        run_id = ada.start("fractions")
        saved = source.next()
        assert (saved.event, saved.runs()) == ("runs", {"ada": [run_id]})
        assert saved.data["learners"][0]["runs"][0]["sessions"] == []

        ada.heartbeat(run_id, window(0, 12_000, 3_000))
        (run,) = source.next().data["learners"][0]["runs"]
        assert (run["activeMs"], run["inactiveMs"]) == (12_000, 3_000)
        assert (run["lesson"], run["name"], run["completion"]) == ("fractions", "Fractions", None)
        assert run == {k: v for k, v in ada.journal(run_id).items() if k != "events"}

        ada.heartbeat(run_id, window(15))
        assert source.next().data["learners"][0]["runs"][0]["activeMs"] == 27_000

        ada.complete("fractions", run_id)
        (run,) = source.next().data["learners"][0]["runs"]
        assert run["completion"]["metrics"]["totalQuestions"] > 0


def test_a_window_that_was_a_repeat_changes_nothing(demo: RunningDemo) -> None:
    ada = demo.browser("ada")
    run_id = ada.start("fractions")
    ada.heartbeat(run_id, window(0))
    with open_stream(demo.browser("ada")) as source:
        source.next()
        assert ada.heartbeat(run_id, window(0)).json() == {"duplicate": True}
        ada.heartbeat(run_id, window(15))
        assert source.next().data["learners"][0]["runs"][0]["activeMs"] == 30_000


def test_a_browser_that_comes_back_gets_what_has_changed_since(demo: RunningDemo) -> None:
    ada = demo.browser("ada")
    old, new = ada.start("fractions"), ada.start("reading-clocks")
    ada.heartbeat(old, window(0))
    age_all_events(demo)
    with open_stream(demo.browser("ada")) as source:
        first = source.next()
    assert set(first.runs()["ada"]) == {old, new}
    unsaved = str(uuid.uuid4())
    assert ada.heartbeat(unsaved, window(0), id="elsewhere").status_code == 204
    with open_stream(demo.browser("ada"), last_event_id=first.id) as source:
        resumed = source.next()
    assert (resumed.event, resumed.runs()) == ("runs", {"ada": [unsaved]})
    # And once more from the same id: nothing depends on what a server remembers.
    with open_stream(demo.browser("ada"), last_event_id=first.id) as source:
        assert source.next().runs() == resumed.runs()


@pytest.mark.parametrize("unusable", ["", "7", "-", "x-1", "1-x", "999999-1", "0-9", "' OR 1"])
def test_an_id_that_is_none_of_ours_gets_everything(demo: RunningDemo, unusable: str) -> None:
    run_id = demo.browser("ada").start("fractions")
    with open_stream(demo.browser("ada"), last_event_id=unusable) as source:
        first = source.next()
    assert (first.event, first.runs()) == ("journal", {"ada": [run_id]})


def test_an_id_without_end_is_refused(demo: RunningDemo) -> None:
    with open_stream(demo.browser("ada"), last_event_id="1" * 41) as source:
        assert source.response.status_code == 400


def test_comments_keep_an_idle_stream_alive(
    demo: RunningDemo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fastapi.routing._PING_INTERVAL", 0.05)
    with open_stream(demo.browser("ada")) as source:
        source.next()
        assert source.next_block().comments == ["ping"]
        assert source.next_block().comments == ["ping"]


def test_after_a_while_a_stream_ends_and_may_be_opened_again(
    demo: RunningDemo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_stream, "LIFE_S", 0.2)
    with open_stream(demo.browser("ada")) as source:
        assert [each.event for each in source.rest() if each.data] == ["journal"]


def test_learners_are_told_of_their_own_runs_only(demo: RunningDemo) -> None:
    with open_stream(demo.browser("grace")) as source:
        assert source.next().runs() == {"grace": []}
        ada, grace = demo.browser("ada"), demo.browser("grace")
        ada.heartbeat(ada.start("fractions"), window(0))
        run_id = grace.start("fractions")
        told = source.next()
        assert told.runs() == {"grace": [run_id]}
        assert "ada" not in str(told.data)


def test_a_teacher_is_told_of_the_class_and_of_nobody_else(demo: RunningDemo) -> None:
    ada, katherine = demo.browser("ada"), demo.browser("katherine")
    with open_stream(demo.browser(teacher="somerville"), CLASS) as source:
        assert source.next().runs() == {"ada": [], "grace": [], "alan": []}
        katherine.heartbeat(katherine.start("fractions"), window(0))
        run_id = ada.start("fractions")
        assert source.next().runs() == {"ada": [run_id]}
        ada.heartbeat(run_id, window(0))
        assert source.next().data["learners"][0]["runs"][0]["activeMs"] == 15_000


def test_what_another_process_took_is_told_too(demo: RunningDemo) -> None:
    with second_server(demo) as (address, _), open_stream(demo.browser("ada")) as source:
        source.next()
        there = demo.browser()
        there.client.base_url = address
        there.post("/api/signin", {"learner": "ada"})
        run_id = there.start("fractions")
        assert source.next().runs() == {"ada": [run_id]}
        assert there.heartbeat(run_id, window(0)).status_code == 204
        told = source.next()
        assert told.data["learners"][0]["runs"][0]["activeMs"] == 15_000
        # The ids of one are good at the other.
        with open_stream(there, last_event_id=told.id) as second:
            assert (second.next().event, told.runs()) == ("runs", {"ada": [run_id]})


def test_a_stream_ends_as_it_should_when_the_server_stops(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR), RunningDemo(tmp_path) as stopping:
        ended: list[int] = []

        def read() -> None:
            with open_stream(stopping.browser("ada")) as source:
                source.next()
                reading.set()
                ended.append(len(source.rest()))  # raises when it is cut off

        reading = threading.Event()
        reader = threading.Thread(target=read)
        reader.start()
        assert reading.wait(10)
        stopping.server.should_exit = True
        reader.join(timeout=10)
        assert ended == [0]
    assert not caplog.records


def test_a_browser_that_leaves_is_not_asked_for_any_more(
    demo: RunningDemo, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[float] = []
    look = Changes.look
    monkeypatch.setattr(
        Changes, "look", lambda *given: looks.append(time.monotonic()) or look(*given)
    )
    with open_stream(demo.browser("ada")) as source:
        source.next()
        wait_for(lambda: len(looks) > 3)
    source.response.close()

    def quiet() -> bool:
        before = len(looks)
        time.sleep(0.2)
        return len(looks) == before

    wait_for(quiet)


def test_what_is_committed_late_is_not_missed(demo: RunningDemo) -> None:
    """On PostgreSQL a lower number can become visible after a higher one."""
    ada = LEARNERS["ada"]
    changes = Changes("platform", [ada])
    database = demo.services.database
    with database.reading() as session:
        changes.begin(session)
    insert_event(demo, seq=1_000, run_id="b")
    with database.reading() as session:
        assert changes.look(session) == {"ada": {"b"}}
    insert_event(demo, seq=999, run_id="a")
    with database.reading() as session:
        assert changes.look(session) == {"ada": {"a"}}
        assert changes.look(session) == {}
        assert changes.position.floor == 0, "a lower number may still come"
    age_all_events(demo)
    with database.reading() as session:
        assert changes.look(session) == {}
        assert changes.position.floor == 1_000


def test_a_number_of_before_the_floor_is_seen_with_the_floor(demo: RunningDemo) -> None:
    """Between two looks an event can come *and* grow old: after the machine was asleep."""
    changes = Changes("platform", [LEARNERS["ada"]])
    with demo.services.database.reading() as session:
        changes.begin(session)
    insert_event(demo, seq=5, run_id="a")
    age_all_events(demo)
    with demo.services.database.reading() as session:
        assert changes.look(session) == {"ada": {"a"}}
        assert changes.position.floor == 5


def insert_event(demo: RunningDemo, seq: int, run_id: str) -> None:
    with demo.services.database.writing() as session:
        session.add(
            PlatformEvent(
                seq=seq,
                source="platform",
                event_id=f"urn:uuid:{seq}",
                type="TimeSpentEvent",
                email="ada@example.com",
                run_id=run_id,
                event_time_ms=0,
                received_at_ms=now_ms(),
                body={},
            )
        )


def age_all_events(demo: RunningDemo) -> None:
    """As if all that is there had come long ago."""
    with demo.services.database.writing() as session:
        session.query(PlatformEvent).update(
            {PlatformEvent.received_at_ms: PlatformEvent.received_at_ms - 2 * SETTLE_MS}
        )

import time
import uuid

from tests.server.running import FRACTIONS_ANSWERS, RunningDemo, window


def test_a_heartbeat_becomes_one_event_of_the_learner(demo: RunningDemo) -> None:
    browser = demo.browser("ada")
    run_id = browser.start("fractions")
    assert browser.heartbeat(run_id, window(0, 12_500, 2_500)).status_code == 204
    (event,) = demo.wire.taken("TimeSpentEvent")
    assert event["actor"]["email"] == "ada@example.com"
    assert event["session"] == f"urn:uuid:{run_id}"
    assert event["eventTime"] == "2026-11-22T10:00:15.000Z"
    assert event["generated"]["items"] == [
        {"type": "active", "value": 12.5},
        {"type": "inactive", "value": 2.5},
    ]


def test_heartbeats_of_a_saved_run_are_for_its_learner_only(demo: RunningDemo) -> None:
    run_id = demo.browser("ada").start("fractions")
    grace = demo.browser("grace")
    for spelling in (run_id, run_id.upper()):
        response = grace.heartbeat(spelling, window(0))
        assert response.status_code == 403
        assert response.json()["error"]["code"] == "RUN_OF_ANOTHER_LEARNER"
    assert demo.wire.arrivals == []
    assert demo.browser("ada").heartbeat(run_id, window(0)).status_code == 204


def test_a_heartbeat_may_overtake_the_save_of_its_run(demo: RunningDemo) -> None:
    browser = demo.browser("ada")
    run_id = str(uuid.uuid4())
    assert browser.heartbeat(run_id, window(0)).status_code == 204
    browser.start("fractions", run_id)
    assert browser.progress("fractions")["activeMs"] == 15_000


def test_a_lesson_timed_by_the_server_takes_no_heartbeats(demo: RunningDemo) -> None:
    browser = demo.browser("ada")
    run_id = browser.start("reading-clocks")
    by_id = browser.heartbeat(str(uuid.uuid4()), window(0), id="reading-clocks")
    by_run = browser.heartbeat(run_id, window(0), id="something-else")
    for response in (by_id, by_run):
        assert response.status_code == 422
        assert response.json()["error"]["code"] == "TIME_KEPT_BY_SERVER"
    assert demo.wire.arrivals == []


def test_a_page_cannot_complete_a_lesson(demo: RunningDemo) -> None:
    browser = demo.browser("ada")
    body = {
        "id": "fractions",
        "name": "Fractions",
        "course": {"subject": "Math", "grade": 3},
        "runId": str(uuid.uuid4()),
        "endedAt": "2026-11-22T10:00:00.000Z",
        "metrics": {"xpEarned": 1000},
    }
    response = browser.post("/api/timeback/activity/submit", body)
    assert response.status_code == 403
    assert response.json()["error"]["code"] == "COMPLETED_BY_SERVER"
    elsewhere = browser.post("/api/timeback/activity/submit", body | {"id": "no-lesson-of-ours"})
    assert elsewhere.status_code == 204


def test_bodies_that_the_sdk_would_call_a_server_error_are_refused(demo: RunningDemo) -> None:
    browser = demo.browser("ada")
    for body in ([], "text", 5, None):
        response = browser.client.post("/api/timeback/activity/heartbeat", json=body)
        assert response.status_code == 400
    response = browser.client.post("/api/timeback/activity/heartbeat", content="{")
    assert response.status_code == 400
    assert response.json()["error"]["code"] == "MALFORMED_JSON"


def test_a_heartbeat_that_the_sdk_refuses_is_refused(demo: RunningDemo) -> None:
    browser = demo.browser("ada")
    response = browser.heartbeat(str(uuid.uuid4()), window(0), elapsedMs=1.5)
    assert response.status_code == 400
    assert response.json()["error"]["code"] == "INVALID_PAYLOAD"


def test_windows_of_two_learners_on_an_unsaved_run_are_not_mixed_up(demo: RunningDemo) -> None:
    run_id = str(uuid.uuid4())
    ada, grace = demo.browser("ada"), demo.browser("grace")
    assert ada.heartbeat(run_id, window(0)).status_code == 204
    assert grace.heartbeat(run_id, window(15)).status_code == 204
    ada.start("fractions", run_id)
    assert ada.progress("fractions")["activeMs"] == 15_000
    assert {event["actor"]["email"] for event in ada.journal(run_id)["events"]} == {
        "ada@example.com"
    }


def test_a_window_sent_while_events_are_down_is_taken_later(demo: RunningDemo) -> None:
    browser = demo.browser("ada")
    run_id = browser.start("fractions")
    demo.faults(events="down")
    started = time.monotonic()
    assert browser.heartbeat(run_id, window(0)).status_code == 502
    assert time.monotonic() - started < 2, "a heartbeat must fail fast"
    demo.faults(events="up")
    assert browser.heartbeat(run_id, window(0)).status_code == 204
    assert browser.progress("fractions")["activeMs"] == 15_000


def test_while_the_roster_is_down_the_sdk_knows_nobody(demo: RunningDemo) -> None:
    browser = demo.browser("ada")
    run_id = browser.start("fractions")
    demo.faults(roster="down")
    response = browser.heartbeat(run_id, window(0))
    assert response.status_code == 404
    assert response.json()["error"]["code"] == "USER_RESOLUTION_FAILED"
    demo.faults(roster="up")
    assert browser.heartbeat(run_id, window(0)).status_code == 204


def test_the_whole_diagram(demo: RunningDemo) -> None:
    """Two sessions on two days and the completion by the server, tied together by the run."""
    monday = demo.browser("ada")
    run_id = monday.start("fractions")
    for start in (0, 15, 30):
        assert monday.heartbeat(run_id, window(start, day=23)).status_code == 204
    monday.answer("fractions", run_id, 1)

    wednesday = demo.browser("ada")
    assert wednesday.progress("fractions")["runId"] == run_id
    for start in (0, 15):
        assert wednesday.heartbeat(run_id, window(start, 10_000, 5_000, day=25)).status_code == 204
    total = len(FRACTIONS_ANSWERS)
    for number in range(2, total + 1):
        wednesday.answer("fractions", run_id, number)
    wednesday.wait_until_recorded("fractions")

    shown = wednesday.journal(run_id)
    assert {event["session"] for event in shown["events"]} == {f"urn:uuid:{run_id}"}
    assert len({event["object"]["id"] for event in shown["events"]}) == 1
    kinds = [event["type"] for event in shown["events"]]
    assert kinds == ["TimeSpentEvent"] * 5 + ["ActivityEvent"]
    assert [each["activeMs"] for each in shown["sessions"]] == [45_000, 20_000]
    assert shown["activeMs"] == 65_000
    assert shown["completion"]["metrics"] == {
        "totalQuestions": total,
        "correctQuestions": total,
        "xpEarned": 10 * total,
    }

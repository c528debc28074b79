import uuid

from tests.server.running import FRACTIONS_ANSWERS, RunningDemo, window


def test_the_journal_tells_sessions_from_windows(demo: RunningDemo) -> None:
    browser = demo.browser("ada")
    run_id = browser.start("fractions")
    # Out of order, as after a time without a connection.
    for start in (15, 0, 600):
        assert browser.heartbeat(run_id, window(start, 12_345, 2_655)).status_code == 204
    shown = browser.journal(run_id)
    assert shown["runId"] == run_id
    assert (shown["lesson"], shown["attempt"], shown["source"]) == ("fractions", 1, "platform")
    first, second = shown["sessions"]
    assert first["startedAt"] == "2026-11-22T10:00:00.000Z"
    assert first["endedAt"] == "2026-11-22T10:00:30.000Z"
    assert (first["activeMs"], first["inactiveMs"]) == (24_690, 5_310)
    assert [each["startedAt"] for each in first["windows"]] == [
        "2026-11-22T10:00:00.000Z",
        "2026-11-22T10:00:15.000Z",
    ]
    assert second["startedAt"] == "2026-11-22T10:10:00.000Z"
    assert (shown["activeMs"], shown["inactiveMs"]) == (37_035, 7_965)
    assert shown["completion"] is None
    arrived = [event["eventTime"][11:19] for event in shown["events"]]
    assert arrived == ["10:00:30", "10:00:15", "10:10:15"]


def test_the_list_has_the_newest_run_first_and_no_events(demo: RunningDemo) -> None:
    browser = demo.browser("ada")
    assert browser.get("/api/journal").json() == []
    first = browser.complete("fractions")
    browser.wait_until_recorded("fractions")
    second = browser.start("reading-clocks")
    runs = browser.get("/api/journal").json()
    assert [run["runId"] for run in runs] == [second, first]
    assert all("events" not in run for run in runs)
    assert runs[1]["completion"]["metrics"]["xpEarned"] == 10 * len(FRACTIONS_ANSWERS)
    assert runs[1]["completion"]["recordedAt"].endswith("Z")
    assert runs[0]["sessions"] == []


def test_learners_see_their_own_runs_only(demo: RunningDemo) -> None:
    run_id = demo.browser("ada").start("fractions")
    demo.browser("ada").heartbeat(run_id, window(0))
    grace = demo.browser("grace")
    assert grace.get("/api/journal").json() == []
    response = grace.get("/api/journal", run_id=run_id)
    assert response.status_code == 404
    assert response.json()["error"]["code"] == "UNKNOWN_RUN"
    assert grace.get("/api/journal", run_id="nonsense").status_code == 404


def test_a_run_that_was_never_saved_is_shown_by_its_events(demo: RunningDemo) -> None:
    browser = demo.browser("ada")
    run_id = str(uuid.uuid4())
    browser.heartbeat(run_id, window(0), id="free play/1")
    shown = browser.journal(run_id)
    assert (shown["lesson"], shown["attempt"]) == ("free play/1", None)
    assert [run["runId"] for run in browser.get("/api/journal").json()] == [run_id]

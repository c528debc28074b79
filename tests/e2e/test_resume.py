"""The guide's promise: one run across sessions, machines and days, completed by the server."""

from __future__ import annotations

import time
import uuid

import pytest

from tests.support.books import assert_balanced, sessions
from tests.support.chromium import launch_chromium

pytestmark = pytest.mark.browser


@pytest.fixture
def other_machine(tmp_path):
    with launch_chromium(tmp_path / "other-profile") as chromium:
        yield chromium


def answer_everything(demo, learner, lesson, run_id):
    """Answer all questions, rightly or not; the last answer completes the lesson."""
    with demo.api(learner) as client:
        for question in client.get(f"/api/lessons/{lesson}").json()["questions"]:
            body = {"runId": run_id, "question": question["id"], "choice": 0}
            reply = client.post(f"/api/lessons/{lesson}/answers", json=body)
            reply.raise_for_status()
        return reply.json()["progress"]


def save_run(demo, learner, lesson, run_id):
    with demo.api(learner) as client:
        client.post(f"/api/progress/{lesson}", json={"runId": run_id}).raise_for_status()


def load_run(demo, learner, lesson):
    with demo.api(learner) as client:
        return client.get(f"/api/progress/{lesson}").json()["runId"]


def test_the_diagram_of_the_guide(demo, open_page, other_machine, eventually):
    # Session 1, "Monday": start generates the run, heartbeats, end; the run goes to the database.
    monday = open_page()
    run_id = monday.start()
    save_run(demo, "ada", "fractions", run_id)
    eventually(lambda: len(demo.wire.taken(run_id)) >= 2)
    monday.run("await activity.end()")
    first_ms = monday.run("activity.elapsed_ms")
    assert demo.journal("ada", run_id)["completion"] is None, "end() records no completion"

    # Session 2, "Wednesday", at another machine: the run comes from the database.
    time.sleep(1)
    wednesday = open_page(chromium=other_machine)
    saved = load_run(demo, "ada", "fractions")
    assert saved == run_id
    assert wednesday.start(f"run_id={saved!r}") == run_id
    eventually(lambda: len(demo.wire.taken(run_id)) >= 5)
    wednesday.run("await activity.end()")
    second_ms = wednesday.run("activity.elapsed_ms")

    # Server: the last answer makes it record the completion.
    answer_everything(demo, "ada", "fractions", run_id)
    eventually(lambda: demo.journal("ada", run_id)["completion"])

    journal = demo.journal("ada", run_id)
    assert {event["session"] for event in journal["events"]} == {f"urn:uuid:{run_id}"}
    kinds = [event["type"] for event in journal["events"]]
    assert kinds.count("ActivityEvent") == 1
    assert kinds[-1] == "ActivityEvent", "the completion comes last"
    assert set(kinds[:-1]) == {"TimeSpentEvent"}
    assert len({event["object"]["id"] for event in journal["events"]}) == 1, "one activity"
    # Not by id: the SDK writes the cloud's address into a heartbeat's actor, whatever it talks to.
    assert {event["actor"]["email"] for event in journal["events"]} == {"ada@example.com"}
    assert [session["activeMs"] for session in journal["sessions"]] == [first_ms, second_ms]
    assert_balanced(demo.wire.taken(run_id))
    assert len(sessions(demo.wire.taken(run_id))) == 2


def test_a_fresh_attempt_has_a_fresh_run(demo, open_page, eventually):
    page = open_page()
    first = page.start()
    save_run(demo, "ada", "fractions", first)
    page.run("await activity.end()")
    answer_everything(demo, "ada", "fractions", first)
    with demo.api("ada") as client:
        client.post("/api/lessons/fractions/attempts").raise_for_status()
    assert load_run(demo, "ada", "fractions") is None
    second = page.run("activity = start(timeback, run_id=None)\nactivity.run_id")
    assert second != first
    assert uuid.UUID(second).version == 4
    page.run("await activity.end()")
    eventually(lambda: demo.journal("ada", first)["completion"])
    assert demo.journal("ada", first)["runId"] == first
    save_run(demo, "ada", "fractions", second)
    assert demo.journal("ada", second)["completion"] is None


def test_two_learners_are_kept_apart(demo, open_page, other_machine, eventually):
    ada = open_page("ada")
    grace = open_page("grace", other_machine)
    runs = {"ada": ada.start(), "grace": grace.start()}
    for learner, run_id in runs.items():
        save_run(demo, learner, "fractions", run_id)
    eventually(lambda: all(len(demo.wire.taken(run_id)) >= 2 for run_id in runs.values()))
    for learner, run_id in runs.items():
        actors = {event["actor"]["email"] for event in demo.journal(learner, run_id)["events"]}
        assert actors == {f"{learner}@example.com"}
    with demo.api("grace") as client:
        assert client.get("/api/journal", params={"run_id": runs["ada"]}).status_code == 404


def test_leftovers_of_one_learner_are_never_sent_as_another(demo, open_page, eventually):
    ada = open_page("ada")
    ada.tab.context.set_offline(True)  # before the first beat, which comes by chance
    run_id = ada.start()
    save_run(demo, "ada", "fractions", run_id)
    time.sleep(2.5)
    spare = ada.tab.context.new_page()
    ada.tab.close()
    spare.context.set_offline(False)
    assert not demo.wire.of(run_id), "nothing can have arrived"

    grace = open_page("grace")
    grace.start('name="Another lesson"', client='learner="grace"')
    time.sleep(2)
    assert not demo.wire.of(run_id), "Grace must not pay in Ada's time"
    grace.run("await activity.end()")

    again = open_page("ada")
    again.start(f"run_id={run_id!r}")
    eventually(lambda: len(demo.wire.taken(run_id)) >= 3)
    assert_balanced(demo.wire.taken(run_id))


def test_the_server_managed_lesson_gets_its_time_from_the_server(demo, open_page, eventually):
    page = open_page()
    run_id = page.start('id="reading-clocks", name="Reading clocks", time=False')
    save_run(demo, "ada", "reading-clocks", run_id)
    with demo.api("ada") as client:
        opened = client.post("/api/lessons/reading-clocks/sessions").json()["sessionId"]
        time.sleep(1.2)
        answer_everything(demo, "ada", "reading-clocks", run_id)
        client.post(f"/api/lessons/reading-clocks/sessions/{opened}/close")
    page.run("await activity.end()")

    def recorded():
        journal = demo.journal("ada", run_id)
        return journal["completion"] and len(journal["events"]) == 2

    eventually(recorded)
    assert not demo.wire.heartbeats, "the page sends no time"
    time.sleep(1)
    events = demo.journal("ada", run_id)["events"]
    assert [event["type"] for event in events].count("TimeSpentEvent") == 1
    assert [event["type"] for event in events].count("ActivityEvent") == 1
    assert demo.journal("ada", run_id)["activeMs"] >= 1000

"""The demo's page without PyScript: `loadPyodide()` and `timeback_web`, nothing else."""

from __future__ import annotations

import time

import pytest

from tests.support.books import active_ms, assert_balanced, assert_session, sessions

pytestmark = pytest.mark.browser

BOOT_TIMEOUT_MS = 90_000


class PlainPage:
    """The page in a tab, in the learner's words."""

    def __init__(self, tab, url):
        self.tab = tab
        self.problems = []
        self.scripts = []
        self._url = url
        tab.on("pageerror", lambda error: self.problems.append(str(error)))
        tab.on("request", lambda request: self.scripts.append(request.url))

    def open(self, state="ready"):
        self.tab.goto(f"{self._url}/plain/fractions")
        self.wait_for(state)

    def wait_for(self, state):
        self.tab.wait_for_selector(f"main[data-state={state}]", timeout=BOOT_TIMEOUT_MS)

    @property
    def run_id(self):
        return self.tab.locator("main").get_attribute("data-run-id")

    def part(self, name):
        return self.tab.get_by_test_id(name)


@pytest.fixture
def plain(browser, demo):
    opened = []

    def open_(learner="ada", state="ready"):
        demo.sign_in(browser.context, learner)
        page = PlainPage(browser.context.new_page(), demo.url)
        opened.append(page)
        page.open(state)
        return page

    yield open_
    problems = [problem for page in opened for problem in page.problems]
    assert not problems, problems


def saved_run(demo):
    with demo.api("ada") as client:
        return client.get("/api/progress/fractions").json()["runId"]


def test_a_lesson_is_started_left_and_resumed(demo, plain, eventually):
    page = plain()
    run_id = page.run_id
    assert saved_run(demo) == run_id, "saved at once"
    assert not [url for url in page.scripts if "pyscript" in url]
    time.sleep(1.2)
    page.part("leave").click()
    page.wait_for("left")
    assert "in this session" in page.part("left-time").inner_text()
    demo.wire.await_last(run_id)
    first_ms = active_ms(demo.wire.taken(run_id))
    assert first_ms >= 1000
    assert demo.journal("ada", run_id)["completion"] is None

    time.sleep(0.5)
    page.part("resume").click()
    page.wait_for("ready")
    assert page.run_id == run_id
    time.sleep(1.2)
    page.tab.context.new_page()
    page.tab.close()
    eventually(lambda: active_ms(demo.wire.taken(run_id)) >= first_ms + 1000)
    assert_balanced(demo.wire.taken(run_id))
    assert len(sessions(demo.wire.taken(run_id))) == 2

    again = plain()
    assert again.run_id == run_id
    again.part("leave").click()
    again.wait_for("left")
    events = demo.journal("ada", run_id)["events"]
    assert {event["session"] for event in events} == {f"urn:uuid:{run_id}"}


def test_the_break_of_a_learner_is_paused_time(demo, plain):
    page = plain()
    page.part("pause").click()
    time.sleep(1.5)
    assert page.part("pause").inner_text() == "Resume"
    page.part("pause").click()
    page.part("leave").click()
    page.wait_for("left")
    demo.wire.await_last(page.run_id)
    beats = demo.wire.taken(page.run_id)
    assert_session(beats)
    assert sum(beat["pausedMs"] for beat in beats) >= 1400


def test_it_goes_on_with_the_run_of_another_page(demo, plain):
    with demo.api("ada") as client:
        run_id = "6f1c2a34-0b5d-4e6f-8a7b-9c0d1e2f3a4b"
        client.post("/api/progress/fractions", json={"runId": run_id}).raise_for_status()
    assert plain().run_id == run_id


def test_a_completed_lesson_is_not_counted_again(demo, plain):
    with demo.api("ada") as client:
        run_id = "6f1c2a34-0b5d-4e6f-8a7b-9c0d1e2f3a4b"
        client.post("/api/progress/fractions", json={"runId": run_id}).raise_for_status()
        for question in client.get("/api/lessons/fractions").json()["questions"]:
            body = {"runId": run_id, "question": question["id"], "choice": 0}
            client.post("/api/lessons/fractions/answers", json=body).raise_for_status()
    page = plain(state="done")
    time.sleep(1)
    page.tab.close()
    assert not demo.wire.heartbeats


def test_without_a_sign_in_it_says_so(browser, demo):
    page = PlainPage(browser.context.new_page(), demo.url)
    page.open("error")
    assert "Please sign in first" in page.tab.locator("main").inner_text()
    assert not demo.wire.heartbeats

"""The demo's lesson in a worker: the same lesson, the same attempt, and blocking HTTP."""

from __future__ import annotations

import time

import pytest

from tests.e2e.test_lesson_page import LessonPage
from tests.support.books import active_ms, assert_balanced, assert_session

pytestmark = pytest.mark.browser


class WorkerLessonPage(LessonPage):
    """The page whose Python is in a worker."""

    def open(self, lesson: str = "fractions") -> None:
        self.tab.goto(f"{self._url}/worker/{lesson}")
        self.wait_for("ready", "done")


@pytest.fixture
def open_lesson(browser, demo):
    opened: list[LessonPage] = []

    def open_(kind=WorkerLessonPage, learner: str = "ada") -> LessonPage:
        demo.sign_in(browser.context, learner)
        page = kind(browser.context.new_page(), demo.url)
        opened.append(page)
        page.open()
        return page

    yield open_
    problems = [problem for page in opened for problem in page.problems]
    assert not problems, problems


def progress(demo):
    with demo.api("ada") as client:
        return client.get("/api/progress/fractions").json()


def test_a_run_is_saved_and_answered_with_blocking_requests(demo, open_lesson, eventually):
    page = open_lesson()
    assert progress(demo)["runId"] == page.run_id
    time.sleep(1.2)
    page.answer_all()
    page.wait_for("done")
    eventually(lambda: demo.journal("ada", page.run_id)["completion"])
    assert progress(demo)["completed"]
    assert_session(demo.wire.taken(page.run_id))
    assert demo.journal("ada", page.run_id)["activeMs"] == active_ms(demo.wire.taken(page.run_id))


def test_begun_on_the_page_and_gone_on_with_in_a_worker(demo, open_lesson, eventually):
    first = open_lesson(LessonPage)
    run_id = first.run_id
    first.answer()
    first.tab.close()
    page = open_lesson()
    assert page.run_id == run_id
    assert page.part("question").get_attribute("data-question") == "q2"
    time.sleep(1)
    page.tab.close()
    eventually(lambda: len(demo.wire.taken(run_id)) >= 2)
    again = open_lesson(LessonPage)
    assert again.run_id == run_id
    assert_balanced(demo.wire.taken(run_id))


def test_leave_resume_and_a_pause(demo, open_lesson):
    page = open_lesson()
    run_id = page.run_id
    page.part("pause").click()
    page.tab.wait_for_selector("main[data-paused]")
    time.sleep(1.2)
    page.part("pause").click()
    page.tab.wait_for_selector("main:not([data-paused])")
    page.part("leave").click()
    page.wait_for("left")
    demo.wire.await_last(run_id)
    assert sum(beat["pausedMs"] for beat in demo.wire.taken(run_id)) >= 1_000
    page.part("resume").click()
    page.wait_for("ready")
    assert page.run_id == run_id


def test_a_lesson_of_which_the_server_keeps_the_time_is_not_for_a_worker(demo, browser):
    demo.sign_in(browser.context, "ada")
    page = WorkerLessonPage(browser.context.new_page(), demo.url)
    page.tab.goto(f"{demo.url}/worker/reading-clocks")
    page.wait_for("error")
    assert "The server keeps its time" in page.tab.locator("main").inner_text()
    assert not demo.wire.heartbeats


def test_nobody_is_signed_in(demo, browser):
    page = WorkerLessonPage(browser.context.new_page(), demo.url)
    page.tab.goto(f"{demo.url}/worker/fractions")
    page.wait_for("error")
    time.sleep(5)  # Python comes later, and has nothing better to say
    assert "Please sign in first" in page.tab.locator("main").inner_text()


def test_only_that_page_is_isolated(demo):
    with demo.api("ada") as client:
        worker = client.get("/worker/fractions").headers
        assert worker["cross-origin-opener-policy"] == "same-origin"
        assert worker["cross-origin-embedder-policy"] == "require-corp"
        assert "cross-origin-embedder-policy" not in client.get("/lesson/fractions").headers

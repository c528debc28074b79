"""The demo as a learner uses it: its real pages, by mouse and by keyboard."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest

from tests.support.books import assert_balanced, assert_session, sessions

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

BOOT_TIMEOUT_MS = 90_000


class LessonPage:
    """The lesson page in a tab, in the learner's words."""

    def __init__(self, tab: Page, url: str) -> None:
        self.tab = tab
        self.problems: list[str] = []
        self._url = url
        tab.on("pageerror", lambda error: self.problems.append(str(error)))

    def open(self, lesson: str = "fractions") -> None:
        self.tab.goto(f"{self._url}/lesson/{lesson}")
        self.wait_for("ready", "done")

    def wait_for(self, *states: str) -> None:
        anyone = ", ".join(f"main[data-state={state}]" for state in states)
        self.tab.wait_for_selector(anyone, timeout=BOOT_TIMEOUT_MS)

    @property
    def run_id(self) -> str:
        return str(self.tab.locator("main").get_attribute("data-run-id"))

    def part(self, name: str):
        return self.tab.get_by_test_id(name)

    def answer(self, choice: int = 0) -> None:
        """Answer the question that is shown, and go on."""
        self.part("choices").get_by_role("radio").nth(choice).check()
        self.part("submit").click()
        self.part("next").click()
        self.tab.wait_for_selector("#submit:visible, main[data-state=done]")

    @property
    def total(self) -> int:
        """How many questions the lesson has."""
        return self.part("steps").get_by_role("listitem").count()

    def answer_all_but_the_last(self) -> None:
        for _ in range(self.total - 1):
            self.answer()

    def answer_all(self) -> None:
        while self.tab.locator("main").get_attribute("data-state") == "ready":
            self.answer()


@pytest.fixture
def open_lesson(browser, demo):
    opened: list[LessonPage] = []

    def open_(lesson: str = "fractions", learner: str = "ada") -> LessonPage:
        demo.sign_in(browser.context, learner)
        page = LessonPage(browser.context.new_page(), demo.url)
        opened.append(page)
        page.open(lesson)
        return page

    yield open_
    problems = [problem for page in opened for problem in page.problems]
    assert not problems, problems


def test_from_sign_in_to_a_recorded_lesson(browser, demo, eventually):
    page = LessonPage(browser.context.new_page(), demo.url)
    page.tab.goto(demo.url)
    page.tab.get_by_role("button", name=re.compile("Ada")).click()
    page.tab.get_by_role("link", name="Start: Fractions").click()
    page.wait_for("ready")
    run_id = page.run_id

    # The run is saved at once, before anything is answered.
    with demo.api("ada") as client:
        eventually(lambda: client.get("/api/progress/fractions").json()["runId"] == run_id)

    # Two answers, then leave.
    page.answer()
    page.answer()
    time.sleep(1)
    page.part("leave").click()
    page.wait_for("left")
    assert "question 3" in page.tab.locator("main").inner_text()
    demo.wire.await_last(run_id)
    assert demo.journal("ada", run_id)["completion"] is None

    # Resume: the same run, at the question where the learner left.
    page.part("resume").click()
    page.wait_for("ready")
    assert page.run_id == run_id
    assert f"Question 3 of {page.total}" in page.part("question").inner_text()
    assert "You worked" in page.part("sessions").inner_text()

    # Finish: the server records it, once.
    total = page.total
    page.answer_all()
    eventually(lambda: "Your result is recorded" in page.part("result").inner_text())
    journal = demo.journal("ada", run_id)
    assert [event["type"] for event in journal["events"]].count("ActivityEvent") == 1
    assert {event["session"] for event in journal["events"]} == {f"urn:uuid:{run_id}"}
    assert len(journal["sessions"]) == 2
    assert journal["completion"]["metrics"]["totalQuestions"] == total
    assert_balanced(demo.wire.taken(run_id))

    # Try again: a fresh run.
    page.part("try-again").click()
    page.wait_for("ready")
    assert page.run_id != run_id
    assert f"Question 1 of {page.total}" in page.part("question").inner_text()
    page.tab.close()
    assert not page.problems


def test_close_the_tab_and_come_back(demo, open_lesson):
    page = open_lesson()
    run_id = page.run_id
    page.answer()
    time.sleep(1)
    page.tab.context.new_page()
    page.tab.close()
    demo.wire.await_last(run_id)
    again = open_lesson()
    assert again.run_id == run_id
    assert f"Question 2 of {again.total}" in again.part("question").inner_text()
    assert "You worked" in again.part("sessions").inner_text()
    again.part("leave").click()
    again.wait_for("left")
    assert len(sessions(demo.wire.taken(run_id))) == 2


def test_the_default_heartbeat_is_fifteen_seconds(demo, open_lesson, eventually):
    page = open_lesson()
    eventually(lambda: len(demo.wire.taken(page.run_id)) == 2, within_s=60)
    first, second = demo.wire.taken(page.run_id)
    assert 0 < first["elapsedMs"] <= 20_000  # by chance
    assert 15_000 <= second["elapsedMs"] <= 20_000
    assert (first["pausedMs"], second["pausedMs"]) == (0, 0)


def test_the_clock_stands_still_while_paused(demo, open_lesson):
    page = open_lesson()
    time.sleep(1.5)
    page.part("pause").click()
    assert page.tab.get_by_text("paused", exact=True).is_visible()
    clock = page.part("clock").inner_text()
    time.sleep(2.5)
    assert page.part("clock").inner_text() == clock
    page.part("pause").click()
    page.part("leave").click()
    page.wait_for("left")
    beats = demo.wire.taken(page.run_id)
    assert_session(beats)
    assert sum(beat["pausedMs"] for beat in beats) >= 2400


def test_a_double_click_on_the_last_answer_completes_once(demo, open_lesson, eventually):
    page = open_lesson()
    run_id = page.run_id
    page.answer_all_but_the_last()
    page.part("choices").get_by_role("radio").first.check()
    page.part("submit").dblclick()
    eventually(lambda: demo.journal("ada", run_id)["completion"])
    time.sleep(1)
    kinds = [event["type"] for event in demo.journal("ada", run_id)["events"]]
    assert kinds.count("ActivityEvent") == 1


def test_two_tabs_answer_the_last_question_at_once(demo, open_lesson, eventually):
    first = open_lesson()
    run_id = first.run_id
    first.answer_all_but_the_last()
    second = open_lesson()
    assert second.run_id == run_id
    for page in (first, second):
        page.tab.bring_to_front()
        page.part("choices").get_by_role("radio").first.check()
    for page in (first, second):
        page.part("question").evaluate("form => form.requestSubmit()")
    eventually(lambda: demo.journal("ada", run_id)["completion"])
    time.sleep(1)
    kinds = [event["type"] for event in demo.journal("ada", run_id)["events"]]
    assert kinds.count("ActivityEvent") == 1


def test_an_answer_that_can_not_be_sent_can_be_sent_again(open_lesson):
    page = open_lesson()
    page.part("choices").get_by_role("radio").first.check()
    page.tab.context.set_offline(True)
    page.part("submit").click()
    page.tab.get_by_text(
        re.compile("could not be sent|can.t be sent|not sent|Retry")
    ).first.wait_for()
    page.tab.context.set_offline(False)
    page.part("submit").click()
    page.part("next").wait_for()


def test_the_lesson_works_by_keyboard(open_lesson):
    page = open_lesson()
    page.part("choices").get_by_role("radio").first.focus()
    page.tab.keyboard.press("ArrowDown")
    page.tab.keyboard.press("Enter")
    page.part("next").wait_for()
    page.tab.keyboard.press("Enter")
    page.tab.get_by_text(f"Question 2 of {page.total}").wait_for()


def test_the_server_times_the_other_lesson(demo, open_lesson, eventually):
    page = open_lesson("reading-clocks")
    run_id = page.run_id
    time.sleep(1.2)
    page.answer_all()
    eventually(lambda: demo.journal("ada", run_id)["completion"])
    eventually(lambda: len(demo.journal("ada", run_id)["events"]) == 2)
    assert demo.journal("ada", run_id)["activeMs"] >= 1000
    assert not demo.wire.heartbeats


def test_the_journal_shows_the_sessions(browser, demo, open_lesson):
    page = open_lesson()
    time.sleep(1)
    page.part("leave").click()
    page.wait_for("left")
    demo.wire.await_last(page.run_id)
    journal = browser.context.new_page()
    journal.goto(f"{demo.url}/journal")
    run = journal.get_by_test_id("run")
    run.wait_for()
    assert run.get_attribute("data-run-id") == page.run_id
    assert "Working now" in run.inner_text()
    run.get_by_text("Sessions and windows as a table").click()
    assert run.get_by_role("table").is_visible()


def test_a_lesson_without_sign_in_or_that_does_not_exist(browser, demo):
    tab = browser.context.new_page()
    tab.goto(f"{demo.url}/lesson/fractions")
    tab.get_by_text("Please sign in first").wait_for()
    demo.sign_in(browser.context, "ada")
    tab.goto(f"{demo.url}/lesson/no-such-lesson")
    tab.get_by_text("There is no such lesson").wait_for()

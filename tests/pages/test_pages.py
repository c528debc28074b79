"""Every page in every state: no serious barrier, nothing cut off, and it looks as it did.

A state is reached once, and then looked at for all of that. `make screenshots` renews the pictures.
"""

from __future__ import annotations

import pytest

from tests.e2e.lesson_in_framework import FRAMEWORKS

pytestmark = pytest.mark.browser


def test_the_pictures_are_of_this_rendering(pictures):
    if not pictures.comparable:
        pytest.skip(
            f"the pictures are of Chromium {pictures.known.chromium} and its fonts, here is "
            f"{pictures.rendering.chromium} with its own: pages are tested, but not compared. "
            "`make screenshots` takes them anew"
        )
    assert pictures.known == pictures.rendering


def test_home(visit):
    nobody = visit("/")
    nobody.wait_for("main[data-state=signed-out]")
    nobody.look_at("home-signed-out", shift=True)
    ada = visit("/", learner="ada")
    ada.wait_for("main[data-state=signed-in]")
    ada.look_at("home-signed-in", shift=True)


def test_journal_of_nobody(visit):
    page = visit("/journal")
    page.wait_for("main[data-state=signed-out] #teachers button")
    page.look_at("journal-signed-out", shift=True)


def test_journal_of_a_learner(visit):
    alan = visit("/journal", learner="alan")
    alan.wait_for("main[data-state=empty]")
    alan.look_at("journal-empty", shift=True)
    ada = visit("/journal", learner="ada")
    ada.wait_for("main[data-state=filled] #status[data-live=on]")
    ada.look_at("journal-learner", shift=True)
    ada.tab.locator("[data-fold=table] summary").first.click()
    ada.tab.locator("[data-fold=events] summary").first.click()
    ada.wait_for(".events pre")
    ada.look_at("journal-learner-unfolded")


def test_journal_of_a_class(visit):
    page = visit("/journal", teacher="somerville")
    page.wait_for("main[data-state=filled] #status[data-live=on]")
    page.wait_for("[data-standing=working]")
    page.look_at("journal-class", shift=True)


def test_journal_without_a_server(visit):
    page = visit("/", teacher="somerville")
    page.tab.route("**/api/class/journal/stream", lambda route: route.abort())
    page.go("/journal")
    page.wait_for("main[data-state=error]")
    page.look_at("journal-unreachable")


def test_lesson(visit):
    lesson = visit("/", learner="grace")
    held = []

    def hold(route):
        held.append(route)

    lesson.tab.route("**/pyodide.asm.wasm", hold)
    lesson.go("/lesson/fractions")
    lesson.wait_for("main[data-state=booting] [data-step=now]")
    while not held:
        lesson.tab.wait_for_timeout(50)
    lesson.look_at("lesson-booting")
    held.pop().continue_()
    lesson.wait_for("main[data-state=ready]")
    lesson.look_at("lesson-question")
    lesson.tab.get_by_test_id("choices").get_by_role("radio").first.check()
    lesson.tab.get_by_test_id("submit").click()
    lesson.wait_for("#next:visible")
    lesson.look_at("lesson-answered")
    lesson.tab.get_by_test_id("pause").click()
    lesson.wait_for("[data-paused] #uncounted:not(:empty)")
    lesson.look_at("lesson-paused")
    lesson.tab.get_by_test_id("leave").click()
    lesson.wait_for("main[data-state=left]")
    lesson.look_at("lesson-left")
    lesson.tab.get_by_test_id("resume").click()
    lesson.wait_for("main[data-state=ready]")
    lesson.look_at("lesson-resumed")
    lesson.tab.get_by_text("What happened").click()
    lesson.look_at("lesson-what-happened", picture=False)


def test_completed_lesson(visit, school):
    with school.server.api("katherine") as katherine:
        school.complete(katherine, "fractions", school.start(katherine, "fractions"))
    lesson = visit("/lesson/fractions", learner="katherine")
    lesson.wait_for("main[data-state=done]")
    lesson.wait_for("[data-recording=recorded]")
    lesson.look_at("lesson-completed")


def test_lesson_that_is_not_there(visit):
    lesson = visit("/lesson/no-such-lesson", learner="alan")
    lesson.wait_for("main[data-state=error]")
    lesson.look_at("lesson-unknown")


@pytest.mark.parametrize("page", ["plain", "worker"])
def test_other_kinds_of_lesson(visit, page):
    lesson = visit(f"/{page}/fractions", learner="alan")
    lesson.wait_for("main[data-state=ready]")
    lesson.look_at(page)


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_frameworks(visit, framework):
    page = visit(f"/frameworks/{framework}.html", learner="alan")
    page.wait_for("main[data-state=ready]")
    page.wait_for("#python:text('keeps the time')")
    page.wait_for("#run:text-matches('^[0-9a-f-]{36}$')")
    page.look_at(f"framework-{framework}")

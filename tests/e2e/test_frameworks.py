"""The guide's four components, as they stand there: what the server received of them."""

from __future__ import annotations

import os
import signal
import time

import pytest

from tests.e2e.lesson_in_framework import FRAMEWORKS, LessonInFramework
from tests.support.books import active_ms, assert_session, paused_ms, sessions
from tests.support.processes import renderer_of

pytestmark = pytest.mark.browser

each_framework = pytest.mark.parametrize("framework", FRAMEWORKS)


@pytest.fixture
def open_lesson(browser, demo):
    opened = []

    def open_(framework):
        demo.sign_in(browser.context, "ada")
        page = LessonInFramework(browser.context.new_page(), demo.url, framework)
        opened.append(page)
        return page

    yield open_
    problems = [problem for page in opened for problem in page.problems]
    assert not problems, problems


def saved_run(demo):
    with demo.api("ada") as client:
        return client.get("/api/progress/fractions").json()["runId"]


@each_framework
def test_mounted_after_python_is_ready(demo, open_lesson, framework):
    page = open_lesson(framework)
    page.load(opened=False)
    page.await_python()
    run_id = page.open()
    page.rest(1)
    page.toggle()
    demo.wire.await_last(run_id)
    beats = demo.wire.taken(run_id)
    assert_session(beats)
    assert 950 <= active_ms(beats) <= 2_500
    assert {one.body["runId"] for one in demo.wire.heartbeats} == {run_id}
    assert saved_run(demo) == run_id


@each_framework
def test_mounted_before_python_is_ready(demo, open_lesson, framework):
    page = open_lesson(framework)
    page.hold_python()
    run_id = page.load_saved()
    page.rest(1.5)
    page.release_python()
    assert not demo.wire.of(run_id)
    page.rest(0.5)
    page.toggle()
    demo.wire.await_last(run_id)
    beats = demo.wire.taken(run_id)
    assert_session(beats)
    assert len(sessions(beats)) == 1
    assert active_ms(beats) >= 1_950
    assert paused_ms(beats) == 0


@each_framework
@pytest.mark.parametrize("python", ["there", "on its way"])
def test_unmounted_before_its_progress_has_come(demo, open_lesson, framework, python):
    page = open_lesson(framework)
    if python == "on its way":
        page.hold_python()
    page.load(opened=False)
    if python == "there":
        page.await_python()
    page.hold_progress()
    page.toggle()
    page.rest(0.3)
    page.toggle()
    page.rest(0.3)
    with page.tab.expect_response(lambda answer: answer.request.method == "POST"):
        page.release_progress()
    if python == "on its way":
        page.release_python()
    page.rest(1)
    held = page.evaluate("navigator.locks.query().then(({held}) => held.map(({name}) => name))")
    assert held == []
    page.leave_to("/e2e/elsewhere.html")
    time.sleep(0.5)
    assert demo.wire.heartbeats == []


@each_framework
def test_mounted_again_it_resumes_the_run(demo, open_lesson, eventually, framework):
    page = open_lesson(framework)
    run_id = page.load_saved()
    page.await_python()
    page.rest(0.5)
    page.toggle()
    eventually(lambda: demo.wire.taken(run_id))
    page.rest(0.5)
    page.reopen()
    page.rest(0.8)
    page.toggle()
    eventually(lambda: len(demo.wire.taken(run_id)) >= 2)
    assert {beat.body["runId"] for beat in demo.wire.heartbeats} == {run_id}
    first, second = sessions(demo.wire.taken(run_id))
    assert_session(first)
    assert_session(second)
    assert active_ms(second) >= 700


def test_started_in_react_and_resumed_in_svelte(demo, open_lesson, eventually):
    first = open_lesson("react")
    run_id = first.load_saved()
    first.rest(0.8)
    first.leave_to("/e2e/elsewhere.html")
    eventually(lambda: demo.wire.taken(run_id))
    second = open_lesson("svelte")
    second.load()
    second.await_python()
    second.rest(0.8)
    second.toggle()
    eventually(lambda: len(demo.wire.taken(run_id)) >= 2)
    beats = demo.wire.taken(run_id)
    assert len(sessions(beats)) == 2
    journal = demo.journal("ada", run_id)
    assert journal["activeMs"] == active_ms(beats)
    assert journal["lesson"] == "fractions"


# ── Every way to leave, through one framework ────────────────────────────────────────────────────


@pytest.fixture(params=["there", "on its way"])
def in_react(request, open_lesson):
    """The component in React, open, with or without Python behind it."""
    page = open_lesson("react")
    page.hold_python()
    page.run_id = page.load_saved()
    if request.param == "there":
        page.release_python()
    return page


@pytest.mark.parametrize("way", ["close", "navigate", "hide, then close", "hide and show"])
def test_every_way_to_leave(browser, demo, in_react, eventually, way):
    page, run_id = in_react, in_react.run_id
    loaded_s = time.monotonic() - page.evaluate("performance.now()") / 1000
    page.rest(1.2)
    if way.startswith("hide"):
        browser.context.new_page().bring_to_front()
        eventually(lambda: demo.wire.taken(run_id))
        time.sleep(0.8)
    if way == "hide and show":
        page.tab.bring_to_front()
        page.rest(0.5)
        page.toggle()
    elif way == "navigate":
        page.leave_to("/e2e/elsewhere.html")
    else:
        page.tab.close()
    least_ms = 1_650 if way == "hide and show" else 1_150
    eventually(lambda: active_ms(demo.wire.taken(run_id)) >= least_ms)
    if way.startswith("hide"):
        eventually(lambda: paused_ms(demo.wire.taken(run_id)) >= 700)
    time.sleep(0.5)
    beats = demo.wire.taken(run_id)
    assert len(demo.wire.of(run_id)) == len(beats)
    assert_session(beats)
    assert active_ms(beats) <= (time.monotonic() - loaded_s) * 1000
    assert way.startswith("hide") or paused_ms(beats) < 100
    assert demo.journal("ada", run_id)["activeMs"] == active_ms(beats)


def test_a_crash_loses_less_than_a_second(browser, demo, open_lesson):
    page = open_lesson("react")
    run_id = page.load_saved()
    page.await_python()
    victim = renderer_of(browser, page)
    page.rest(4)
    killed_ms = time.time() * 1000
    began_ms = page.evaluate("performance.timeOrigin")
    os.kill(victim, signal.SIGKILL)
    demo.wire.await_last(run_id)
    beats = demo.wire.taken(run_id)
    assert len(demo.wire.of(run_id)) == len(beats)
    assert_session(beats)
    assert 4_000 <= active_ms(beats) <= killed_ms - began_ms

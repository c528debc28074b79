"""What `start()` takes, and what it refuses before anything has happened."""

import uuid

import pytest

from tests.unit.helpers import LESSON, Page
from timeback_web import Course, InvalidOptionsError, Timeback, TimeOptions
from timeback_web.testing import FakeBrowser


def refused(**options):
    page = Page()
    before = page.traces
    with pytest.raises(InvalidOptionsError) as caught:
        page.timeback.activity.start({**LESSON, **options})
    assert page.traces == before == (0, 0, 0, 0)
    assert page.browser.network.sent == []
    assert page.timeback.activity.current is None
    assert str(caught.value) == f"{caught.value.field}: {caught.value.reason}"
    return caught.value


# ── spellings ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("run_id", ["run_id", "runId"])
@pytest.mark.parametrize("heartbeat", ["heartbeat_ms", "heartbeatMs"])
@pytest.mark.parametrize("as_keywords", [True, False])
def test_both_spellings_as_mapping_or_keywords(run_id, heartbeat, as_keywords):
    options = {**LESSON, run_id: "run-7", "time": {heartbeat: 5_000}}
    page = Page()
    if as_keywords:
        activity = page.timeback.activity.start(**options)
    else:
        activity = page.timeback.activity.start(options)
    assert activity.run_id == "run-7"
    page.browser.advance(5_000)
    assert len(page.heartbeats) == 1


@pytest.mark.parametrize("name", ["on_pause", "onPause"])
def test_callbacks_in_both_spellings(name):
    page, told = Page(), []
    page.start(**{name: lambda: told.append("paused")}).pause()
    assert told == ["paused"]


def test_keywords_and_a_mapping_together_are_refused():
    page = Page()
    with pytest.raises(InvalidOptionsError) as caught:
        page.timeback.activity.start(LESSON, run_id="run-7")
    assert caught.value.field == "options"
    assert page.traces == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"run_id": "a", "runId": "a"}, "run_id"),
        ({"on_error": print, "onError": print}, "on_error"),
    ],
)
def test_an_option_given_in_both_spellings_is_refused(options, field):
    assert refused(**options).field == field


def test_a_nested_option_given_in_both_spellings_is_refused():
    error = refused(time={"heartbeat_ms": 5_000, "heartbeatMs": 6_000})
    assert error.field.startswith("time")


# ── the name of what is wrong ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"id": 5}, "id"),
        ({"name": ""}, "name"),
        ({"id": "  \n"}, "id"),
        ({"id": "x" * 2_001}, "id"),
        ({"run_id": ""}, "run_id"),
        ({"runId": " "}, "runId"),
        ({"run_id": uuid.UUID(int=1)}, "run_id"),
        ({"run_id": 7}, "run_id"),
        ({"run_id": "\ud800"}, "run_id"),
        ({"run_id": b"bytes"}, "run_id"),
        ({"course": "Math"}, "course"),
        ({"course": {"subject": "Math"}}, "course"),
        ({"course": {"grade": 3}}, "course"),
        ({"course": {}}, "course"),
        ({"course": {"code": "MATH-3", "grade": 3}}, "course"),
        ({"course": {"code": "MATH-3", "subject": "Math", "grade": 3}}, "course"),
        ({"course": {"subject": "Math", "grade": "3"}}, "course.grade"),
        ({"course": {"subject": "Math", "grade": 3.0}}, "course.grade"),
        ({"course": {"subject": "Math", "grade": True}}, "course.grade"),
        ({"course": {"subject": 1, "grade": 3}}, "course.subject"),
        ({"course": {"code": ""}}, "course.code"),
        ({"course": {"code": "MATH-3", "level": 1}}, "course.level"),
        ({"time": "false"}, "time"),
        ({"time": 0}, "time"),
        ({"time": {"heartbeat_ms": "15000"}}, "time.heartbeat_ms"),
        ({"time": {"heartbeatMs": 15_000.0}}, "time.heartbeatMs"),
        ({"time": {"interval": 15_000}}, "time.interval"),
        ({"time": {"stall_limit_ms": 60}}, "time.stall_limit_ms"),
        ({"process": "yes"}, "process"),
        ({"process": 1}, "process"),
        ({"on_error": "print"}, "on_error"),
        ({"onPause": 5}, "onPause"),
        ({"on_resume": []}, "on_resume"),
        ({"onFlush": {}}, "onFlush"),
        ({"runID": "x"}, "runID"),
        ({"user": "ada"}, "user"),
    ],
)
def test_the_error_names_the_field_as_the_app_spelled_it(options, field):
    assert refused(**options).field == field


@pytest.mark.parametrize("missing", ["id", "name"])
def test_what_is_required_is_named(missing):
    page = Page()
    options = {name: value for name, value in LESSON.items() if name != missing}
    with pytest.raises(InvalidOptionsError) as caught:
        page.timeback.activity.start(options)
    assert caught.value.field == missing
    assert page.traces == (0, 0, 0, 0)


def test_an_unknown_option_is_called_unknown():
    error = refused(runid="x")
    assert (error.field, error.reason) == ("runid", "there is no such option")


@pytest.mark.parametrize("slip", [15, 30, 99, 600_001, 15_000_000])
def test_a_heartbeat_in_the_wrong_unit_is_refused(slip):
    assert refused(time={"heartbeat_ms": slip}).field == "time.heartbeat_ms"


@pytest.mark.parametrize("given", ["lesson-1", 5, ["id"], object()])
def test_something_that_is_no_mapping_is_refused_in_words_of_the_app(given):
    with pytest.raises(InvalidOptionsError) as caught:
        Page().timeback.activity.start(given)
    assert caught.value.field == "options"


def test_a_mapping_with_keys_that_are_no_names_is_refused():
    with pytest.raises(InvalidOptionsError):
        Page().timeback.activity.start({**LESSON, 5: "x"})


# ── courses ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "course",
    [
        {"subject": "Math", "grade": 3},
        {"subject": "FastMath", "grade": 0},
        {"subject": "None", "grade": 12},
        {"subject": "Sternenkunde", "grade": -1},
        {"code": "MATH-3"},
    ],
)
def test_the_course_goes_out_as_given_even_one_that_only_newer_servers_know(course):
    page = Page()
    page.start(course=course)
    page.browser.advance(15_000)
    assert page.heartbeats[0].course.model_dump(exclude_none=True) == course


@pytest.mark.parametrize("default", [{"code": "MATH-3"}, Course(code="MATH-3")])
def test_the_default_course_stands_in(default):
    page = Page(default_course=default)
    page.timeback.activity.start(id="lesson-1", name="Fractions")
    page.browser.advance(15_000)
    assert page.heartbeats[0].course.code == "MATH-3"


def test_a_course_of_its_own_goes_before_the_default():
    page = Page(default_course={"code": "MATH-3"})
    page.start(course={"code": "MATH-4"})
    page.browser.advance(15_000)
    assert page.heartbeats[0].course.code == "MATH-4"


def test_no_course_at_all_is_refused():
    page = Page()
    with pytest.raises(InvalidOptionsError) as caught:
        page.timeback.activity.start(id="lesson-1", name="Fractions")
    assert caught.value.field == "course"
    assert page.traces == (0, 0, 0, 0)


# ── runs ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_run_id_is_made_when_none_is_given():
    first, second = Page().start(run_id=None), Page().start(run_id=None)
    assert uuid.UUID(first.run_id).version == 4
    assert str(uuid.UUID(first.run_id)) == first.run_id
    assert first.run_id != second.run_id


@pytest.mark.parametrize(
    "run_id", ["7", "assignment/7?x=1#y", "Übung №1 🦉", " padded ", "x" * 2_000]
)
def test_any_string_may_be_a_run_id(run_id):
    page = Page()
    assert page.start(run_id=run_id).run_id == run_id
    page.browser.advance(15_000)
    assert page.heartbeats[0].run_id == run_id


def test_time_options_may_be_an_instance():
    page = Page()
    page.start(time=TimeOptions(heartbeat_ms=2_000))
    page.browser.advance(2_000)
    assert len(page.heartbeats) == 1


# ── the client ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"base_url": ""}, "base_url"),
        ({"base_url": "  "}, "base_url"),
        ({"base_url": 5}, "base_url"),
        ({"headers": "Bearer x"}, "headers"),
        ({"headers": 5}, "headers"),
        ({"learner": ""}, "learner"),
        ({"learner": 5}, "learner"),
        ({"on_error": "print"}, "on_error"),
        ({"default_course": {"subject": "Math"}}, "default_course"),
        ({"default_course": {"subject": "Math", "grade": "3"}}, "default_course.grade"),
        ({"default_course": 5}, "default_course"),
    ],
)
def test_a_wrong_argument_of_the_client_is_named(arguments, field):
    browser = FakeBrowser()
    with pytest.raises(InvalidOptionsError) as caught:
        Timeback(browser=browser, **arguments)
    assert caught.value.field == field
    assert (browser.timers.pending, browser.lifecycle.listeners) == (0, 0)


def test_a_client_does_nothing_before_start():
    page = Page()
    page.browser.advance(60_000)
    page.browser.hide()
    page.browser.show()
    assert page.traces == (0, 0, 0, 0)
    assert page.browser.network.sent == []


def test_wrong_options_are_also_value_errors():
    with pytest.raises(ValueError, match="course"):
        Page().start(course={"subject": "Math"})

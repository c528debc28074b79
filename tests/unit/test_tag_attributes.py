"""What attributes ask for, and what is said of those that are wrong."""

import pytest

from timeback_web import InvalidOptionsError, TimeOptions
from timeback_web.autostart.attributes import read
from timeback_web.ports.elements import PREFIX

LESSON = {"activity": "lesson-1", "name": "Fractions", "subject": "Math", "grade": "3"}


def attributes(**changes):
    given = {name: value for name, value in {**LESSON, **changes}.items() if value is not None}
    return {PREFIX + name.replace("_", "-"): value for name, value in given.items()}


def test_the_least_that_can_be_said():
    wanted = read(attributes())
    assert wanted.start == {
        "id": "lesson-1",
        "name": "Fractions",
        "course": {"subject": "Math", "grade": 3},
        "time": {"since": "navigation"},
    }
    assert wanted.time == TimeOptions(since="navigation")
    assert (wanted.progress, wanted.server, wanted.learner) == (None, "/api/timeback", None)


def test_the_most_that_can_be_said():
    wanted = read(
        attributes(
            subject=None,
            grade=None,
            course="MATH-3",
            progress="/api/progress/lesson-1",
            server="/school/api/timeback",
            learner="ada",
            since="start",
            heartbeat_ms="5000",
            idle_after_ms="120000",
            stall_limit_ms="30000",
        )
    )
    assert wanted.start["course"] == {"code": "MATH-3"}
    assert wanted.time == TimeOptions(
        heartbeat_ms=5_000, idle_after_ms=120_000, stall_limit_ms=30_000
    )
    assert wanted.progress == "/api/progress/lesson-1"
    assert (wanted.server, wanted.learner) == ("/school/api/timeback", "ada")


def test_the_server_may_keep_the_time():
    wanted = read(attributes(time="off"))
    assert wanted.start["time"] is False
    assert wanted.time is None


def test_a_run_may_be_written_into_the_page():
    assert read(attributes(run="run-7")).start["run_id"] == "run-7"


def test_what_we_and_controls_write_is_no_option():
    marks = dict.fromkeys(("state", "error", "when", "pause", "resume", "end"), "")
    assert read(attributes(**marks)) == read(attributes())


def test_attributes_of_others_do_not_matter():
    others = {"id": "main", "data-timeback": "x", "data-other": "y"}
    assert read({**others, **attributes()}) == read(attributes())


@pytest.mark.parametrize(
    ("changes", "attribute", "reason"),
    [
        ({"name": None}, "name", "required"),
        ({"activity": " "}, "activity", "must not be blank"),
        ({"name": "x" * 2_001}, "name", "longer than 2,000 characters"),
        ({"grade": None}, "grade", "required"),
        ({"subject": None}, "subject", "required"),
        ({"subject": ""}, "subject", "must not be blank"),
        ({"grade": "three"}, "grade", "expected a whole number, got 'three'"),
        ({"grade": "3.0"}, "grade", "expected a whole number"),
        ({"grade": "1_0"}, "grade", "expected a whole number"),
        ({"grade": "٣"}, "grade", "expected a whole number"),
        ({"grade": "9" * 5_000}, "grade", "expected a whole number"),
        ({"subject": None, "grade": None}, "subject", "or data-timeback-course"),
        ({"course": "MATH-3"}, "course", "or data-timeback-course"),
        ({"subject": None, "grade": None, "course": ""}, "course", "must not be blank"),
        ({"time": "false"}, "time", "expected on or off, got 'false'"),
        ({"time": "off", "heartbeat_ms": "1000"}, "time", "another attribute says how"),
        ({"heartbeat_ms": "15"}, "heartbeat-ms", "must be at least 100"),
        ({"heartbeat_ms": "15s"}, "heartbeat-ms", "expected a whole number"),
        ({"idle_after_ms": "5"}, "idle-after-ms", "must be at least 1,000"),
        ({"since": "yesterday"}, "since", "expected 'start' or 'navigation'"),
        ({"progress": " "}, "progress", "must not be blank"),
        ({"server": ""}, "server", "must not be blank"),
        ({"run": " "}, "run", "must not be blank"),
        ({"run": "r", "progress": "/p"}, "run", "say one of the two"),
        ({"grades": "3"}, "grades", "there is no such attribute"),
    ],
)
def test_what_is_wrong_is_named(changes, attribute, reason):
    with pytest.raises(InvalidOptionsError) as caught:
        read(attributes(**changes))
    assert caught.value.field == PREFIX + attribute
    assert reason in caught.value.reason
    assert str(caught.value).startswith(f"{PREFIX}{attribute}: ")


def test_the_message_is_short_enough_to_be_read():
    with pytest.raises(InvalidOptionsError) as caught:
        read(attributes(grade="x" * 10_000))
    assert len(str(caught.value)) < 200

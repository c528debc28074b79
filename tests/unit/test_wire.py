import json

import pytest

from timeback_web.delivery.wire import ActivityRef, heartbeat_body, iso_ms, submit_body
from timeback_web.options import Course, Metrics
from timeback_web.timekeeping.window import Window

START_MS = 1_763_805_600_000
RUN = "6f1c3a52-8f7e-4a8e-9d2b-0b6c5a1d2e3f"


def activity(**course):
    course = Course(**(course or {"subject": "Math", "grade": 3}))
    return ActivityRef(id="lesson-1", name="Fractions", course=course, run_id=RUN)


WINDOW = Window(START_MS, START_MS + 15_000, elapsed_ms=12_500)


def test_a_heartbeat_is_the_json_that_the_official_server_documents():
    assert heartbeat_body(activity(), WINDOW) == (
        '{"id":"lesson-1","name":"Fractions","course":{"subject":"Math","grade":3},'
        '"runId":"6f1c3a52-8f7e-4a8e-9d2b-0b6c5a1d2e3f",'
        '"startedAt":"2025-11-22T10:00:00.000Z","endedAt":"2025-11-22T10:00:15.000Z",'
        '"elapsedMs":12500,"pausedMs":2500}'
    )


def test_a_course_by_code_carries_nothing_else():
    body = json.loads(heartbeat_body(activity(code="MATH-3"), WINDOW))
    assert body["course"] == {"code": "MATH-3"}


def test_durations_are_json_integers():
    body = json.loads(heartbeat_body(activity(), WINDOW))
    assert (type(body["elapsedMs"]), type(body["pausedMs"])) == (int, int)


def test_zero_is_said_and_not_left_out():
    window = Window(START_MS, START_MS + 10, elapsed_ms=0)
    body = json.loads(heartbeat_body(activity(subject="Math", grade=0), window))
    assert (body["elapsedMs"], body["course"]["grade"]) == (0, 0)


def test_text_goes_out_as_it_came():
    ref = ActivityRef(id='a"b\\c', name="Brüche 🦉\n", course=Course(code="M"), run_id="r/1")
    body = json.loads(heartbeat_body(ref, WINDOW))
    assert (body["id"], body["name"], body["runId"]) == ('a"b\\c', "Brüche 🦉\n", "r/1")


def submit(process=None, **metrics):
    return submit_body(activity(), Metrics(**metrics), ended_at_ms=START_MS, process=process)


def test_a_submit_with_everything():
    assert submit(
        process=True,
        xp_earned=150,
        total_questions=20,
        correct_questions=16,
        mastered_units=2,
        pct_complete=87.5,
    ) == (
        '{"id":"lesson-1","name":"Fractions","course":{"subject":"Math","grade":3},'
        '"runId":"6f1c3a52-8f7e-4a8e-9d2b-0b6c5a1d2e3f","endedAt":"2025-11-22T10:00:00.000Z",'
        '"metrics":{"xpEarned":150,"totalQuestions":20,"correctQuestions":16,"masteredUnits":2},'
        '"pctComplete":87.5,"process":true}'
    )


def test_a_submit_leaves_out_what_was_not_given():
    body = json.loads(submit(xp_earned=-5))
    assert body["metrics"] == {"xpEarned": -5}
    assert set(body) == {"id", "name", "course", "runId", "endedAt", "metrics"}


def test_process_false_is_said():
    assert json.loads(submit(process=False, xp_earned=1))["process"] is False


@pytest.mark.parametrize("xp", [0, 3, 2.5, -0.5])
def test_xp_keeps_its_kind_of_number(xp):
    sent = json.loads(submit(xp_earned=xp))["metrics"]["xpEarned"]
    assert (sent, type(sent)) == (xp, type(xp))


@pytest.mark.parametrize(
    ("wall_ms", "stamp"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (1, "1970-01-01T00:00:00.001Z"),
        (999, "1970-01-01T00:00:00.999Z"),
        (1_709_164_800_007, "2024-02-29T00:00:00.007Z"),
        (1_763_805_599_999, "2025-11-22T09:59:59.999Z"),
        (4_102_444_799_010, "2099-12-31T23:59:59.010Z"),
    ],
)
def test_stamps_are_utc_with_milliseconds(wall_ms, stamp):
    assert iso_ms(wall_ms) == stamp

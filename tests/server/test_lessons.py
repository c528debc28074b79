import uuid

from tests.server.running import COURSE, FRACTIONS_ANSWERS, RunningDemo


def test_the_lessons_are_listed_with_their_status(demo: RunningDemo) -> None:
    browser = demo.browser("ada")

    def statuses() -> dict[str, str]:
        return {each["id"]: each["status"] for each in browser.get("/api/lessons").json()}

    assert statuses() == {"fractions": "new", "reading-clocks": "new"}
    run_id = browser.start("fractions")
    assert statuses()["fractions"] == "started"
    browser.complete("fractions", run_id)
    assert statuses() == {"fractions": "completed", "reading-clocks": "new"}


def test_a_lesson_comes_without_its_answers(demo: RunningDemo) -> None:
    lesson = demo.browser("ada").get("/api/lessons/fractions").json()
    assert lesson["course"] == COURSE
    assert lesson["time"] == "heartbeats"
    first = lesson["questions"][0]
    assert set(first) == {"id", "prompt", "picture", "choices"}
    assert first["picture"] == {"shape": "bar", "parts": 4, "shaded": 3}
    assert len(lesson["questions"]) == len(FRACTIONS_ANSWERS)
    assert [each["id"] for each in lesson["questions"] if "picture" not in each] == ["q8"]


def test_an_unknown_lesson_is_not_found(demo: RunningDemo) -> None:
    browser = demo.browser("ada")
    for path in ("/api/lessons/nothing", "/api/progress/nothing"):
        assert browser.get(path).status_code == 404
    assert browser.post("/api/lessons/nothing/answers", {}).status_code == 404


def test_progress_before_the_first_start_is_empty(demo: RunningDemo) -> None:
    assert demo.browser("ada").progress("fractions") == {
        "lessonId": "fractions",
        "attempt": 1,
        "runId": None,
        "total": len(FRACTIONS_ANSWERS),
        "correct": 0,
        "answers": [],
        "completed": False,
        "completion": None,
        "sessions": [],
        "activeMs": 0,
    }


def test_a_run_is_saved_and_loaded_again(demo: RunningDemo) -> None:
    run_id = demo.browser("ada").start("fractions")
    assert demo.browser("ada").progress("fractions")["runId"] == run_id
    assert demo.browser("grace").progress("fractions")["runId"] is None


def test_saving_the_same_run_again_is_harmless(demo: RunningDemo) -> None:
    browser = demo.browser("ada")
    run_id = browser.start("fractions")
    assert browser.start("fractions", run_id) == run_id


def test_a_second_run_is_refused_and_told_the_open_one(demo: RunningDemo) -> None:
    browser = demo.browser("ada")
    run_id = browser.start("fractions")
    response = browser.post("/api/progress/fractions", {"runId": str(uuid.uuid4())})
    assert response.status_code == 409
    assert response.json()["error"]["code"] == "RUN_EXISTS"
    assert response.json()["runId"] == run_id


def test_a_run_that_is_known_elsewhere_is_refused_without_saying_where(demo: RunningDemo) -> None:
    run_id = demo.browser("ada").start("fractions")
    for learner, lesson in (("grace", "fractions"), ("ada", "reading-clocks")):
        browser = demo.browser(learner)
        response = browser.post(f"/api/progress/{lesson}", {"runId": run_id})
        assert response.status_code == 409
        assert response.json()["error"]["code"] == "RUN_EXISTS"
        assert response.json()["runId"] is None
        assert browser.progress(lesson)["runId"] is None


def test_a_run_must_have_the_shape_that_the_sdk_takes(demo: RunningDemo) -> None:
    browser = demo.browser("ada")
    for bad in ("", "attempt-17", 5, None, "6F1C3A52-8F7E-4A8E-9D2B-0B6C5A1D2E3F"):
        response = browser.post("/api/progress/fractions", {"runId": bad})
        assert response.status_code == 400
        assert response.json()["error"]["code"] == "INVALID_BODY"
        assert "runId" in response.json()["error"]["message"]


def test_an_answer_is_judged_and_explained(demo: RunningDemo) -> None:
    browser = demo.browser("ada")
    run_id = browser.start("fractions")
    reply = browser.answer("fractions", run_id, 1, choice=0).json()
    assert reply["correct"] is False
    assert reply["answer"] == FRACTIONS_ANSWERS[0]
    assert "three quarters" in reply["explanation"]
    assert reply["progress"]["answers"] == [{"question": "q1", "choice": 0, "correct": False}]
    assert browser.answer("fractions", run_id, 2).json()["correct"] is True
    assert browser.progress("fractions")["correct"] == 1


def test_the_first_answer_stands(demo: RunningDemo) -> None:
    browser = demo.browser("ada")
    run_id = browser.start("fractions")
    first = browser.answer("fractions", run_id, 1, choice=0).json()
    again = browser.answer("fractions", run_id, 1).json()
    assert again == first


def test_an_answer_needs_the_open_run(demo: RunningDemo) -> None:
    browser = demo.browser("ada")
    other = str(uuid.uuid4())
    assert browser.answer("fractions", other, 1).status_code == 409
    browser.start("fractions")
    response = browser.answer("fractions", other, 1)
    assert response.status_code == 409
    assert response.json()["error"]["code"] == "RUN_NOT_OPEN"
    assert browser.progress("fractions")["answers"] == []


def test_questions_and_choices_that_are_not_there_are_refused(demo: RunningDemo) -> None:
    browser = demo.browser("ada")
    run_id = browser.start("fractions")
    for question, choice in (("q1", 4), ("q1", -1), ("q1", 10**30), ("q99", 0)):
        body = {"runId": run_id, "question": question, "choice": choice}
        response = browser.post("/api/lessons/fractions/answers", body)
        assert response.status_code == 400
    for choice in ("1", 1.5, True, None):
        body = {"runId": run_id, "question": "q1", "choice": choice}
        assert browser.post("/api/lessons/fractions/answers", body).status_code == 400
    assert browser.progress("fractions")["answers"] == []


def test_the_last_answer_completes_the_lesson(demo: RunningDemo) -> None:
    browser = demo.browser("ada")
    run_id = browser.start("fractions")
    total = len(FRACTIONS_ANSWERS)
    for number in range(1, total):
        reply = browser.answer("fractions", run_id, number).json()
        assert reply["progress"]["completed"] is False
    reply = browser.answer("fractions", run_id, total, choice=0).json()
    assert reply["progress"]["completed"] is True
    completion = reply["progress"]["completion"]
    assert completion["state"] == "pending"
    assert completion["metrics"] == {
        "totalQuestions": total,
        "correctQuestions": total - 1,
        "xpEarned": 10 * (total - 1),
    }
    browser.wait_until_recorded("fractions")


def test_the_next_attempt_gets_a_run_of_its_own(demo: RunningDemo) -> None:
    browser = demo.browser("ada")
    refused = browser.post("/api/lessons/fractions/attempts")
    assert refused.status_code == 409
    assert refused.json()["error"]["code"] == "NOT_COMPLETED"
    first = browser.complete("fractions")
    opened = browser.post("/api/lessons/fractions/attempts").json()
    assert (opened["attempt"], opened["runId"], opened["answers"]) == (2, None, [])
    assert browser.post("/api/lessons/fractions/attempts").status_code == 409
    assert browser.answer("fractions", first, 1).status_code == 409
    reused = browser.post("/api/progress/fractions", {"runId": first})
    assert reused.status_code == 409
    second = browser.complete("fractions")
    browser.wait_until_recorded("fractions")
    assert second != first
    attempts = [
        event["generated"]["attempt"]
        for run_id in (first, second)
        for event in browser.journal(run_id)["events"]
    ]
    assert attempts == [1, 2]

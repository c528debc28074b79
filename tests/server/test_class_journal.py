"""A teacher sees the own class; a learner sees nobody else; a teacher is no learner."""

import pytest

from demo.server.learners import LEARNERS
from demo.server.teachers import TEACHERS
from tests.server.running import RunningDemo, window

CLASS_ROUTES = ["/api/class/journal", "/api/class/journal/stream"]


def test_a_teacher_signs_in_and_out(demo: RunningDemo) -> None:
    browser = demo.browser(teacher="somerville")
    somerville = {"id": "somerville", "name": "Mary Somerville", "class": "Class 3a"}
    assert browser.get("/api/me").json() == {"learner": None, "teacher": somerville}
    assert somerville in browser.get("/api/teachers").json()
    assert browser.post("/api/signout").status_code == 204
    assert browser.get("/api/me").json() == {"learner": None, "teacher": None}


def test_one_browser_is_one_account(demo: RunningDemo) -> None:
    browser = demo.browser(teacher="somerville")
    assert browser.post("/api/signin", {"learner": "ada"}).status_code == 204
    assert browser.get("/api/me").json()["teacher"] is None
    assert browser.get("/api/class/journal").status_code == 403
    assert not set(LEARNERS) & set(TEACHERS), "one cookie names either of them"


@pytest.mark.parametrize("body", [{}, {"learner": "ada", "teacher": "somerville"}, {"teacher": 3}])
def test_a_sign_in_names_one_account(demo: RunningDemo, body: dict[str, object]) -> None:
    response = demo.browser().post("/api/signin", body)
    assert response.status_code == 400
    assert response.json()["error"]["code"] == "INVALID_BODY"
    assert "set-cookie" not in response.headers


@pytest.mark.parametrize("role", ["learner", "teacher"])
def test_nobody_signs_in_under_an_unknown_name_or_another_role(
    demo: RunningDemo, role: str
) -> None:
    other_role = {"learner": "somerville", "teacher": "ada"}[role]
    for name in ("mallory", "", other_role):
        response = demo.browser().post("/api/signin", {role: name})
        assert response.status_code == 404
        assert response.json()["error"]["code"] == f"UNKNOWN_{role.upper()}"


def test_the_journal_of_a_class_has_every_learner_and_every_run(demo: RunningDemo) -> None:
    ada, grace = demo.browser("ada"), demo.browser("grace")
    first, second, other = (
        ada.start("fractions"),
        ada.start("reading-clocks"),
        grace.start("fractions"),
    )
    ada.heartbeat(first, window(0, 12_000, 3_000))
    grace.heartbeat(other, window(60))
    shown = demo.browser(teacher="somerville").get("/api/class/journal").json()
    assert shown["class"] == "Class 3a"
    assert shown["now"].endswith("Z")
    runs = {one["id"]: one["runs"] for one in shown["learners"]}
    assert runs == {
        "ada": ada.get("/api/journal").json(),
        "grace": grace.get("/api/journal").json(),
        "alan": [],
    }
    assert [run["runId"] for run in runs["ada"]] == [second, first]
    assert runs["ada"][1]["activeMs"] == 12_000
    assert all("events" not in run for each in runs.values() for run in each)


def test_a_teacher_sees_no_other_class(demo: RunningDemo) -> None:
    ada = demo.browser("ada")
    run_id = ada.start("fractions")
    ada.heartbeat(run_id, window(0))
    noether = demo.browser(teacher="noether")
    answer = noether.get("/api/class/journal")
    assert [one["id"] for one in answer.json()["learners"]] == ["katherine"]
    assert run_id not in answer.text
    assert "ada" not in answer.text.lower()


@pytest.mark.parametrize("path", CLASS_ROUTES)
def test_a_class_is_for_teachers_only(demo: RunningDemo, path: str) -> None:
    refused = demo.browser("ada").get(path)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "TEACHERS_ONLY")
    unknown = demo.browser().get(path)
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (401, "UNAUTHORIZED")


def test_a_teacher_has_no_lesson_no_run_and_no_time(demo: RunningDemo) -> None:
    ada = demo.browser("ada")
    run_id = ada.start("fractions")
    teacher = demo.browser(teacher="somerville")
    answers = [
        teacher.get("/api/lessons"),
        teacher.get("/api/progress/fractions"),
        teacher.get("/api/journal"),
        teacher.get("/api/journal", run_id=run_id),
        teacher.get("/api/journal/stream"),
        teacher.post("/api/progress/fractions", {"runId": run_id}),
        teacher.answer("fractions", run_id, 1),
        teacher.heartbeat(run_id, window(0)),
        teacher.get("/api/timeback/user/me"),
    ]
    assert [answer.status_code for answer in answers] == [401] * len(answers)
    assert ada.journal(run_id)["events"] == []

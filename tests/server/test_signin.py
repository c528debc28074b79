import httpx
from itsdangerous import URLSafeTimedSerializer

from demo.server.signin import COOKIE
from tests.server.running import RunningDemo

NOBODY = {"learner": None, "teacher": None}


def test_the_learners_can_be_listed_without_signing_in(demo: RunningDemo) -> None:
    learners = demo.browser().get("/api/learners").json()
    assert {"id": "ada", "name": "Ada Lovelace"} in learners
    assert len(learners) == 4


def test_a_learner_signs_in_and_out(demo: RunningDemo) -> None:
    browser = demo.browser()
    assert browser.get("/api/me").json() == NOBODY
    response = browser.post("/api/signin", {"learner": "ada"})
    assert response.status_code == 204
    ada = {"id": "ada", "name": "Ada Lovelace", "email": "ada@example.com"}
    assert browser.get("/api/me").json() == {"learner": ada, "teacher": None}
    assert browser.post("/api/signout").status_code == 204
    assert browser.get("/api/me").json() == NOBODY


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(demo: RunningDemo) -> None:
    response = demo.browser().post("/api/signin", {"learner": "ada"})
    cookie = response.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


def test_an_unknown_learner_cannot_sign_in(demo: RunningDemo) -> None:
    response = demo.browser().post("/api/signin", {"learner": "mallory"})
    assert response.status_code == 404
    assert response.json()["error"]["code"] == "UNKNOWN_LEARNER"


def test_a_cookie_that_was_tampered_with_signs_nobody_in(demo: RunningDemo) -> None:
    forge = URLSafeTimedSerializer("another secret", salt="signed-in learner")
    for account_id in ("ada", "somerville"):
        cookies = {COOKIE: forge.dumps(account_id)}
        with httpx.Client(base_url=demo.settings.address, cookies=cookies) as client:
            assert client.get("/api/me").json() == NOBODY


def test_everything_about_a_learner_needs_a_sign_in(demo: RunningDemo) -> None:
    browser = demo.browser()
    gets = [
        "/api/lessons",
        "/api/lessons/fractions",
        "/api/progress/fractions",
        "/api/journal",
        "/api/journal/stream",
        "/api/class/journal",
        "/api/class/journal/stream",
    ]
    posts = [
        "/api/progress/fractions",
        "/api/lessons/fractions/answers",
        "/api/lessons/fractions/attempts",
        "/api/lessons/reading-clocks/sessions",
        "/api/lessons/reading-clocks/sessions/x/close",
        "/api/timeback/activity/heartbeat",
        "/api/timeback/activity/submit",
    ]
    answers = [browser.get(path) for path in gets] + [browser.post(path, {}) for path in posts]
    assert [answer.status_code for answer in answers] == [401] * 14
    assert {answer.json()["error"]["code"] for answer in answers} == {"UNAUTHORIZED"}


def test_the_sdk_knows_the_signed_in_learner(demo: RunningDemo) -> None:
    browser = demo.browser("grace")
    verified = browser.get("/api/timeback/user/verify")
    assert verified.json() == {"verified": True, "timebackId": "grace"}
    profile = browser.get("/api/timeback/user/me").json()
    assert profile["email"] == "grace@example.com"
    assert profile["name"] == "Grace Hopper"
    assert [course["code"] for course in profile["courses"]] == ["MATH-3"]


def test_sign_in_by_the_sdk_is_not_set_up(demo: RunningDemo) -> None:
    assert demo.browser().get("/api/timeback/identity/signin").status_code == 400

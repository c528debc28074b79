import asyncio

import pytest

from tests.unit.helpers import Page
from timeback_web import DeliveryError, RefusedError, UnreachableError
from timeback_web.ports import Answer


def profile(page):
    return asyncio.run(page.timeback.user.profile())


def test_the_profile_of_the_learner():
    page = Page(headers={"Authorization": "Bearer x"})
    page.browser.server.profile = {
        "id": "u-1",
        "email": "ada@example.com",
        "name": "Ada",
        "school": {"id": "s-1", "name": "Hill"},
        "grade": 3,
        "courses": [{"id": "c-1", "code": "MATH-3", "name": "Math 3"}],
        "goals": {"dailyXp": 20, "dailyActiveMinutes": 25},
        "xp": {"today": 5, "all": 900},
    }
    ada = profile(page)
    assert (ada.id, ada.email, ada.name, ada.grade) == ("u-1", "ada@example.com", "Ada", 3)
    assert (ada.school.name, ada.courses[0].code) == ("Hill", "MATH-3")
    assert (ada.goals.daily_xp, ada.goals.daily_lessons, ada.xp.all) == (20, None, 900)
    [sent] = page.browser.network.sent
    assert (sent.request.url, sent.request.body) == ("/api/timeback/user/me", None)
    assert sent.request.headers == {"Authorization": "Bearer x"}


def test_a_profile_may_say_little():
    ada = profile(Page())
    assert (ada.name, ada.school, ada.courses, ada.goals, ada.xp) == (None, None, [], None, None)


def test_what_newer_servers_add_breaks_nothing():
    page = Page()
    page.browser.server.profile |= {"league": "gold", "xp": {"today": 1, "all": 2, "week": 3}}
    ada = profile(page)
    assert (ada.league, ada.xp.week) == ("gold", 3)


@pytest.mark.parametrize(
    ("answer", "verified", "timeback_id"),
    [({"verified": True, "timebackId": "u-1"}, True, "u-1"), ({"verified": False}, False, None)],
)
def test_whether_timeback_knows_the_learner(answer, verified, timeback_id):
    page = Page()
    page.browser.server.verification = answer
    said = asyncio.run(page.timeback.user.verify())
    assert (said.verified, said.timeback_id) == (verified, timeback_id)
    assert page.browser.network.sent[0].request.url == "/api/timeback/user/verify"


@pytest.mark.parametrize("status", [401, 404, 409, 502])
def test_a_refusal_is_raised(status):
    page = Page()
    page.browser.server.refuse_next(status, "USER_NOT_FOUND")
    with pytest.raises(RefusedError) as caught:
        profile(page)
    assert (caught.value.status, caught.value.code) == (status, "USER_NOT_FOUND")


def test_no_answer_is_raised():
    page = Page()
    page.browser.go_offline()
    with pytest.raises(UnreachableError):
        profile(page)


@pytest.mark.parametrize("body", ["", "<html>", "[]", '{"email":"x"}'])
def test_an_answer_without_sense_is_a_delivery_error(body):
    page = Page()
    page.browser.server.answer_next(Answer(200, body))
    with pytest.raises(DeliveryError, match="/user/me"):
        profile(page)


def test_asking_waits_for_the_answer_and_may_be_given_up():
    page = Page()
    page.browser.network.latency_ms = 100

    async def app():
        impatient = asyncio.ensure_future(page.timeback.user.verify())
        patient = asyncio.ensure_future(page.timeback.user.verify())
        await asyncio.sleep(0)
        impatient.cancel()
        await asyncio.sleep(0)
        page.browser.advance(100)
        return (await patient).verified

    assert asyncio.run(app()) is True


def test_signing_in_and_out_leave_the_page():
    page = Page()
    page.timeback.user.sign_in()
    page.timeback.user.sign_out()
    assert page.browser.navigation.visited == [
        "/api/timeback/identity/signin",
        "/api/timeback/identity/signout",
    ]


def test_asking_for_the_user_is_no_activity():
    page = Page()
    profile(page)
    assert page.traces == (0, 0, 0, 0)

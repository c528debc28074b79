"""Who may ask what: a table that has a line for every route of the app, and is held to it."""

from typing import Any

import httpx
import pytest
from fastapi.routing import iter_route_contexts
from sqlalchemy import select

from demo.server.app import create_app
from demo.server.settings import Settings
from demo.server.tables import Base
from tests.server.running import Browser, RunningDemo, window

ANYBODY = "anybody"
"""Nothing of a learner is in the answer, and nothing is written but the cookie."""
LEARNER = "learner"
"""401 without a sign-in; afterwards the learner's own work, and nobody else's."""
TEACHER = "teacher"
"""401 without a sign-in, 403 for a learner; afterwards the teacher's own class."""
SDK = "the SDK of this server"
"""401 without its token, signed in or not."""
CLOSED = "nobody"
"""404: the SDK has it, and this app does not use it."""

ROUTES = {
    "GET /": ANYBODY,
    "GET /lesson/{lesson_id}": ANYBODY,
    "GET /plain/{lesson_id}": ANYBODY,
    "GET /worker/{lesson_id}": ANYBODY,
    "GET /tag/fractions": ANYBODY,
    "GET /journal": ANYBODY,
    "MOUNT /assets": ANYBODY,
    "MOUNT /bundle": ANYBODY,
    "MOUNT /docs": ANYBODY,
    "MOUNT /frameworks": ANYBODY,
    "GET /healthz": ANYBODY,
    "GET /api/learners": ANYBODY,
    "GET /api/teachers": ANYBODY,
    "GET /api/extras": ANYBODY,
    "POST /api/outage": ANYBODY,
    "GET /api/me": ANYBODY,
    "POST /api/signin": ANYBODY,
    "POST /api/signout": ANYBODY,
    "GET /api/lessons": LEARNER,
    "GET /api/lessons/{lesson_id}": LEARNER,
    "GET /api/progress/{lesson_id}": LEARNER,
    "POST /api/progress/{lesson_id}": LEARNER,
    "POST /api/lessons/{lesson_id}/answers": LEARNER,
    "POST /api/lessons/{lesson_id}/attempts": LEARNER,
    "POST /api/lessons/{lesson_id}/sessions": LEARNER,
    "POST /api/lessons/{lesson_id}/sessions/{session_id}/close": LEARNER,
    "GET /api/journal": LEARNER,
    "GET /api/journal/stream": LEARNER,
    "GET /api/class/journal": TEACHER,
    "GET /api/class/journal/stream": TEACHER,
    "POST /api/timeback/activity/heartbeat": LEARNER,
    "POST /api/timeback/activity/submit": LEARNER,
    "POST /api/timeback/lessons/list": CLOSED,
    "POST /api/timeback/lessons/start": CLOSED,
    "POST /api/timeback/lessons/next": CLOSED,
    "POST /api/timeback/lessons/submit": CLOSED,
    "POST /api/timeback/lessons/complete": CLOSED,
    "POST /api/timeback/lessons/attempts": CLOSED,
    "POST /api/timeback/lessons/attempt-details": CLOSED,
    "GET /api/timeback/user/me": LEARNER,
    "GET /api/timeback/user/verify": LEARNER,
    # Sign-in by Timeback is not set up: these answer so, or lead to the start page.
    "GET /api/timeback/identity/signin": ANYBODY,
    "GET /api/timeback/identity/callback": ANYBODY,
    "GET /api/timeback/identity/signout": ANYBODY,
    "POST /platform/oauth2/token": SDK,
    "GET /platform/ims/oneroster/rostering/v1p2/users": SDK,
    "POST /platform/caliper/event": SDK,
    "GET /platform/ims/oneroster/gradebook/v1p2/assessmentLineItems/{entry_id}": SDK,
    "POST /platform/ims/oneroster/gradebook/v1p2/assessmentLineItems": SDK,
    "GET /platform/ims/oneroster/gradebook/v1p2/assessmentResults": SDK,
    "PUT /platform/ims/oneroster/gradebook/v1p2/assessmentResults/{entry_id}": SDK,
    "GET /platform/edubridge/enrollments/user/{student_id}": SDK,
    "GET /platform/edubridge/analytics/activity": SDK,
    "GET /platform/edubridge/analytics/enrollment/{enrollment_id}": SDK,
    "GET /platform/edubridge/analytics/facts/weekly": SDK,
}


def test_every_route_is_in_the_table() -> None:
    app = create_app(Settings(database_url="sqlite://", secret="-"))
    found = {
        f"{method} {context.path}"
        for context in iter_route_contexts(app.routes)
        for method in (context.methods or {"MOUNT"}) - {"HEAD"}
    }
    assert found == ROUTES.keys()


def of_kind(kind: str) -> list[str]:
    return [route for route, who in ROUTES.items() if who == kind and "MOUNT" not in route]


class Graces:
    """What Grace has here, and what of it must not come to light."""

    def __init__(self, demo: RunningDemo) -> None:
        browser = demo.browser("grace")
        self.run_id = browser.start("fractions")
        assert browser.answer("fractions", self.run_id, 1).status_code == 200
        assert browser.heartbeat(self.run_id, window(0)).status_code == 204
        opened = browser.post("/api/lessons/reading-clocks/sessions")
        self.session_id = str(opened.json()["sessionId"])
        self.secrets = (self.run_id, self.session_id, "grace@example.com")


def ask(browser: Browser, route: str, grace: Graces) -> httpx.Response:
    """Ask for what is Grace's, as exactly as somebody can who knows all of her ids."""
    method, _, path = route.partition(" ")
    names = {"lesson_id": "fractions", "session_id": grace.session_id, "student_id": "grace"}
    if "session_id" in path:
        names["lesson_id"] = "reading-clocks"
    names |= {"entry_id": "x", "enrollment_id": "grace-course-math-3"}
    query = {"run_id": grace.run_id, "studentId": "grace", "filter": "email='grace@example.com'"}
    body: dict[str, Any] = {"runId": grace.run_id, "question": "q1", "choice": 0}
    if "/timeback/" in path:
        body = {"id": "fractions", "name": "x", "course": {"subject": "Math", "grade": 3}} | body
        body |= window(60) | {"metrics": {"xpEarned": 1}, "activityId": "fractions"}
    request = browser.client.build_request(
        method,
        path.format_map(names),
        params=query,
        json=body if method != "GET" else None,
    )
    if path.endswith("/stream"):
        return first_event(browser.client, request)
    return browser.client.send(request)


def first_event(client: httpx.Client, request: httpx.Request) -> httpx.Response:
    """A stream's answer as far as its first event: it has no end."""
    response = client.send(request, stream=True)
    text = b""
    for chunk in response.iter_raw():
        text += chunk
        if b"\n\n" in text:
            break
    response.close()
    return httpx.Response(response.status_code, content=text)


def stored(demo: RunningDemo) -> dict[str, list[tuple[Any, ...]]]:
    with demo.services.database.reading() as session:
        return {
            table.name: sorted(map(tuple, session.execute(select(table))), key=repr)
            for table in Base.metadata.sorted_tables
        }


def test_without_a_sign_in_nothing_is_told_and_nothing_written(demo: RunningDemo) -> None:
    grace = Graces(demo)
    before = stored(demo)
    stranger = demo.browser()
    for route in (*of_kind(LEARNER), *of_kind(TEACHER), *of_kind(SDK)):
        response = ask(stranger, route, grace)
        assert response.status_code == 401, route
        assert response.json()["error"]["code"], route
    for route in of_kind(ANYBODY):
        response = ask(stranger, route, grace)
        assert response.status_code < 500, route
        assert not any(secret in response.text for secret in grace.secrets), route
    assert stored(demo) == before


def test_no_learner_reaches_what_is_not_for_learners(demo: RunningDemo) -> None:
    grace = Graces(demo)
    ada = demo.browser("ada")
    for kind, status in ((TEACHER, 403), (SDK, 401), (CLOSED, 404)):
        for route in of_kind(kind):
            assert ask(ada, route, grace).status_code == status, route


def test_no_teacher_reaches_another_class(demo: RunningDemo) -> None:
    """Grace is not in the class of Emmy Noether."""
    grace = Graces(demo)
    teacher = demo.browser()
    assert teacher.post("/api/signin", {"teacher": "noether"}).status_code == 204
    for route in of_kind(TEACHER):
        response = ask(teacher, route, grace)
        assert response.status_code == 200, route
        assert not any(secret in response.text for secret in grace.secrets), route
    for route in of_kind(LEARNER):
        assert ask(teacher, route, grace).status_code in {401, 403}, route


@pytest.mark.parametrize("route", of_kind(LEARNER))
def test_no_learner_reaches_the_work_of_another(demo: RunningDemo, route: str) -> None:
    grace = Graces(demo)
    before = demo.browser("grace").progress("fractions")
    before_clocks = demo.browser("grace").progress("reading-clocks")
    response = ask(demo.browser("ada"), route, grace)
    assert response.status_code < 500
    assert not any(secret in response.text for secret in grace.secrets)
    assert demo.browser("grace").progress("fractions") == before
    assert demo.browser("grace").progress("reading-clocks") == before_clocks
    with demo.services.database.reading() as session:
        events = session.execute(select(Base.metadata.tables["platform_events"])).all()
    assert [event.email for event in events] == ["grace@example.com"]

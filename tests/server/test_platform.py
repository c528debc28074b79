"""The local platform: who may use it, and what it takes."""

import copy
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from demo.server.platform.roster import conditions
from demo.server.sdk import LOCAL_CLIENT_ID, local_client_secret
from tests.server.running import FRACTIONS_ANSWERS, RunningDemo, window

CALIPER = "http://purl.imsglobal.org/ctx/caliper/v1p2"


@pytest.fixture
def sdk(demo: RunningDemo) -> Iterator[httpx.Client]:
    """A client with the SDK's token."""
    credentials = (LOCAL_CLIENT_ID, local_client_secret(demo.settings))
    base = f"{demo.settings.address}/platform"
    token = httpx.post(f"{base}/oauth2/token", auth=credentials).json()["access_token"]
    with httpx.Client(base_url=base, headers={"Authorization": f"Bearer {token}"}) as client:
        yield client


def envelope(**changes: Any) -> dict[str, Any]:
    event = {
        "@context": CALIPER,
        "id": f"urn:uuid:{uuid.uuid4()}",
        "type": "TimeSpentEvent",
        "action": "SpentTime",
        "actor": {
            "id": "https://x.example/users/ada",
            "type": "TimebackUser",
            "email": "ada@example.com",
        },
        "object": {
            "id": "https://x.example/activities/Math/g3/fractions",
            "type": "TimebackActivityContext",
            "subject": "Math",
            "app": {"name": "test"},
        },
        "eventTime": "2026-11-22T10:00:15.000Z",
        "profile": "TimebackProfile",
        "generated": {
            "id": f"urn:uuid:{uuid.uuid4()}",
            "type": "TimebackTimeSpentMetricsCollection",
            "items": [{"type": "active", "value": 15.0}],
        },
        "session": f"urn:uuid:{uuid.uuid4()}",
    }
    return {
        "sensor": "https://x.example",
        "sendTime": "2026-11-22T10:00:15.000Z",
        "dataVersion": CALIPER,
        "data": [event],
    } | changes


def test_only_the_sdk_may_use_the_platform(demo: RunningDemo) -> None:
    browser = demo.browser("ada")
    assert browser.post("/platform/caliper/event", envelope()).status_code == 401
    assert browser.get("/platform/ims/oneroster/rostering/v1p2/users").status_code == 401
    assert browser.get("/platform/edubridge/enrollments/user/ada").status_code == 401
    assert browser.post("/platform/oauth2/token").status_code == 401
    wrong = httpx.post(f"{demo.settings.address}/platform/oauth2/token", auth=("demo", "guess"))
    assert wrong.status_code == 401
    assert browser.get("/api/journal").json() == []


def test_an_event_is_kept_once_and_answered_the_same(sdk: httpx.Client, demo: RunningDemo) -> None:
    body = envelope()
    first, again = (sdk.post("/caliper/event", json=body) for _ in range(2))
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    assert first.json()["jobId"]
    run_id = body["data"][0]["session"].removeprefix("urn:uuid:")
    assert demo.browser("ada").journal(run_id)["events"] == body["data"]


def _set(path: str, value: object) -> Callable[[dict[str, Any]], None]:
    *parents, last = path.split(".")

    def change(body: dict[str, Any]) -> None:
        at: Any = body
        for name in parents:
            at = at[int(name) if name.isdecimal() else name]
        at[last] = value

    return change


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("sensor", "nowhere"),
        ("sendTime", "now"),
        ("dataVersion", "1"),
        ("data", []),
        ("data", {}),
        ("data.0.id", "17"),
        ("data.0.type", "ViewEvent"),
        ("data.0.action", "Completed"),
        ("data.0.actor", {"id": "x", "type": "Person", "email": "ada@example.com"}),
        ("data.0.actor", {"id": "x", "type": "TimebackUser"}),
        ("data.0.object", "https://x.example"),
        ("data.0.eventTime", "2026-11-22T10:00:15"),
        ("data.0.eventTime", "0001-01-01T00:00:00Z"),
        ("data.0.profile", "Profile"),
        ("data.0.session", "urn:uuid:attempt-17"),
        ("data.0.generated.items", []),
        ("data.0.generated.items", [{"type": "active", "value": -1}]),
        ("data.0.generated.items", [{"type": "active", "value": 1e12}]),
        ("data.0.generated.items", [{"type": "bored", "value": 1}]),
    ],
)
def test_what_is_no_event_is_refused(
    envelope_client: httpx.Client, path: str, value: object
) -> None:
    body = copy.deepcopy(envelope())
    _set(path, value)(body)
    response = envelope_client.post("/caliper/event", json=body)
    assert response.status_code == 400
    assert response.json()["error"]["code"] == "INVALID_BODY"


@pytest.fixture(scope="module")
def envelope_client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with RunningDemo(tmp_path_factory.mktemp("demo")) as demo:
        credentials = (LOCAL_CLIENT_ID, local_client_secret(demo.settings))
        base = f"{demo.settings.address}/platform"
        token = httpx.post(f"{base}/oauth2/token", auth=credentials).json()["access_token"]
        with httpx.Client(base_url=base, headers={"Authorization": f"Bearer {token}"}) as client:
            assert client.post("/caliper/event", json=envelope()).status_code == 200
            yield client


def test_a_refused_envelope_leaves_nothing_behind(sdk: httpx.Client, demo: RunningDemo) -> None:
    good, bad = envelope()["data"][0], envelope()["data"][0] | {"eventTime": "yesterday"}
    assert sdk.post("/caliper/event", json=envelope(data=[good, bad])).status_code == 400
    assert demo.browser("ada").get("/api/journal").json() == []


def test_the_sdk_can_write_a_mastery_entry(demo: RunningDemo, sdk: httpx.Client) -> None:
    """`pctComplete: 100` makes the SDK look for a line item, create it, and put a result."""
    body = {
        "id": "no-lesson-of-ours",
        "name": "Test",
        "course": {"subject": "Math", "grade": 3},
        "runId": str(uuid.uuid4()),
        "endedAt": "2026-11-22T10:00:00.000Z",
        "metrics": {"xpEarned": 10, "masteredUnits": 1},
        "pctComplete": 100,
    }
    response = demo.browser("ada").post("/api/timeback/activity/submit", body)
    assert response.status_code == 204
    from timeback.server.lib.utils import sha256_hex

    line_item = f"timeback_sdk_{sha256_hex('mastery-completion_course-math-3')}"
    gradebook = "/ims/oneroster/gradebook/v1p2"
    found = sdk.get(f"{gradebook}/assessmentLineItems/{line_item}")
    assert found.json()["assessmentLineItem"]["title"] == "timeback_web demo: Complete"
    where = f"assessmentLineItem.sourcedId='{line_item}' AND student.sourcedId='ada'"
    results = sdk.get(f"{gradebook}/assessmentResults", params={"filter": where}).json()
    assert [result["score"] for result in results["assessmentResults"]] == [100]


def test_bad_gradebook_entries_are_refused(sdk: httpx.Client) -> None:
    gradebook = "/ims/oneroster/gradebook/v1p2"
    assert sdk.get(f"{gradebook}/assessmentLineItems/nothing").status_code == 404
    for body in ({}, {"sourcedId": 5}, {"assessmentLineItem": "text"}):
        assert sdk.post(f"{gradebook}/assessmentLineItems", json=body).status_code == 400
    assert sdk.put(f"{gradebook}/assessmentResults/r", json={}).status_code == 400


def test_the_profile_adds_up_what_was_achieved(demo: RunningDemo, sdk: httpx.Client) -> None:
    browser = demo.browser("ada")
    run_id = browser.start("fractions")
    browser.heartbeat(run_id, window(0, 12_500, 2_500))
    browser.complete("fractions", run_id)
    browser.wait_until_recorded("fractions")
    params = {
        "studentId": "ada",
        "startDate": "2000-01-01T00:00:00Z",
        "endDate": "2999-01-01T00:00:00Z",
    }
    facts = sdk.get("/edubridge/analytics/activity", params=params).json()["facts"]
    spent = facts["2026-11-22"]["Math"]["timeSpentMetrics"]
    assert (spent["activeSeconds"], spent["inactiveSeconds"]) == (12.5, 2.5)
    xp = [day["Math"]["activityMetrics"]["xpEarned"] for day in facts.values()]
    assert sum(xp) == 10 * len(FRACTIONS_ANSWERS)
    of_enrollment = sdk.get("/edubridge/analytics/enrollment/ada-course-math-3").json()
    assert of_enrollment["facts"] == facts
    week = {"studentId": "ada", "weekDate": "2026-11-22T10:00:00Z"}
    weekly = sdk.get("/edubridge/analytics/facts/weekly", params=week).json()["facts"]
    assert weekly[0]["activityId"].endswith("/fractions")
    assert sdk.get("/edubridge/enrollments/user/nobody").status_code == 404
    assert sdk.get("/edubridge/analytics/activity").status_code == 400


def test_roster_filters_are_read_with_their_quotes() -> None:
    assert conditions("email='ada@example.com'") == {"email": "ada@example.com"}
    assert conditions("email='o''brien@example.com'") == {"email": "o'brien@example.com"}
    assert conditions("status='active' AND a.b='c'") == {"status": "active", "a.b": "c"}
    assert conditions("") == {}


def test_faults_are_there_for_tests_only(tmp_path: Any) -> None:
    with RunningDemo(tmp_path, faults=False) as demo:
        assert demo.browser().post("/platform/faults", {"events": "down"}).status_code == 404


def test_faults_can_be_switched_one_by_one(demo: RunningDemo) -> None:
    browser = demo.browser()
    assert browser.post("/platform/faults", {"events": "down"}).json() == {
        "events": "down",
        "roster": "up",
    }
    assert browser.post("/platform/faults", {}).json()["events"] == "down"
    assert browser.post("/platform/faults", {"events": "sideways"}).status_code == 400

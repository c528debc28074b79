"""Thousands of requests that no page of ours sends, and what they leave in the database.

HOSTILE_REQUESTS says how many, on each database.
"""

import json
import os
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from urllib.parse import quote

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from demo.server.app import create_app
from demo.server.sdk import LOCAL_CLIENT_ID, local_client_secret
from demo.server.settings import Settings
from tests.server.hostile import (
    TEXTS,
    Bystander,
    assert_clear,
    assert_well_shaped,
    rows_of,
    spoiled,
    spoiled_everywhere,
)
from tests.server.running import COURSE, RunningDemo, window

ORDINARY = 2000
REQUESTS = int(os.environ.get("HOSTILE_REQUESTS", ORDINARY))


def effort(examples: int) -> settings:
    """The same requests each time, so that a build fails for what was changed; others if asked."""
    return settings(
        max_examples=max(1, examples),
        derandomize=REQUESTS == ORDINARY,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )


DESCRIPTION = create_app(Settings(database_url="sqlite://", secret="-")).openapi()
OPERATIONS = {
    each.ok().label: each.ok()
    for each in schemathesis.openapi.from_dict(DESCRIPTION).get_all_operations()
}
# A stream has no end to wait for; who may open one is in `test_every_route`.
OPERATIONS = {label: each for label, each in OPERATIONS.items() if not label.endswith("/stream")}
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
KNOWN = {"lesson_id": "fractions", "student_id": "ada"}

SENT: Counter[str] = Counter()
"""How many requests have been sent, by the database."""


@pytest.fixture(scope="module")
def hostile_demo(
    database_server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningDemo]:
    with RunningDemo(tmp_path_factory.mktemp("hostile")) as running:
        yield running


@pytest.fixture(scope="module")
def grace(hostile_demo: RunningDemo) -> Bystander:
    return Bystander(hostile_demo)


class Caller:
    """Sends what schemathesis makes up, as somebody."""

    def __init__(self, demo: RunningDemo, **headers: str) -> None:
        self.demo = demo
        self.session = requests.Session()
        self.session.trust_env = False  # no proxies, no look at files of the system
        self.session.headers.update(headers)
        self._signed_in = requests.cookies.RequestsCookieJar()

    def sign_in(self, learner: str) -> None:
        address = f"{self.demo.settings.address}/api/signin"
        self.session.post(address, json={"learner": learner}).raise_for_status()
        self._signed_in = self.session.cookies.copy()

    def call(self, case: schemathesis.Case) -> None:
        address = self.demo.settings.address
        answer = case.call(address, session=self.session, timeout=20, allow_redirects=False)
        self._after_each()
        assert_clear(answer.status_code, answer.headers.get("content-type", [""])[0], answer.text)
        theirs = case.operation.path.startswith("/api/timeback")
        case.validate_response(answer, checks=[not_a_server_error] if theirs else CHECKS)

    def post(self, path: str, content: bytes) -> None:
        self._check(self.session.post(self.demo.settings.address + path, content, timeout=20))

    def send(
        self, method: str, path: str, headers: Mapping[str, str | bytes] | None = None
    ) -> requests.Response:
        address = self.demo.settings.address + path
        answer = self.session.request(
            method, address, headers=headers, timeout=20, allow_redirects=False
        )
        self._check(answer)
        return answer

    def _after_each(self) -> None:
        """Count it, and forget its cookies: else the first sign-out would end all that follows."""
        SENT[self.demo.settings.database_url] += 1
        self.session.cookies = self._signed_in.copy()

    def _check(self, answer: requests.Response) -> None:
        self._after_each()
        assert_clear(answer.status_code, answer.headers.get("content-type", ""), answer.text)


@pytest.fixture(scope="module")
def callers(hostile_demo: RunningDemo) -> Iterator[dict[str, Caller]]:
    """A learner, nobody, and whoever has stolen the token of the server's SDK."""
    address = hostile_demo.settings.address
    secret = local_client_secret(hostile_demo.settings)
    pair = (LOCAL_CLIENT_ID, secret)
    token = requests.post(f"{address}/platform/oauth2/token", auth=pair, timeout=20).json()
    who = {
        "ada": Caller(hostile_demo),
        "nobody": Caller(hostile_demo),
        "sdk": Caller(hostile_demo, Authorization=f"Bearer {token['access_token']}"),
    }
    who["ada"].sign_in("ada")
    yield who
    for caller in who.values():
        caller.session.close()


@st.composite
def cases(draw: st.DrawFn, operation: schemathesis.APIOperation) -> schemathesis.Case:
    """A request to one route: as described, or not; half of them for something that is there."""
    mode = draw(st.sampled_from(list(schemathesis.GenerationMode)))
    named = {each.name for each in operation.path_parameters}
    known = {name: value for name, value in KNOWN.items() if name in named}
    path = {"path_parameters": known} if known and draw(st.booleans()) else {}
    try:
        return draw(operation.as_strategy(generation_mode=mode, **path))
    except schemathesis.errors.InvalidSchema:
        return draw(operation.as_strategy(**path))


@pytest.mark.parametrize("label", OPERATIONS)
def test_no_route_breaks(
    callers: dict[str, Caller], grace: Bystander, hostile_demo: RunningDemo, label: str
) -> None:
    @effort(REQUESTS // 4 // len(OPERATIONS))
    @given(case=cases(OPERATIONS[label]))
    def as_a_learner(case: schemathesis.Case) -> None:
        callers["sdk" if label.partition(" ")[2].startswith("/platform") else "ada"].call(case)

    @effort(REQUESTS // 8 // len(OPERATIONS))
    @given(case=cases(OPERATIONS[label]))
    def as_nobody(case: schemathesis.Case) -> None:
        callers["nobody"].call(case)

    before = rows_of(hostile_demo)
    as_nobody()
    assert rows_of(hostile_demo) == before, "who is not signed in stores nothing"
    as_a_learner()
    assert_well_shaped(hostile_demo)
    if "/platform" not in label:
        grace.assert_untouched()


RUN_ID = str(uuid.uuid4())
GOOD = {
    "/api/signin": {"learner": "ada"},
    "/api/progress/fractions": {"runId": RUN_ID},
    "/api/lessons/fractions/answers": {"runId": RUN_ID, "question": "q1", "choice": 0},
    "/api/timeback/activity/heartbeat": {
        "id": "fractions",
        "name": "Fractions",
        "course": COURSE,
        "runId": RUN_ID,
        **window(0),
    },
    "/api/timeback/activity/submit": {
        "id": "lesson-1",
        "name": "A lesson of a page's own",
        "course": COURSE,
        "runId": RUN_ID,
        "endedAt": "2026-11-22T10:00:00Z",
        "metrics": {"xpEarned": 10, "totalQuestions": 5, "correctQuestions": 4},
    },
}


@pytest.mark.parametrize("path", GOOD)
def test_no_body_breaks_it(
    callers: dict[str, Caller], grace: Bystander, hostile_demo: RunningDemo, path: str
) -> None:
    """Bodies that are right but for one thing get further in than those that are all wrong."""

    @effort(REQUESTS // 8 // len(GOOD))
    @given(content=spoiled(GOOD[path]))
    def post(content: bytes) -> None:
        callers["ada"].post(path, content)

    for content in spoiled_everywhere(GOOD[path]):
        callers["ada"].post(path, content)
    post()
    assert_well_shaped(hostile_demo)
    grace.assert_untouched()


def test_nobody_works_under_the_name_of_another(
    callers: dict[str, Caller], grace: Bystander, hostile_demo: RunningDemo
) -> None:
    """With the run of another learner in an otherwise good body."""
    for path, good in GOOD.items():
        callers["ada"].post(path, json.dumps(good | {"runId": grace.run_id}).encode())
    grace.assert_untouched()


PARAMETERS = [
    (method, path, parameter["name"], parameter["in"])
    for path, methods in DESCRIPTION["paths"].items()
    for method, operation in methods.items()
    for parameter in operation.get("parameters", ())
    if not path.startswith("/platform") and not path.endswith("/stream")
]


def test_no_address_breaks_it(callers: dict[str, Caller], grace: Bystander) -> None:
    for method, path, name, where in PARAMETERS:
        for text in TEXTS:
            bad = quote(text[:300].encode(errors="surrogatepass"), safe="")
            address = path.format_map(defaultdict(lambda: "fractions", {name: bad}))
            query = f"?{name}={bad}" if where == "query" else ""
            callers["ada"].send(method, address + query)
    grace.assert_untouched()


@pytest.mark.parametrize(
    ("name", "prefix"),
    [
        ("cookie", b"demo_learner="),
        ("authorization", b"Bearer "),
        ("accept-encoding", b""),
        ("if-none-match", b""),
        ("range", b"bytes="),
        ("origin", b""),
    ],
)
def test_no_header_breaks_it(callers: dict[str, Caller], name: str, prefix: bytes) -> None:
    for text in TEXTS:
        value = text[:300].encode(errors="surrogatepass").translate(None, b"\r\n\0")
        for path in ("/api/journal", "/assets/style.css", "/api/timeback/user/verify"):
            callers["nobody"].send("get", path, {name: (prefix + value).strip()})


@pytest.mark.parametrize(
    ("status", "path", "headers"),
    [
        (414, "/api/journal?run_id=" + "a" * 5000, {}),
        (414, "/lesson/" + "a" * 5000, {}),
        (431, "/api/me", {"x-long": "a" * 17_000}),
        (400, "/api/journal?run_id=%00", {}),
        (400, "/api/progress/%00", {}),
    ],
)
def test_what_no_page_of_ours_sends_is_refused(
    callers: dict[str, Caller], status: int, path: str, headers: dict[str, str]
) -> None:
    answer = callers["ada"].send("get", path, headers)
    assert answer.status_code == status
    assert answer.json()["error"]["code"]


def test_all_of_them_were_sent(callers: dict[str, Caller], hostile_demo: RunningDemo) -> None:
    """By the tests above, to the last one as the learner: none was answered with 5xx."""
    assert callers["ada"].send("get", "/api/me").json()["learner"]["id"] == "ada"
    sent = SENT[hostile_demo.settings.database_url]
    assert sent >= REQUESTS

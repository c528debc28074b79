"""A window counts once: what the official SDK does alone, and what it does behind `CountOnce`.

The journal shows every event of the platform, and the events have the random ids of the SDK, so
what is counted twice is seen twice.
"""

import asyncio
import json
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import httpx
import pytest
from fastapi import Request, Response
from sqlalchemy import func, select, update
from timeback.server.handlers.activity import heartbeat_handler

from demo.server import count_once, outgoing
from demo.server.count_once import CountOnce
from demo.server.tables import HeartbeatWindow
from tests.server.running import NO_TLS, Browser, RunningDemo, at_once, wait_for, window
from tests.server.second_server import (
    ALONE,
    mount_the_sdk_alone,
    second_server,
    with_ids_of_the_sdk,
)

ONCE = "/api/timeback"
DAY_MS = 24 * 3600 * 1000
TAKEN = {200, 204}
"""Counted now, or known to be counted."""

alone_and_once = pytest.mark.parametrize(("api", "counted"), [(ALONE, 2), (ONCE, 1)])


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDemo]:
    with RunningDemo(tmp_path_factory.mktemp("count-once")) as demo:
        mount_the_sdk_alone(demo)
        yield demo


@pytest.fixture
def demo(running: RunningDemo, monkeypatch: pytest.MonkeyPatch) -> RunningDemo:
    monkeypatch.setattr(outgoing, "_as_heartbeat", with_ids_of_the_sdk)
    running.reset()
    return running


def times_counted(browser: Browser, run_id: str) -> int:
    response = browser.get("/api/journal", run_id=run_id)
    return len(response.json()["events"]) if response.status_code == 200 else 0


@contextmanager
def elsewhere(browser: Browser, address: str) -> Iterator[Browser]:
    """The same learner, at another address."""
    cookies = browser.client.cookies
    with httpx.Client(base_url=address, timeout=20, verify=NO_TLS, cookies=cookies) as client:
        yield Browser(client)


def rows(demo: RunningDemo) -> int:
    with demo.services.database.reading() as session:
        return session.scalar(select(func.count()).select_from(HeartbeatWindow)) or 0


def let_leases_end(demo: RunningDemo) -> None:
    with demo.services.database.writing() as session:
        under_way = HeartbeatWindow.under_way_until_ms > 0
        session.execute(update(HeartbeatWindow).where(under_way).values(under_way_until_ms=1))


def let_the_sdk_forget() -> None:
    """What five minutes do, or another process."""
    cache = heartbeat_handler._dedupe_cache
    for key in cache:
        cache[key] -= heartbeat_handler._DEDUPE_TTL_S + 1


@pytest.mark.parametrize("api", [ALONE, ONCE])
def test_again_within_five_minutes(demo: RunningDemo, api: str) -> None:
    """The one repeat that the SDK knows by itself."""
    browser, run_id = demo.browser("ada"), str(uuid.uuid4())
    assert browser.heartbeat(run_id, window(0), api).status_code == 204
    repeat = browser.heartbeat(run_id, window(0), api)
    assert (repeat.status_code, repeat.json()) == (200, {"duplicate": True})
    assert times_counted(browser, run_id) == 1


@alone_and_once
def test_again_after_five_minutes(demo: RunningDemo, api: str, counted: int) -> None:
    browser, run_id = demo.browser("ada"), str(uuid.uuid4())
    assert browser.heartbeat(run_id, window(0), api).status_code == 204
    let_the_sdk_forget()
    assert browser.heartbeat(run_id, window(0), api).status_code in TAKEN
    assert times_counted(browser, run_id) == counted


def test_again_at_another_process(demo: RunningDemo) -> None:
    browser = demo.browser("ada")
    with second_server(demo) as (address, _), elsewhere(browser, address) as other:
        for api, counted in ((ALONE, 2), (ONCE, 1)):
            run_id = str(uuid.uuid4())
            assert browser.heartbeat(run_id, window(0), api).status_code == 204
            assert other.heartbeat(run_id, window(0), api).status_code in TAKEN
            assert times_counted(browser, run_id) == counted


@alone_and_once
def test_again_while_the_first_is_under_way(demo: RunningDemo, api: str, counted: int) -> None:
    browser, other, run_id = demo.browser("ada"), demo.browser("ada"), str(uuid.uuid4())
    held = True
    demo.wire.held = lambda _event: held
    with ThreadPoolExecutor() as pool:
        first = pool.submit(browser.heartbeat, run_id, window(0), api)
        wait_for(lambda: demo.wire.posts == 1)
        again = pool.submit(other.heartbeat, run_id, window(0), api)
        wait_for(lambda: demo.wire.posts == 2 or again.done())
        held = False
    assert first.result().status_code == 204
    if api == ONCE:
        assert again.result().status_code == 409
        assert again.result().json()["error"]["code"] == "WINDOW_UNDER_WAY"
        assert again.result().headers["Retry-After"] == "1"
    assert other.heartbeat(run_id, window(0), api).status_code in TAKEN
    assert times_counted(browser, run_id) == counted


def test_eight_times_at_once(demo: RunningDemo) -> None:
    run_id = str(uuid.uuid4())
    tabs = [demo.browser("ada") for _ in range(8)]
    answers = at_once(*(lambda tab=tab: tab.heartbeat(run_id, window(0)) for tab in tabs))
    statuses = {answer.status_code for answer in answers}
    assert 204 in statuses
    assert statuses <= TAKEN | {409}
    assert times_counted(tabs[0], run_id) == 1


@alone_and_once
def test_again_in_another_spelling(demo: RunningDemo, api: str, counted: int) -> None:
    browser, run_id = demo.browser("ada"), str(uuid.uuid4())
    assert browser.heartbeat(run_id, window(0), api).status_code == 204
    paris = {"startedAt": "2026-11-22T11:00:00.000+01:00"}
    assert browser.heartbeat(run_id.upper(), window(0) | paris, api).status_code in TAKEN
    assert times_counted(browser, run_id) == counted


def test_the_next_window_is_no_repeat(demo: RunningDemo) -> None:
    browser, run_id = demo.browser("ada"), str(uuid.uuid4())
    for start_s in (0, 15, 30):
        assert browser.heartbeat(run_id, window(start_s)).status_code == 204
    assert browser.heartbeat(str(uuid.uuid4()), window(0)).status_code == 204
    assert times_counted(browser, run_id) == 3
    assert rows(demo) == 4


def test_two_learners_with_the_same_run_and_start(demo: RunningDemo) -> None:
    run_id = str(uuid.uuid4())
    for learner in ("ada", "grace"):
        browser = demo.browser(learner)
        assert browser.heartbeat(run_id, window(0)).status_code == 204
        assert times_counted(browser, run_id) == 1
        let_the_sdk_forget()  # Its own memory takes the second learner's window for a repeat.


def test_what_is_refused_passes_when_it_comes_again(demo: RunningDemo) -> None:
    browser, run_id = demo.browser("ada"), str(uuid.uuid4())
    assert browser.heartbeat(run_id, window(0), course={"code": "none"}).status_code == 400
    for service, status in (("roster", 404), ("events", 502)):
        demo.faults(**{service: "down"})
        assert browser.heartbeat(run_id, window(0)).status_code == status
        demo.faults(**{service: "up"})
    assert rows(demo) == 0
    assert browser.heartbeat(run_id, window(0)).status_code == 204
    assert times_counted(browser, run_id) == 1


def test_what_is_no_heartbeat_leaves_nothing_behind(demo: RunningDemo) -> None:
    assert demo.browser().heartbeat(str(uuid.uuid4()), window(0)).status_code == 401
    ada = demo.browser("ada")
    for change in ({"startedAt": "soon"}, {"startedAt": 5}, {"runId": None}, {"runId": 5}):
        body = window(0) | {"runId": str(uuid.uuid4())} | change
        assert ada.heartbeat("", body).status_code == 400
    assert rows(demo) == 0


def test_a_window_whose_server_was_killed_is_not_passed_on_again(demo: RunningDemo) -> None:
    browser, run_id = demo.browser("ada"), str(uuid.uuid4())
    with (
        second_server(demo, "hold") as (address, process),
        elsewhere(browser, address) as other,
        ThreadPoolExecutor() as pool,
    ):
        first = pool.submit(other.heartbeat, run_id, window(0))
        wait_for(lambda: rows(demo) == 1)
        process.kill()
        with suppress(httpx.TransportError):
            first.result()
    assert browser.heartbeat(run_id, window(0)).status_code == 409
    let_leases_end(demo)
    for _ in range(2):
        response = browser.heartbeat(run_id, window(0))
        assert response.status_code == 422
        assert response.json()["error"]["code"] == "WINDOW_IN_DOUBT"
    assert times_counted(browser, run_id) == 0


def test_a_reply_of_the_platform_that_is_lost_is_made_good_by_the_id(
    demo: RunningDemo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For the SDK this is a failure, so the window comes again, under the id it had before."""
    monkeypatch.undo()
    browser, run_id = demo.browser("ada"), str(uuid.uuid4())
    demo.wire.lose_reply = lambda _event: True
    assert browser.heartbeat(run_id, window(0)).status_code == 502
    demo.wire.lose_reply = lambda _event: False
    assert browser.heartbeat(run_id, window(0)).status_code == 204
    assert len(demo.wire.taken("TimeSpentEvent")) > 1
    assert times_counted(browser, run_id) == 1


class Handler:
    """Stands in for the SDK's, to fail in ways in which that one does not."""

    def __init__(self, demo: RunningDemo) -> None:
        self.error: BaseException | None = None
        self.calls = 0
        self._once = CountOnce(demo.services.database, self._answer, lambda _request: "ada")

    async def _answer(self, _request: Request) -> Response:
        self.calls += 1
        if self.error:
            raise self.error
        return Response(status_code=204)

    def post(self, started_at: str = "2026-11-22T10:00:00.000Z") -> int:
        body = json.dumps({"runId": "any", "startedAt": started_at}).encode()

        async def receive() -> dict[str, object]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def heartbeat() -> Response:
            scope = {"type": "http", "method": "POST", "headers": []}
            return await self._once.heartbeat(Request(scope, receive))

        return asyncio.run(heartbeat()).status_code


def test_an_exception_lets_the_window_go(demo: RunningDemo) -> None:
    handler = Handler(demo)
    handler.error = RuntimeError("on purpose")
    with pytest.raises(RuntimeError):
        handler.post()
    handler.error = None
    assert [handler.post(), handler.post()] == [204, 200]
    assert handler.calls == 2


def test_a_handler_that_was_cancelled_may_have_counted(demo: RunningDemo) -> None:
    handler = Handler(demo)
    handler.error = asyncio.CancelledError()
    with pytest.raises(asyncio.CancelledError):
        handler.post()
    handler.error = None
    assert handler.post() == 409
    let_leases_end(demo)
    assert handler.post() == 422
    assert handler.calls == 1


def test_old_windows_are_forgotten(demo: RunningDemo, monkeypatch: pytest.MonkeyPatch) -> None:
    handler = Handler(demo)
    for days, left in ((0, 1), (34, 2), (36, 2), (36.01, 3), (70, 3)):
        monkeypatch.setattr(count_once, "now_ms", lambda days=days: int(days * DAY_MS))
        started_at = f"2026-11-22T10:00:{days:05.2f}Z"
        assert handler.post(started_at) == 204
        assert rows(demo) == left, f"after {days} days"

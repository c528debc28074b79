"""A demo that really listens: the SDK reaches the local platform by HTTP."""

import asyncio
import hashlib
import json
import os
import socket
import ssl
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import httpx
import uvicorn
from sqlalchemy import create_engine, make_url, select
from sqlalchemy.exc import ProgrammingError

from demo.server.app import create_app
from demo.server.services import Services
from demo.server.serving import Server
from demo.server.settings import Settings
from demo.server.tables import Base, Completion, Learner

# Made once: a client of its own making would read all certificates of the system, each time.
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
COURSE = {"subject": "Math", "grade": 3}
FRACTIONS_ANSWERS = [1, 0, 2, 1, 0, 2, 0, 0, 3, 2, 1, 2]
CLOCKS_ANSWERS = [1, 0, 2, 1, 2]
ANSWERS = {"fractions": FRACTIONS_ANSWERS, "reading-clocks": CLOCKS_ANSWERS}


@dataclass
class Arrival:
    """An event that was posted to the platform, and the status that the platform answered."""

    event: dict[str, Any]
    status: int


class Wire:
    """Sits in front of the app, sees every event that arrives, and can break things.

    `refuse(event)` answers 500 instead of the app; `lose_reply(event)` lets the app take the event
    and answers 500 all the same. An event stays on the wire, before the app, while `held(event)`.
    """

    def __init__(self, app: Any) -> None:
        self.app = app
        self.forget()

    def forget(self) -> None:
        """Break nothing any more, and forget what has arrived."""
        self.arrivals: list[Arrival] = []
        self.posts = 0
        self.held: Callable[[dict[str, Any]], bool] = lambda _event: False
        self.refuse: Callable[[dict[str, Any]], bool] = lambda _event: False
        self.lose_reply: Callable[[dict[str, Any]], bool] = lambda _event: False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or not scope["path"].endswith("/caliper/event"):
            await self.app(scope, receive, send)
            return
        body = await _whole_body(receive)
        event = _first_event(body)
        self.posts += 1
        while self.held(event):
            await asyncio.sleep(0.01)
        if self.refuse(event):
            await self._fail(send)
            return
        messages: list[Any] = []

        async def replay() -> Any:
            return {"type": "http.request", "body": body}

        async def collect(answer: Any) -> None:
            messages.append(answer)

        await self.app(scope, replay, collect)
        self.arrivals.append(Arrival(event, messages[0]["status"]))
        if self.lose_reply(event):
            await self._fail(send)
            return
        for answer in messages:
            await send(answer)

    def taken(self, kind: str) -> list[dict[str, Any]]:
        return [
            each.event
            for each in self.arrivals
            if each.status == 200 and each.event["type"] == kind
        ]

    async def _fail(self, send: Any) -> None:
        await send({"type": "http.response.start", "status": 500, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})


class RunningDemo:
    """A server in a thread. Leave the `with` block to shut it down in the orderly way."""

    def __init__(self, folder: Path, **changes: Any) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        defaults: dict[str, Any] = {
            "port": self._socket.getsockname()[1],
            "database_url": database_url(folder),
            "secret": "a secret of the tests",
            "bundle_dir": folder / "bundle",
            "frameworks_dir": folder / "frameworks",
            "faults": True,
            "retry_base_ms": 40,
        }
        self.settings = Settings(**(defaults | changes))
        app = create_app(self.settings)
        self.services: Services = app.state.services
        self.wire = Wire(app)
        self.server = Server(
            uvicorn.Config(self.wire, log_level="error", timeout_graceful_shutdown=2),
            self.services.stopping,
        )
        self._thread = threading.Thread(target=self.server.run, args=([self._socket],))
        self._clients = ExitStack()

    def __enter__(self) -> Self:
        self._thread.start()
        wait_for(lambda: self.server.started or not self._thread.is_alive())
        assert self.server.started, "the server did not start"
        return self

    def __exit__(self, *_: object) -> None:
        self._clients.close()
        self.server.should_exit = True
        self._thread.join(timeout=15)
        self._socket.close()
        assert not self._thread.is_alive(), "the server did not stop"

    def browser(self, learner: str | None = None, *, teacher: str | None = None) -> "Browser":
        """A client with cookies of its own, signed in as `learner` or `teacher`."""
        client = self._clients.enter_context(
            httpx.Client(base_url=self.settings.address, timeout=20, verify=NO_TLS)
        )
        browser = Browser(client)
        if learner:
            assert browser.post("/api/signin", {"learner": learner}).status_code == 204
        if teacher:
            assert browser.post("/api/signin", {"teacher": teacher}).status_code == 204
        return browser

    def reset(self) -> None:
        """Forget everything but the learners, as soon as nothing is being recorded."""
        self._clients.close()
        self.wire.forget()
        self.faults(events="up", roster="up")
        wait_for(self._forget_rows)
        self.wire.forget()

    def _forget_rows(self) -> bool:
        with self.services.database.writing() as session:
            if session.scalar(select(Completion.run_id).where(Completion.lease.is_not(None))):
                return False
            for table in reversed(Base.metadata.sorted_tables):
                if table is not Learner.__table__:
                    session.execute(table.delete())
        return True

    def faults(self, **switches: str) -> None:
        assert self.browser().post("/platform/faults", switches).status_code == 200


class Browser:
    """What a page of a learner does."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client

    def get(self, path: str, **params: str) -> httpx.Response:
        return self.client.get(path, params=params)

    def post(self, path: str, body: object = None) -> httpx.Response:
        """Like `fetch(path, {method: "POST", body: JSON.stringify(body)})`: as plain text."""
        content = None if body is None else json.dumps(body)
        return self.client.post(path, content=content, headers={"Content-Type": "text/plain"})

    def start(self, lesson: str, run_id: str | None = None) -> str:
        run_id = run_id or str(uuid.uuid4())
        assert self.post(f"/api/progress/{lesson}", {"runId": run_id}).status_code == 200
        return run_id

    def progress(self, lesson: str) -> dict[str, Any]:
        response = self.get(f"/api/progress/{lesson}")
        assert response.status_code == 200
        return response.json()

    def answer(
        self, lesson: str, run_id: str, number: int, choice: int | None = None
    ) -> httpx.Response:
        """Answer question `number` (from 1), rightly unless a choice is given."""
        choice = ANSWERS[lesson][number - 1] if choice is None else choice
        body = {"runId": run_id, "question": f"q{number}", "choice": choice}
        return self.post(f"/api/lessons/{lesson}/answers", body)

    def complete(self, lesson: str, run_id: str | None = None) -> str:
        run_id = run_id or self.start(lesson)
        for number in range(1, len(ANSWERS[lesson]) + 1):
            assert self.answer(lesson, run_id, number).status_code == 200
        return run_id

    def heartbeat(
        self, run_id: str, window: dict[str, Any], api: str = "/api/timeback", **changes: Any
    ) -> httpx.Response:
        body = {"id": "fractions", "name": "Fractions", "course": COURSE, "runId": run_id}
        return self.post(f"{api}/activity/heartbeat", body | window | changes)

    def journal(self, run_id: str) -> dict[str, Any]:
        response = self.get("/api/journal", run_id=run_id)
        assert response.status_code == 200
        return response.json()

    def state_of(self, lesson: str) -> str:
        return self.progress(lesson)["completion"]["state"]

    def wait_until_recorded(self, lesson: str) -> None:
        wait_for(lambda: self.state_of(lesson) == "recorded")


def window(
    start_s: int, active_ms: int = 15_000, paused_ms: int = 0, day: int = 22
) -> dict[str, Any]:
    """A heartbeat's window, `start_s` seconds after ten o'clock."""
    start_ms = start_s * 1000
    return {
        "startedAt": _at(day, start_ms),
        "endedAt": _at(day, start_ms + active_ms + paused_ms),
        "elapsedMs": active_ms,
        "pausedMs": paused_ms,
    }


def wait_for(condition: Callable[[], bool], timeout_s: float = 10.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def at_once(*calls: Callable[[], httpx.Response]) -> list[httpx.Response]:
    """Make all calls at the same moment, each in a thread of its own."""
    barrier = threading.Barrier(len(calls))
    answers: list[httpx.Response] = []

    def run(call: Callable[[], httpx.Response]) -> None:
        barrier.wait()
        answers.append(call())

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == len(calls)
    return answers


def database_url(folder: Path) -> str:
    """A database for `folder`: a file in it, or a database of the server in DEMO_TEST_POSTGRES."""
    server = os.environ.get("DEMO_TEST_POSTGRES")
    if not server:
        return f"sqlite:///{folder / 'demo.sqlite3'}"
    name = f"demo_{hashlib.sha256(str(folder).encode()).hexdigest()[:16]}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection, suppress(ProgrammingError):
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    return make_url(server).set(database=name).render_as_string(hide_password=False)


async def _whole_body(receive: Any) -> bytes:
    """The body, in however many pieces the socket gave it."""
    pieces: list[bytes] = []
    while True:
        message = await receive()
        pieces.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(pieces)


def _first_event(body: bytes) -> dict[str, Any]:
    try:
        match json.loads(body):
            case {"data": [dict(event), *_]}:
                return event
    except (ValueError, RecursionError):
        pass  # what is no JSON is for the app to refuse
    return {}


def _at(day: int, ms_after_ten: int) -> str:
    seconds, ms = divmod(ms_after_ten, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"2026-11-{day}T{10 + hours:02}:{minutes:02}:{seconds:02}.{ms:03}Z"

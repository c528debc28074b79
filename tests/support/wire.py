"""A tap on the wire between page and server: what arrived, how it was answered, and faults."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEARTBEAT = "/api/timeback/activity/heartbeat"
SUBMIT = "/api/timeback/activity/submit"
_QUIET_S = 0.7


@dataclass
class Received:
    """One heartbeat as it came in."""

    body: dict[str, Any]
    headers: dict[str, str]
    arrived_s: float
    answered_s: float = 0.0
    status: int = 0

    @property
    def by_beacon(self) -> bool:
        """A beacon can't ask for a kind of answer; our fetch does."""
        return self.headers["accept"] == "*/*"

    @property
    def taken(self) -> bool:
        return self.status == 204


@dataclass
class Wire:
    """Everything that was said to the heartbeat route, and what was submitted.

    Set `refuse_with` (status, code) to answer for the server without asking it, and `delay_s` to
    make it slow.
    """

    heartbeats: list[Received] = field(default_factory=list)
    submits: list[dict[str, Any]] = field(default_factory=list)
    refuse_with: tuple[int, str] | None = None
    delay_s: float = 0.0

    def of(self, run_id: str) -> list[Received]:
        return [beat for beat in self.heartbeats if beat.body.get("runId") == run_id]

    def taken(self, run_id: str) -> list[dict[str, Any]]:
        """Bodies of the heartbeats that the server has counted, in order of their windows."""
        bodies = [beat.body for beat in self.of(run_id) if beat.taken]
        return sorted(bodies, key=lambda body: body["startedAt"])

    def await_last(self, run_id: str, *, within_s: float = 20) -> None:
        """Wait until time of a run was counted, and no more comes for a moment.

        The first heartbeat of a session is due at a random time, from 1.5 s on: that something has
        arrived does not say that the last window has.
        """
        deadline = time.monotonic() + within_s
        count, quiet_since = 0, time.monotonic()
        while not count or time.monotonic() - quiet_since < _QUIET_S:
            assert count or time.monotonic() < deadline, "nothing has arrived"
            time.sleep(0.05)
            if len(self.taken(run_id)) > count:
                count, quiet_since = len(self.taken(run_id)), time.monotonic()


class WireTap:
    """ASGI middleware that writes down heartbeats and completions on their way in."""

    def __init__(self, app: ASGIApp, wire: Wire) -> None:
        self._app = app
        self._wire = wire

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] not in (HEARTBEAT, SUBMIT):
            await self._app(scope, receive, send)
            return
        body = await _read(receive)
        if scope["path"] == SUBMIT:
            self._wire.submits.append(json.loads(body))
            await self._app(scope, _replay(body, receive), send)
            return
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        received = Received(json.loads(body), headers, time.monotonic())
        self._wire.heartbeats.append(received)

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                received.status = message["status"]
                received.answered_s = time.monotonic()
            await send(message)

        await self._handle(scope, body, receive, answer)

    async def _handle(self, scope: Scope, body: bytes, receive: Receive, send: Send) -> None:
        if self._wire.delay_s:
            import anyio

            await anyio.sleep(self._wire.delay_s)
        if self._wire.refuse_with:
            status, code = self._wire.refuse_with
            refusal = JSONResponse({"error": {"code": code, "message": "on purpose"}}, status)
            await refusal(scope, receive, send)
            return
        await self._app(scope, _replay(body, receive), send)


async def _read(receive: Receive) -> bytes:
    body = b""
    while True:
        message = await receive()
        part: bytes = message.get("body", b"")
        body += part
        if not message.get("more_body"):
            return body


def _replay(body: bytes, receive: Receive) -> Receive:
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again

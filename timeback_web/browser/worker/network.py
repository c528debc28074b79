"""Requests by way of the guard: they outlive the worker, and the page."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from timeback_web.ports import Answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from timeback_web.browser.worker.line import Line, Message
    from timeback_web.ports import Request


class WorkerNetwork:
    """The page's `fetch` with `keepalive`.

    There are no beacons from here, and nothing is armed: the guard does both, by itself.

    Args:
        line: To the guard.
    """

    def __init__(self, line: Line) -> None:
        """Nothing is under way."""
        self._line = line
        self._online = True
        self._numbers = count(1)
        self._waiting: dict[str, Callable[[Answer], None]] = {}
        line.on("hello", self._hello)
        line.on("event", self._event)
        line.on("answer", self._answer)

    def is_online(self) -> bool:
        """`False` only when the machine surely has no network, as far as was heard."""
        return self._online

    def gives_receipts(self, url: str) -> bool:  # noqa: ARG002 - the port's signature
        """Always: what goes as a beacon elsewhere is a `fetch` here."""
        return True

    def prepare(self, url: str) -> None:
        """Nothing to do: the guard knows how."""

    def fetch(self, request: Request, on_answer: Callable[[Answer], None]) -> None:
        """Have the guard start the request."""
        number = str(next(self._numbers))
        self.expect(number, on_answer)
        headers = dict(request.headers)
        self._line.say("fetch", id=number, url=request.url, headers=headers, body=request.body)

    def beacon(self, request: Request, on_receipt: Callable[[Answer], None]) -> bool:
        """The same."""
        self.fetch(request, on_receipt)
        return True

    def can_arm(self) -> bool:
        """No: the guard does."""
        return False

    def arm(self, request: Request) -> None:
        """Nothing."""

    def expect(self, number: str, on_answer: Callable[[Answer], None]) -> None:
        """Somebody waits for the answer of a request, also of one that the guard has begun."""
        self._waiting[number] = on_answer

    def _hello(self, message: Message) -> None:
        self._online = message["online"]

    def _event(self, message: Message) -> None:
        self._online = (self._online or message["event"] == "online") and (
            message["event"] != "offline"
        )

    def _answer(self, message: Message) -> None:
        on_answer = self._waiting.pop(message["id"], None)
        if on_answer is not None:
            sent = "status" in message  # else the guard was quicker
            body, retry_after = message.get("body", ""), message.get("retry_after", "")
            content_type, redirected = message.get("content_type"), message.get("redirected", False)
            status = message.get("status")
            on_answer(Answer(status, body, retry_after, sent, content_type, redirected))

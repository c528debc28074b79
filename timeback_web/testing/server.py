"""A server that answers as the official one does, and remembers what it took."""

from __future__ import annotations

import json
from collections import deque
from typing import TYPE_CHECKING

from timeback_web.ports import Answer
from timeback_web.testing.bodies import Heartbeat, Submit

if TYPE_CHECKING:
    from timeback_web.ports import Request

SIGN_IN_PAGE = "<!doctype html><title>Sign in</title>"


class FakeServer:
    """Takes heartbeats and submits.

    Attributes:
        heartbeats: Heartbeats taken, in order of arrival, each once.
        submits: Completions taken.
        profile: What `GET /user/me` answers.
        verification: What `GET /user/verify` answers.
    """

    def __init__(self) -> None:
        """Begin in good health."""
        self.heartbeats: list[Heartbeat] = []
        self.submits: list[Submit] = []
        self.profile: dict[str, object] = {"id": "u-1", "email": "ada@example.com"}
        self.verification: dict[str, object] = {"verified": True, "timebackId": "u-1"}
        self._next: deque[Answer] = deque()
        self._always: Answer | None = None
        self._seen: set[tuple[str, str]] = set()

    def answer_next(self, *answers: Answer) -> None:
        """Answer the next requests like this instead of taking them."""
        self._next.extend(answers)

    def answer_always(self, answer: Answer | None) -> None:
        """Answer every request like this from now on; `None`: take them again."""
        self._always = answer

    def refuse_next(self, status: int, code: str = "", message: str = "", **details: str) -> None:
        """Answer the next request with an error as the official server words it."""
        error: dict[str, object] = {"code": code, "message": message}
        if details:
            error["details"] = details
        self.answer_next(Answer(status, json.dumps({"error": error})))

    def answer_page_next(self, status: int = 200, html: str = SIGN_IN_PAGE) -> None:
        """A portal, a filter or a sign-in page answers the next request in this server's place."""
        self.answer_next(Answer(status, html, content_type="text/html; charset=utf-8"))

    def redirect_next(self) -> None:
        """The next request is redirected to a sign-in page, which a beacon follows."""
        self.answer_next(Answer(200, SIGN_IN_PAGE, content_type="text/html", redirected=True))

    def handle(self, request: Request) -> Answer:
        """Answer one request."""
        if self._next:
            return self._next.popleft()
        return self._always or self._take(request)

    def _take(self, request: Request) -> Answer:
        if request.url.endswith("/activity/heartbeat"):
            return self._take_heartbeat(Heartbeat.model_validate_json(request.body or ""))
        if request.url.endswith("/activity/submit"):
            self.submits.append(Submit.model_validate_json(request.body or ""))
            return Answer(204)
        if request.url.endswith("/user/me"):
            return Answer(200, json.dumps(self.profile))
        if request.url.endswith("/user/verify"):
            return Answer(200, json.dumps(self.verification))
        return Answer(404, json.dumps({"error": {"code": "NOT_FOUND", "message": request.url}}))

    def _take_heartbeat(self, heartbeat: Heartbeat) -> Answer:
        key = (heartbeat.run_id, heartbeat.started_at)
        if key in self._seen:
            return Answer(200, '{"duplicate":true}')
        self._seen.add(key)
        self.heartbeats.append(heartbeat)
        return Answer(204)

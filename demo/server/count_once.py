"""A recipe: the window of a heartbeat counts once, whenever and wherever it comes again.

The SDK knows a repeat by a note in the memory of its process. It writes the note after the window
was sent, and drops it after five minutes. So a window counts twice when it comes again later, at
another process, or while the first try is still under way. Here the note is a row in the app's
database, written before. Hang this in front of the SDK's router, which has a route of the same
path, and with the same guards:

    once = CountOnce(database, timeback.instance.handle.activity.heartbeat, learner_id)
    app.add_api_route("/api/timeback/activity/heartbeat", once.heartbeat, methods=["POST"])
    app.include_router(timeback.router, prefix="/api/timeback")

A window is named by its learner, run and start. How far it has got is in `under_way_until_ms`:

* No row: it has never come, or was refused. Whoever inserts the row passes it on.
* In the future: it is being passed on. 409, which a client keeps and sends again in a second.
* 0: it is counted. 200 and `{"duplicate": true}`, as from the SDK itself.
* In the past: the process that had it is gone, or could not write down the end. Nobody knows
  whether the window was counted. To pass it on again could count it twice, so that is never done.
  422, and not 200: a client lets go of it, as it must, and can tell its page that it may be lost.
"""

import hashlib
import json
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from .database import Database, insert_new
from .errors import error_json
from .tables import HeartbeatWindow
from .times import now_ms, to_ms

log = logging.getLogger(__name__)

LEASE_MS = 2 * 60_000
"""Longer than the SDK can take: a token, the roster and the event, each in at most 30 s."""
KEEP_MS = 35 * 24 * 3600 * 1000
"""Longer than a browser keeps a window that it could not deliver: 30 days."""
PRUNE_EVERY_MS = 3600 * 1000


class CountOnce:
    """Lets each window through to the SDK once.

    Args:
        database: Where the windows are written down, the same for all processes of the app.
        handler: What counts a window: the SDK's handler of heartbeats.
        learner_id: Who is signed in, by the same rule as in the SDK's identity configuration.
    """

    def __init__(
        self,
        database: Database,
        handler: Callable[[Request], Awaitable[Response]],
        learner_id: Callable[[Request], str | None],
    ) -> None:
        self._database = database
        self._handler = handler
        self._learner_id = learner_id
        self._prune_at_ms = 0

    async def heartbeat(self, request: Request) -> Response:
        """Answer a heartbeat."""
        window_id = await self._window_id(request)
        if window_id is None:
            return await self._handler(request)  # The SDK refuses it, and says why.
        repeat = await run_in_threadpool(self._claim, window_id)
        if repeat is not None:
            return repeat
        # Nothing is caught but an `Exception`: a handler that was cancelled may have counted.
        try:
            response = await self._handler(request)
        except Exception:
            await run_in_threadpool(self._release, window_id)
            raise
        refused = response.status_code >= 400
        await run_in_threadpool(self._release if refused else self._note_counted, window_id)
        return response

    async def _window_id(self, request: Request) -> str | None:
        """The name of the window, or `None` when the request names none that could count."""
        learner_id = self._learner_id(request)
        try:
            body = await request.json()
            run_id, started_at = body["runId"].lower(), datetime.fromisoformat(body["startedAt"])
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None
        if learner_id is None:
            return None
        # Like the SDK: a time without a zone is UTC.
        started_at = started_at if started_at.tzinfo else started_at.replace(tzinfo=UTC)
        # A hash, so that it fits the column whatever a page sends, and no two names run together.
        name = json.dumps([learner_id, run_id, to_ms(started_at)])
        return hashlib.sha256(name.encode()).hexdigest()

    def _claim(self, window_id: str) -> Response | None:
        """Take the window, or give the answer to a repeat."""
        now = now_ms()
        with self._database.writing() as session:
            row = {"id": window_id, "first_seen_at_ms": now, "under_way_until_ms": now + LEASE_MS}
            if insert_new(session, HeartbeatWindow, **row):
                self._prune(session, now)
                return None
            column = HeartbeatWindow.under_way_until_ms
            until_ms = session.scalar(select(column).where(HeartbeatWindow.id == window_id))
        if until_ms == 0:
            return JSONResponse({"duplicate": True})
        # No row any more: it was released just now, and its retry may pass.
        return _under_way() if until_ms is None or until_ms > now else _in_doubt()

    def _note_counted(self, window_id: str) -> None:
        with self._database.writing() as session:
            row = update(HeartbeatWindow).where(HeartbeatWindow.id == window_id)
            session.execute(row.values(under_way_until_ms=0))

    def _release(self, window_id: str) -> None:
        with self._database.writing() as session:
            session.execute(delete(HeartbeatWindow).where(HeartbeatWindow.id == window_id))

    def _prune(self, session: Session, now: int) -> None:
        """Forget what no browser can send any more: a few rows of an index, once an hour."""
        if now < self._prune_at_ms:
            return
        self._prune_at_ms = now + PRUNE_EVERY_MS
        too_old = HeartbeatWindow.first_seen_at_ms < now - KEEP_MS
        session.execute(delete(HeartbeatWindow).where(too_old))


def _under_way() -> Response:
    response = error_json(409, "WINDOW_UNDER_WAY", "This window is being counted right now.")
    response.headers["Retry-After"] = "1"
    return response


def _in_doubt() -> Response:
    log.warning("A window is given up: the server that had it never said whether it was counted")
    message = "A server stopped while it counted this window, so it may or may not be counted."
    return error_json(422, "WINDOW_IN_DOUBT", message)

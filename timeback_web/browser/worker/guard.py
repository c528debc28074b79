"""The guard, as the session of a worker knows it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from timeback_web.ports import HANDED_OVER
from timeback_web.ports.worker_guard import Claim, SentByGuard

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from timeback_web.browser.worker.line import Line, Message
    from timeback_web.browser.worker.network import WorkerNetwork
    from timeback_web.browser.worker.storage import WorkerStorage
    from timeback_web.ports.worker_guard import OpenWindow, WorkerGuardListener


class MessageGuard:
    """Tells the guard of the open window, and the session of what the guard has sent.

    Args:
        line: To the guard.
        network: Where answers come in.
        storage: The copy of what is stored.
    """

    def __init__(self, line: Line, network: WorkerNetwork, storage: WorkerStorage) -> None:
        """No session is open."""
        self._line = line
        self._network = network
        self._storage = storage
        self._listener: WorkerGuardListener | None = None
        line.on("sent", self._sent)
        line.on("superseded", self._superseded)

    def watch(self, listener: WorkerGuardListener) -> None:
        """Have the news told to a session, and to no other."""
        self._listener = listener
        self._line.after_news = listener.heard_news
        self._storage.on_news = listener.look_again

    def follow(self, window: OpenWindow) -> None:
        """Tell how the ledger stands."""
        self._line.say(
            "window",
            run=window.run_id,
            at=window.at_ms,
            started=window.started_at_ms,
            ended=window.ended_at_ms,
            elapsed=window.elapsed_ms,
            running=window.running,
            stall_ms=window.stall_limit_ms,
            body=window.body,
            learner=window.learner,
            url=window.url,
            headers=dict(window.headers),
            trusted=window.trusted,
            owned=window.owned,
            outbox=window.outbox,
            journal=window.journal,
        )

    def claiming(self, claim: Claim) -> AbstractContextManager[None]:
        """What is sent or stored in here reports a window, unless the guard was quicker."""
        return self._line.claiming(claim)

    def over(self) -> None:
        """The session has ended."""
        self._line.say("over")
        self._line.after_news = lambda: None

    def _sent(self, message: Message) -> None:
        if "key" in message:
            self._storage.note(message["key"], json.dumps(message["entry"]))
        if self._listener is None:
            return
        kept = "key" in message
        on_answer = self._listener.sent(SentByGuard(**message["entry"]), kept=kept)
        if "id" in message:
            self._network.expect(message["id"], on_answer)
        elif not kept:
            on_answer(HANDED_OVER)

    def _superseded(self, message: Message) -> None:
        if self._listener is not None:
            claim = message["claim"]
            self._listener.superseded(
                Claim(
                    claim["run"],
                    claim["started"],
                    claim["ended"],
                    claim["elapsed"],
                    final=claim["final"],
                )
            )

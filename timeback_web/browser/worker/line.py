"""What a worker and the guard on its page say to each other: JSON, in the order it was said.

Both sides speak of the worker's own `performance.now()`. A worker that was busy hears late what has
happened meanwhile; so every message says when that was, and is dealt with as of then.
"""

from __future__ import annotations

import json
from collections import defaultdict
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from timeback_web.timekeeping.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from timeback_web.browser.worker.clock import WorkerClock
    from timeback_web.ports.worker_guard import Claim

type Message = dict[str, Any]

_OF_THEN = frozenset({"hello", "event", "sent", "superseded"})
"""What the ledger is told at its own time; answers and storage are news of now."""
_REPORTS = frozenset({"fetch", "store"})
"""What a window can be reported with."""


class Line:
    """The worker's end.

    Args:
        post: Hands a text to the guard.
        clock: Of the worker.
    """

    def __init__(self, post: Callable[[str], None], clock: WorkerClock) -> None:
        """Nothing has been said yet."""
        self._post = post
        self._clock = clock
        self._listeners: dict[str, list[Callable[[Message], None]]] = defaultdict(list)
        self._claim: Claim | None = None
        self._heard = 0
        self.after_news: Callable[[], None] = lambda: None
        """Called whenever something was heard, and dealt with."""

    @property
    def greeted(self) -> bool:
        """Whether the guard has answered."""
        return self._heard > 0

    def say(self, do: str, **fields: object) -> None:
        """Tell the guard to do something."""
        if self._claim is not None and do in _REPORTS:
            claim, self._claim = self._claim, None
            fields["claim"] = {
                "run": claim.run_id,
                "started": claim.started_at_ms,
                "ended": claim.ended_at_ms,
                "elapsed": claim.elapsed_ms,
                "final": claim.final,
            }
        self._post(json.dumps({"do": do, "seen": self._heard, **fields}))

    @contextmanager
    def claiming(self, claim: Claim) -> Iterator[None]:
        """What is sent or stored first in here is this window: one message, so that it has both.

        The page may be left between any two messages.
        """
        self._claim = claim
        try:
            yield
        finally:
            self._claim = None

    def on(self, tell: str, listener: Callable[[Message], None]) -> None:
        """Have a kind of message told to somebody."""
        self._listeners[tell].append(listener)

    def hear(self, text: str) -> None:
        """The guard has said something."""
        message: Message = json.loads(text)
        self._heard = message["seq"]
        if message["tell"] in _OF_THEN:
            with self._clock.at(Reading(message["at"], message["wall"])):
                self._pass_on(message)
        else:
            self._pass_on(message)

    def _pass_on(self, message: Message) -> None:
        for listener in list(self._listeners[message["tell"]]):
            listener(message)
        self.after_news()

"""A server, a network and a store that keep account of every window they see."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from timeback_web.ports import Answer, StorageError
from timeback_web.testing import FakeNetwork, FakeServer, FakeStorage

if TYPE_CHECKING:
    from collections.abc import Callable

    from timeback_web.ports import Request
    from timeback_web.testing.network import FakeArmed
    from timeback_web.testing.time import FakeTimers

RUN = "6f1c3a52-8f7e-4a8e-9d2b-0b6c5a1d2e3f"
LESSON = {"id": "lesson-1", "name": "Fractions", "course": {"code": "MATH-3"}, "runId": RUN}
PERMANENT = (400, 413, 422)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _ms(stamp: str) -> int:
    return (datetime.fromisoformat(stamp) - _EPOCH) // timedelta(milliseconds=1)


@dataclass(frozen=True)
class Reported:
    """A window as it was seen on the wire."""

    start: int
    end: int
    active: int
    paused: int

    @staticmethod
    @cache
    def of(body: str) -> Reported:
        said = json.loads(body)
        assert said["runId"] == RUN
        return Reported(
            _ms(said["startedAt"]), _ms(said["endedAt"]), said["elapsedMs"], said["pausedMs"]
        )


type Windows = dict[int, Reported]
"""By their start, which is what the server knows them by."""


class Ledgers(FakeServer):
    """A server that keeps account of every try, and complains about one too many.

    Attributes:
        windows: All that came, taken or not.
        taken: Those that were counted.
        refused: Those that were turned away for good, the last time that they came.
    """

    def __init__(self) -> None:
        super().__init__()
        self.windows: Windows = {}
        self.taken: Windows = {}
        self.refused: Windows = {}
        self._bodies: dict[int, str] = {}
        self._replies_to_lose = 0
        self._in_the_dark: set[int] = set()

    @property
    def calm(self) -> bool:
        """Whether the next answer will be a good one."""
        return not self._next and not self._replies_to_lose

    def lose_next_reply(self) -> None:
        """Take the next window, without the page hearing of it."""
        self._replies_to_lose = 1

    def handle(self, request: Request) -> Answer:
        window = Reported.of(request.body or "")
        assert self._bodies.setdefault(window.start, request.body) == request.body
        told = window.start not in self._in_the_dark
        assert not (told and window.start in self.taken), "sent again after it was taken"
        assert window.start not in self.refused, "sent again after it was refused for good"
        self.windows[window.start] = window
        answer = super().handle(request)
        if answer.status in (200, 204):
            self.taken[window.start] = window
            return self._reply(window, answer)
        if answer.status in PERMANENT:
            self.refused[window.start] = window
        return answer

    def calm_down(self) -> None:
        self._next.clear()
        self._replies_to_lose = 0

    def _reply(self, window: Reported, answer: Answer) -> Answer:
        if not self._replies_to_lose:
            self._in_the_dark.discard(window.start)
            return answer
        self._replies_to_lose -= 1
        self._in_the_dark.add(window.start)
        return Answer(None, "the connection was closed")


class Wire(FakeNetwork):
    """A network that knows what is under way.

    Args:
        server: At its end.
        timers: Of the page.
        on_sent: Told of every window that is sent.

    Attributes:
        flying: Windows whose answer is still to come.
        unheard: Beacons of a browser that tells nobody whether they failed.
        unanswered: Windows whose request has ended without an answer.
    """

    def __init__(
        self,
        server: Ledgers,
        timers: FakeTimers,
        on_sent: Callable[[Reported], None] = lambda window: None,
    ) -> None:
        super().__init__(server, timers)
        self.fetching = 0
        self.flying: Windows = {}
        self.unheard: Windows = {}
        self.unanswered: Windows = {}
        self._books = server
        self._on_sent = on_sent
        self._left_with_browser: dict[FakeArmed, Reported] = {}

    @property
    def left_with_browser(self) -> list[Reported]:
        """What it will send when the page dies."""
        return [self._left_with_browser[armed] for armed in self.armed]

    def arm(self, request: Request) -> FakeArmed:
        armed = super().arm(request)
        self._left_with_browser[armed] = Reported.of(request.body or "")
        return armed

    def fetch(self, request, on_answer) -> None:
        self.fetching += 1
        # Where headers are needed, an exit too is a fetch: the exception of invariant 6.
        assert self.fetching == 1 or request.headers, "two heartbeats in flight (invariant 6)"

        def answered(answer: Answer) -> None:
            self.fetching -= 1
            on_answer(answer)

        super().fetch(request, self._follow(request, answered))

    def beacon(self, request, on_receipt) -> bool:
        if self.receipts:
            return super().beacon(request, self._follow(request, on_receipt))
        window = Reported.of(request.body)
        assert window.start not in self.flying, "sent twice at the same time"
        self._on_sent(window)
        sent = super().beacon(request, on_receipt)
        self.unheard[window.start] = window
        return sent

    def _follow(self, request, on_answer):
        window = Reported.of(request.body)
        assert window.start not in self.flying, "sent twice at the same time"
        self.flying[window.start] = window
        self._on_sent(window)

        def answered(answer: Answer) -> None:
            del self.flying[window.start]
            if answer.status is None:
                self.unanswered[window.start] = window
            on_answer(answer)

        return answered


class WatchedStorage(FakeStorage):
    """A store that knows which windows it was given, and which of them it did not take.

    Attributes:
        kept: All windows that were ever to wait here.
        turned_away: Those that the page has to keep in its memory.
    """

    def __init__(self) -> None:
        super().__init__()
        self.kept: Windows = {}
        self.turned_away: Windows = {}

    @property
    def has_room(self) -> bool:
        return not (self.full or self.blocked)

    @property
    def journal(self) -> list[Reported]:
        """The open windows that are put aside."""
        return [
            Reported.of(json.loads(text)["body"])
            for key, text in self.items.items()
            if key.startswith("timeback_web/journal/")
        ]

    def set(self, key: str, value: str) -> None:
        if not key.startswith("timeback_web/outbox/"):
            super().set(key, value)
            return
        window = Reported.of(json.loads(value)["body"])
        self.kept[window.start] = window
        try:
            super().set(key, value)
        except StorageError:
            self.turned_away[window.start] = window
            raise
        self.turned_away.pop(window.start, None)

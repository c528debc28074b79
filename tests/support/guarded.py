"""Python in a worker, and the real guard on its page, each with the clock of the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from timeback_web import Timeback
from timeback_web.browser.worker import WorkerBrowser
from timeback_web.browser.worker.clock import WorkerClock
from timeback_web.browser.worker.line import Line
from timeback_web.ports import Request
from timeback_web.testing import FakeBrowser

if TYPE_CHECKING:
    from tests.support.script_page import Scripts
    from tests.support.witness import School

BEGAN_MS = 1_000
STEP_MS = 50
"""What is said on the page waits at most so long for a worker that is not busy."""


class GuardedWorker:
    """A worker, its page and the server.

    Args:
        page: Where the guard is.
        server: What the guard's requests reach.

    Attributes:
        busy: Whether the worker hears nothing, and runs no timer.
        origin: Its clock, timers and locks.
    """

    def __init__(self, page: Scripts, server: School) -> None:
        self.page, self.server = page, server
        self.busy = False
        self.origin = FakeBrowser()
        self.origin.clock.monotonic_ms = BEGAN_MS
        self._unheard: list[str] = []
        self._to_say: list[str] = []
        clock = WorkerClock(self.origin.clock)
        self._line = Line(self._to_say.append, clock)
        self.browser = WorkerBrowser(
            self._line,
            clock,
            timers=self.origin.timers,
            locks=self.origin.locks,
            channels=self.origin.channels,
            packages=self.origin.packages,
            page_record=self.origin.page_record,
        )
        self.browser.rng = self.origin.rng
        self._do("begin")
        self._line.say("hello", origin=0.0)
        self.talk()
        self.timeback = Timeback(browser=self.browser)

    def happen(self, what: str) -> None:
        """Something happens to the page."""
        self._do(what)
        self.talk()

    def pass_time(self, ms: int) -> None:
        """The page lives on; the worker does, too, unless it is busy."""
        while ms > 0:
            step_ms = min(ms, STEP_MS) if not self.busy else ms
            ms -= step_ms
            self._do("advance", ms=step_ms)
            if self.busy:
                self.origin.clock.move(step_ms)
            else:
                self.origin.advance(step_ms)
            self.talk()

    def rest(self) -> None:
        """The worker is busy no more: it hears what was said, and runs what is due."""
        self.busy = False
        self.talk()
        self.origin.advance(0)
        self.talk()

    def sleep(self, ms: int) -> None:
        self.origin.sleep(ms)
        self._do("sleep", ms=ms)

    def talk(self) -> None:
        """Whatever was said is heard, until nobody has anything left to say."""
        while self._to_say or (self._unheard and not self.busy):
            said = self._to_say[:]
            self._to_say.clear()
            if said:
                self._do("say", texts=said)
            if not self.busy:
                heard, self._unheard = self._unheard, []
                for text in heard:
                    self._line.hear(text)

    def _do(self, what: str, **given: object) -> None:
        seen = self.page.do(what, **given)
        self._unheard += seen["posted"]
        for one in seen["asked"]:
            request = Request(one["url"], one["body"], one["headers"])
            answer = self.server.handle(request)
            if one["id"] is not None:
                self._do("answer", id=one["id"], status=answer.status, body=answer.body)

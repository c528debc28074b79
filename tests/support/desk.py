"""A desk with several tabs on one run, and the truth about the one learner who sits there."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.support.late import LateChannels, LateLocks
from tests.support.watched import LESSON, Reported
from timeback_web import Timeback
from timeback_web.testing import FakeBrowser, FakeNetwork, FakeServer, FakeStorage
from timeback_web.testing.channels import FakeChannels
from timeback_web.testing.locks import FakeLocks
from timeback_web.testing.time import FakeClock, FakeTimers

if TYPE_CHECKING:
    from timeback_web import Activity
    from timeback_web.ports import Answer, Request


class Timers(FakeTimers):
    """Timers that can say when the next one is due."""

    @property
    def next_due_ms(self) -> float:
        return self._timers[0].due_ms if self._timers else math.inf


class Server(FakeServer):
    """A server that knows which session a window is of: they call the activity by other names.

    Attributes:
        windows: What was counted, by session.
        mistaken: Windows of two sessions began in the same millisecond: the server took the second
            one for the first, sent once more.
    """

    def __init__(self) -> None:
        super().__init__()
        self.windows: dict[str, list[Reported]] = {}
        self.mistaken = False
        self._sessions: dict[int, str] = {}

    def handle(self, request: Request) -> Answer:
        body = request.body or ""
        window, session = Reported.of(body), json.loads(body)["name"]
        owner = self._sessions.setdefault(window.start, session)
        self.mistaken |= owner != session
        before = len(self.heartbeats)
        answer = super().handle(request)
        if len(self.heartbeats) > before:
            self.windows.setdefault(session, []).append(window)
        return answer


class Storage(FakeStorage):
    """A store that notices what a server would, where the second window overwrites the first.

    Attributes:
        mistaken: As a `Server`'s: what is put aside is known by its start, too.
    """

    def __init__(self) -> None:
        super().__init__()
        self.mistaken = False

    def set(self, key: str, value: str) -> None:
        before = self.get(key)
        self.mistaken |= before is not None and _session_of(before) != _session_of(value)
        super().set(key, value)


def _session_of(stored: str) -> str:
    name: str = json.loads(json.loads(stored)["body"])["name"]
    return name


@dataclass
class Session:
    """One session of one tab.

    Attributes:
        name: What it calls the activity.
        start: Wall time.
        activity: In hand.
        crashed: Whether its page died without a word.
    """

    name: str
    start: int
    activity: Activity
    crashed: bool = False


class Tab:
    """One tab, and what the learner does with it.

    Args:
        desk: Where it is open.
        hidden: Whether it is born hidden.
    """

    def __init__(self, desk: Desk, *, hidden: bool) -> None:
        self._desk = desk
        self.browser = browser = FakeBrowser(
            hidden=hidden,
            storage=desk.storage,
            server=desk.server,
            locks=desk.locks,
            channels=desk.channels,
        )
        browser.clock = desk.clock
        browser.timers = self.timers = Timers(desk.clock)
        browser.network = FakeNetwork(desk.server, browser.timers)
        browser.network.has_fetch_later = desk.fetch_later
        browser.locks.available = desk.has_locks
        browser.locks = LateLocks(browser.timers, browser.locks, desk.delay_ms)
        browser.channels = LateChannels(browser.timers, browser.channels, desk.delay_ms)
        self.hidden, self.away, self.held, self.frozen = hidden, False, False, False
        self.session: Session | None = None
        self.timeback = Timeback(browser=browser)

    @property
    def works(self) -> bool:
        return self.session is not None and not (self.hidden or self.away or self.held)

    @property
    def runs(self) -> bool:
        return self.session is not None and not self.session.activity.paused

    @property
    def focused(self) -> bool:
        return self.browser.lifecycle.focused

    def start(self) -> None:
        self.held = False
        name = f"Fractions, session {len(self._desk.sessions)}"
        activity = self.timeback.activity.start({**LESSON, "name": name})
        self.session = Session(name, int(self._desk.clock.wall_ms), activity)
        self._desk.sessions.append(self.session)

    def end(self) -> None:
        assert self.session is not None
        self.session.activity.end()
        self.session = None

    def show(self) -> None:
        if self.hidden:
            self.hidden = False
            self._desk.blur_others(self)
            self.browser.show()

    def hide(self) -> None:
        self.hidden = True
        self.browser.hide()

    def focus(self) -> None:
        self._desk.blur_others(self)
        self.browser.focus()

    def leave(self) -> None:
        self.hidden = self.away = True
        self.browser.leave()

    def come_back(self) -> None:
        self.hidden = self.away = False
        self._desk.blur_others(self)
        self.browser.come_back()

    def pause(self) -> None:
        self.held = True
        if self.session is not None:
            self.session.activity.pause()

    def resume(self) -> None:
        self.held = False
        if self.session is not None:
            self.session.activity.resume()

    def crash(self) -> None:
        if self.session is not None:
            self.session.crashed = True
        self._die(self.browser.crash)

    def close(self) -> None:
        self._die(self.browser.close)

    def _die(self, how) -> None:
        how()
        self.session = None
        self._desk.tabs.remove(self)


class Desk:
    """The tabs of one browser, and time that passes in all of them at once.

    Args:
        delay_ms: How long locks and channels take.
        fetch_later: Whether the browser can send a request when a page dies.
        has_locks: Whether it has locks.

    Attributes:
        worked_ms: How long at least one tab was at work.
        stood_still_ms: How long at least one stood still.
    """

    def __init__(self, *, delay_ms: float, fetch_later: bool, has_locks: bool) -> None:
        self.delay_ms, self.fetch_later, self.has_locks = delay_ms, fetch_later, has_locks
        self.clock, self.storage, self.server = FakeClock(), Storage(), Server()
        self.locks, self.channels = FakeLocks(), FakeChannels()
        self.tabs: list[Tab] = []
        self.sessions: list[Session] = []
        self.worked_ms = self.stood_still_ms = 0

    def open(self, *, hidden: bool) -> Tab:
        tab = Tab(self, hidden=hidden)
        if not hidden:
            self.blur_others(tab)
        self.tabs.append(tab)
        return tab

    def blur_others(self, tab: Tab) -> None:
        for other in self.tabs:
            if other is not tab:
                other.browser.blur()

    def advance(self, milliseconds: int) -> None:
        if any(tab.works for tab in self.tabs):
            self.worked_ms += milliseconds
        if any(tab.frozen for tab in self.tabs):
            self.stood_still_ms += milliseconds
        end_ms = self.clock.monotonic_ms + milliseconds
        while (due_ms := self._next_due_ms) <= end_ms:
            self.clock.move(max(0.0, due_ms - self.clock.monotonic_ms))
            for tab in self._moving:
                tab.timers.advance(0)
        self.clock.move(end_ms - self.clock.monotonic_ms)

    @property
    def mistaken(self) -> bool:
        """Whether a window was taken for another session's, as both began in one millisecond."""
        return self.server.mistaken or self.storage.mistaken

    @property
    def received_ms(self) -> int:
        return sum(heartbeat.elapsed_ms for heartbeat in self.server.heartbeats)

    @property
    def _moving(self) -> list[Tab]:
        return [tab for tab in self.tabs if not tab.frozen]

    @property
    def _next_due_ms(self) -> float:
        return min((tab.timers.next_due_ms for tab in self._moving), default=math.inf)

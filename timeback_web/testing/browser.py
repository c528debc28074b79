"""FakeBrowser: all the ports of a page, moved by hand."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from timeback_web.ports import PageEvent
from timeback_web.testing.channels import FakeChannels, FakeTabChannels
from timeback_web.testing.lifecycle import FakeLifecycle
from timeback_web.testing.locks import FakeLocks, FakeTabLocks
from timeback_web.testing.network import FakeNetwork
from timeback_web.testing.page_record import FakePageRecord
from timeback_web.testing.server import FakeServer
from timeback_web.testing.storage import FakeStorage
from timeback_web.testing.time import FakeClock, FakeTimers

if TYPE_CHECKING:
    from timeback_web.ports.worker_guard import WorkerGuard


class Unhurried(random.Random):
    """No dice: whatever may come sooner or later comes at the latest."""

    def uniform(self, a: float, b: float) -> float:
        """The later of the two."""
        return max(a, b)


class FakeNavigation:
    """Remembers where the page was sent."""

    def __init__(self) -> None:
        """Begin at home."""
        self.visited: list[str] = []

    def go(self, url: str) -> None:
        """Leave this page for `url`."""
        self.visited.append(url)


class FakePackages:
    """CPython has whatever is installed."""

    async def load(self, name: str) -> None:
        """Nothing to fetch."""


class FakeBrowser:
    """A page for tests on CPython; nothing moves unless a test moves it.

    Args:
        hidden: Whether the page is born hidden.
        storage: To share with another tab, or with the page before this one.
        server: To share with another tab.
        locks: To share with another tab.
        channels: To share with another tab.
        rng: Where the package leaves something to chance; by default nothing is.
        later_ms: How long after other fake pages this one is opened, on the wall clock: two days
            make a Wednesday of the Monday on which all of them begin.

    Attributes:
        clock: `monotonic_ms` and `wall_ms`, for tests that need to bend time.
        timers: `pending` counts them.
        lifecycle: `listeners` counts them.
        network: How requests travel.
        server: What was received, and how it answers.
        storage: What is kept.
        locks: `held` names those that this page holds.
        navigation: Where the page was sent.
    """

    def __init__(
        self,
        *,
        hidden: bool = False,
        storage: FakeStorage | None = None,
        server: FakeServer | None = None,
        locks: FakeLocks | None = None,
        channels: FakeChannels | None = None,
        rng: random.Random | None = None,
        later_ms: float = 0,
    ) -> None:
        """Open a page."""
        self.clock = FakeClock()
        self.clock.wall_ms += later_ms
        self.timers = FakeTimers(self.clock)
        self.lifecycle = FakeLifecycle(hidden=hidden)
        self.page_record = FakePageRecord()
        self.server = server or FakeServer()
        self.network = FakeNetwork(self.server, self.timers)
        self.storage = storage or FakeStorage()
        self.locks = FakeTabLocks(locks or FakeLocks())
        self.channels = FakeTabChannels(channels or FakeChannels())
        self.rng = rng or Unhurried()
        self.navigation = FakeNavigation()
        self.packages = FakePackages()
        self.worker_guard: WorkerGuard | None = None

    def advance(self, ms: float) -> None:
        """Let time pass; timers fire on the way."""
        self.timers.advance(ms)

    def sleep(self, ms: float) -> None:
        """Suspend the machine: the wall clock goes on, the monotonic clock stands still."""
        self.clock.wall_ms += ms

    def stall(self, ms: float) -> None:
        """Let time pass while the page is too busy for timers; they fire late, at the end."""
        self.clock.move(ms)
        self.timers.advance(0)

    def hide(self) -> None:
        """The learner looks at another tab."""
        if not self.lifecycle.hidden:
            self.lifecycle.hidden = True
            self.lifecycle.focused = False
            self.lifecycle.tell(PageEvent.HIDDEN)

    def show(self) -> None:
        """The learner looks at this tab."""
        if self.lifecycle.hidden:
            self.lifecycle.hidden = False
            self.lifecycle.focused = True
            self.lifecycle.tell(PageEvent.VISIBLE)

    def focus(self) -> None:
        """The learner turns to this page; tell the other pages in sight to `blur`."""
        self.lifecycle.focused = True
        self.lifecycle.tell(PageEvent.FOCUSED)

    def blur(self) -> None:
        """The learner turns elsewhere, with this page in sight."""
        self.lifecycle.focused = False

    def act(self) -> None:
        """The learner does something: types, points, scrolls."""
        self.lifecycle.tell_input()

    def leave(self) -> None:
        """Close the tab or go elsewhere: `pagehide`, then `visibilitychange` if it was visible."""
        self.lifecycle.tell(PageEvent.LEAVING)
        self.hide()

    def come_back(self) -> None:
        """Return through the back/forward cache."""
        self.lifecycle.hidden = False
        self.lifecycle.focused = True
        self.lifecycle.tell(PageEvent.RETURNED)
        self.lifecycle.tell(PageEvent.VISIBLE)

    def close(self) -> None:
        """Leave for good: nothing of this page runs any more."""
        self.leave()
        self.crash()

    def crash(self) -> None:
        """The page dies without a word."""
        self.timers.clear()
        self.lifecycle.clear()
        self.locks.drop()
        self.channels.drop()
        self.network.page_died()

    def go_offline(self) -> None:
        """The network goes."""
        self.network.online = False

    def go_online(self) -> None:
        """The network is back."""
        self.network.online = True
        self.lifecycle.tell(PageEvent.ONLINE)

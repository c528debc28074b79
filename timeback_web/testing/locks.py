"""Locks of a browser that any number of fake tabs may share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from timeback_web.ports import Cancel


def _ignore() -> None:
    """Nobody is told."""


class FakeTabLocks:
    """The locks as one tab sees them; a tab that dies lets go of what it holds.

    Args:
        shared: The locks of all tabs.

    Attributes:
        available: Whether the page has locks at all; without, every request is granted.
    """

    def __init__(self, shared: FakeLocks) -> None:
        """Hold nothing yet."""
        self.available = True
        self._shared = shared
        self._mine: list[_Request] = []

    @property
    def held(self) -> list[str]:
        """Names of the locks that this tab holds."""
        return [one.name for one in self._mine if self._shared.holder(one.name) is one]

    def exclude(self) -> bool:
        """Whether there are locks."""
        return self.available

    def request(
        self,
        name: str,
        on_granted: Callable[[Cancel], None],
        *,
        on_stolen: Callable[[], None] = _ignore,
        steal: bool = False,
    ) -> Cancel:
        """Call `on_granted(release)` when it is our turn, or at once by stealing."""
        if not self.available:
            on_granted(_ignore)
            return _ignore
        request = self._remember(_Request(name, on_granted, on_stolen))
        if steal:
            self._shared.steal(request)
        else:
            self._shared.queue(request)
        return lambda: self._shared.withdraw(request)

    def request_if_free(
        self,
        name: str,
        on_answer: Callable[[Cancel | None], None],
        *,
        on_stolen: Callable[[], None] = _ignore,
    ) -> Cancel:
        """Call `on_answer(release)`, or `on_answer(None)` when somebody holds it."""
        if self.available and self._shared.holder(name) is not None:
            on_answer(None)
            return _ignore
        return self.request(name, on_answer, on_stolen=on_stolen)

    def drop(self) -> None:
        """The tab is gone."""
        for request in self._mine:
            self._shared.forget(request)
        self._mine.clear()

    def _remember(self, request: _Request) -> _Request:
        self._mine = [one for one in self._mine if self._shared.knows(one)]
        self._mine.append(request)
        return request


@dataclass(eq=False)
class _Request:
    name: str
    on_granted: Callable[[Cancel], None]
    on_stolen: Callable[[], None]


@dataclass
class FakeLocks:
    """First come, first served, unless somebody steals."""

    _holders: dict[str, _Request] = field(default_factory=dict)
    _waiting: list[_Request] = field(default_factory=list)

    def holder(self, name: str) -> _Request | None:
        """Who holds the lock."""
        return self._holders.get(name)

    def knows(self, request: _Request) -> bool:
        """Whether it waits, or holds its lock."""
        return request in self._waiting or self._holders.get(request.name) is request

    def queue(self, request: _Request) -> None:
        """Wait for the lock."""
        self._waiting.append(request)
        self._grant_next(request.name)

    def steal(self, request: _Request) -> None:
        """Take the lock; who held it hears of that afterwards."""
        robbed = self._holders.pop(request.name, None)
        self._grant(request)
        if robbed is not None:
            robbed.on_stolen()

    def withdraw(self, request: _Request) -> None:
        """Stop waiting; one that has been granted stays so."""
        if request in self._waiting:
            self._waiting.remove(request)

    def forget(self, request: _Request) -> None:
        """Let go of the lock, or stop waiting for it."""
        self.withdraw(request)
        if self._holders.get(request.name) is request:
            del self._holders[request.name]
            self._grant_next(request.name)

    def _grant_next(self, name: str) -> None:
        waiting = [request for request in self._waiting if request.name == name]
        if waiting and name not in self._holders:
            self._waiting.remove(waiting[0])
            self._grant(waiting[0])

    def _grant(self, request: _Request) -> None:
        self._holders[request.name] = request
        request.on_granted(lambda: self.forget(request))

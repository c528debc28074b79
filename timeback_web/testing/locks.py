"""Locks of a browser that any number of fake tabs may share."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from timeback_web.ports import Cancel


class FakeTabLocks:
    """The locks as one tab sees them; a tab that dies lets go of what it holds.

    Args:
        shared: The locks of all tabs.
    """

    def __init__(self, shared: FakeLocks) -> None:
        """Hold nothing yet."""
        self._shared = shared
        self._held: list[Cancel] = []
        self._alive = True

    def request(self, name: str, on_granted: Callable[[Cancel], None]) -> None:
        """Call `on_granted(release)` when it is our turn."""

        def granted(release: Cancel) -> None:
            if not self._alive:
                release()
                return
            self._held.append(release)
            on_granted(release)

        self._shared.request(name, granted)

    def drop(self) -> None:
        """The tab is gone."""
        self._alive = False
        for release in self._held:
            release()
        self._held.clear()


class FakeLocks:
    """First come, first served."""

    def __init__(self) -> None:
        """Begin with every lock free."""
        self._queues: dict[str, deque[Callable[[Cancel], None]]] = {}

    def request(self, name: str, on_granted: Callable[[Cancel], None]) -> None:
        """Call `on_granted(release)` when it is our turn."""
        queue = self._queues.setdefault(name, deque())
        queue.append(on_granted)
        if len(queue) == 1:
            self._grant(name)

    def _grant(self, name: str) -> None:
        queue = self._queues[name]
        released = False

        def release() -> None:
            nonlocal released
            if not released:
                released = True
                queue.popleft()
                if queue:
                    self._grant(name)

        queue[0](release)

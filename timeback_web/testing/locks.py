"""Locks of a browser that any number of fake tabs may share."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from timeback_web.ports import Cancel


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

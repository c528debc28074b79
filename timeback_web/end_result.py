"""What `end()` returns."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Generator


class Closing:
    """The end of an activity: it has begun already, and may be awaited.

    Not a coroutine: `activity.end()` in a clean-up hook does all its work without an `await` and
    without a "never awaited" warning. Awaiting it waits until the server has answered, or until
    what could not be sent is kept for later; it never raises for trouble with delivery.
    """

    def __init__(self) -> None:
        """Open, until `finish` is called."""
        self._done = False
        self._callbacks: list[Callable[[], None]] = []

    @property
    def done(self) -> bool:
        """Whether there is nothing left to wait for."""
        return self._done

    def finish(self) -> None:
        """Let go of everyone who waits; harmless when called again."""
        self._done = True
        callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            callback()

    def then(self, callback: Callable[[], None]) -> None:
        """Call back when it is done, at once if it is."""
        if self._done:
            callback()
        else:
            self._callbacks.append(callback)

    def __await__(self) -> Generator[object, None, None]:
        """Wait for the end."""
        if not self._done:
            waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self.then(lambda: None if waiter.done() else waiter.set_result(None))
            yield from waiter

"""What has begun already, and may be awaited."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Generator


class Pending[T]:
    """Work that goes on whether it is awaited or not.

    Not a coroutine: a call in a clean-up hook does all its work without an `await` and without a
    "never awaited" warning.
    """

    def __init__(self) -> None:
        """Open, until `settle` or `fail` is called."""
        self.error: Exception | None = None
        self._done = False
        self.result: T | None = None
        self._callbacks: list[Callable[[], None]] = []

    @property
    def done(self) -> bool:
        """Whether there is nothing left to wait for."""
        return self._done

    def settle(self, result: T) -> None:
        """Let go of everyone who waits; harmless when called again."""
        if not self._done:
            self.result = result
        self._let_go()

    def fail(self, error: Exception) -> None:
        """Let go of everyone who waits: whoever awaits it is raised `error`."""
        if not self._done:
            self.error = error
        self._let_go()

    def then(self, callback: Callable[[], None]) -> None:
        """Call back when it is done, at once if it is."""
        if self._done:
            callback()
        else:
            self._callbacks.append(callback)

    def __await__(self) -> Generator[object, None, T]:
        """Wait for the end."""
        if not self._done:
            waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self.then(lambda: None if waiter.done() else waiter.set_result(None))
            yield from waiter
        if self.error is not None:
            raise self.error
        return self.result  # type: ignore[return-value]  # settled, or it would have raised

    def _let_go(self) -> None:
        self._done = True
        callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            callback()


class Closing(Pending[None]):
    """The end of an activity, as `end()` returns it.

    Awaiting it waits until the server has answered, or until what could not be sent is kept for
    later. It raises nothing for a time that was not delivered yet. Where there are metrics, it
    raises when the completion was refused for good, or may have been recorded or not.
    """

    def finish(self) -> None:
        """Let go of everyone who waits; harmless when called again."""
        self.settle(None)

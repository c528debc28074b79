"""What the app is told waits until what it is about is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Notices:
    """Calls of the app's callbacks, in the order in which there was something to tell.

    A callback may do anything: end the activity that is being paused, close the client, start the
    next one. None is called in the midst of a change, where that would pull the rug from under it.
    Whoever changes something does so inside `with notices:`, and when the outermost of these is
    done, the app is told: in the same task, for a page that closes runs no other.
    """

    def __init__(self) -> None:
        """There is nothing to tell."""
        self._changing = 0
        self._waiting: list[Callable[[], None]] = []

    def __enter__(self) -> None:
        """A change begins."""
        self._changing += 1

    def __exit__(self, *_: object) -> None:
        """It is done."""
        self._changing -= 1
        if self._waiting:
            self._tell_all()

    def tell(self, call: Callable[[], None]) -> None:
        """Have this called, at once if nothing is being changed."""
        self._waiting.append(call)
        self._tell_all()

    def _tell_all(self) -> None:
        # What a callback changes is told of before its own call returns, after what is older.
        while self._waiting and not self._changing:
            self._waiting.pop(0)()

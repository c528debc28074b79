"""The page's localStorage, of which a worker has a copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from timeback_web.browser.worker.line import Line, Message


class WorkerStorage:
    """A copy of what belongs to this package; changes go both ways.

    What the page's storage does not take stays in the copy, as long as the worker lives.

    Args:
        line: To the guard.
    """

    def __init__(self, line: Line) -> None:
        """Empty until the guard has answered."""
        self._line = line
        self._copy: dict[str, str] = {}
        self.on_news: Callable[[], None] = lambda: None
        """Called when something may wait that was not there before."""
        line.on("hello", self._hello)
        line.on("stored", self._stored)

    def keys(self) -> list[str]:
        """All keys of this package."""
        return list(self._copy)

    def get(self, key: str) -> str | None:
        """The value, `None` when there is none."""
        return self._copy.get(key)

    def set(self, key: str, value: str) -> None:
        """Store it."""
        self._copy[key] = value
        self._line.say("store", key=key, value=value)

    def remove(self, key: str) -> None:
        """Forget it; harmless when it is not there."""
        self._copy.pop(key, None)
        self._line.say("remove", key=key)

    def note(self, key: str, value: str) -> None:
        """The guard has stored something."""
        self._copy[key] = value
        self.on_news()

    def _hello(self, message: Message) -> None:
        self._copy = {**message["stored"], **self._copy}
        self.on_news()

    def _stored(self, message: Message) -> None:
        """Another tab has stored or removed something, or the guard has not taken it."""
        if message["value"] is None:
            self._copy.pop(message["key"], None)
        else:
            self._copy[message["key"]] = message["value"]

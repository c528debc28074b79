"""What the tests ask of a browser, whoever drives it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

SCRIPT_TIMEOUT_S = 60
START_TIMEOUT_S = 60


class EngineMissingError(Exception):
    """The browser, or what drives it, is not installed; the message says what."""


class Engine(Protocol):
    """A running browser with a blank window that stays, and one tab on which the tests work."""

    name: str
    version: str

    def open_tab(self) -> None:
        """Open a tab in front; what is done from now on is done in it."""

    def close_tab(self) -> None:
        """Close it as the learner would."""

    def go(self, url: str) -> None:
        """Navigate."""

    def evaluate(self, function: str, *arguments: Any) -> Any:
        """Call a JavaScript function; its result, or that of its promise, if it is a plain one."""

    def hide(self) -> None:
        """See to it that nobody sees the tab."""

    def show(self) -> None:
        """Undo that."""

    def keep_process(self) -> AbstractContextManager[None]:
        """See to it that the process of the tab's page lives on when the tab is closed."""

    def offline(self) -> AbstractContextManager[None]:
        """Tell the page that there is no network, if the browser can be told so."""


def as_async(function: str) -> str:
    """A script that WebDriver and Marionette can run: the last argument is the callback."""
    return f"""
        const given = Array.from(arguments), done = given.pop();
        Promise.resolve().then(() => ({function})(...given)).then(
            value => done([true, value === undefined ? null : value]),
            error => done([false, String(error)]),
        );
    """


def unpack(answer: tuple[bool, Any]) -> Any:
    """The value of a script of `as_async`."""
    went_well, value = answer
    assert went_well, value
    return value

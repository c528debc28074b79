"""Going elsewhere, by way of the guard."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from timeback_web.browser.worker.line import Line


class WorkerNavigation:
    """The page's address bar.

    Args:
        line: To the guard.
    """

    def __init__(self, line: Line) -> None:
        """Stay."""
        self._line = line

    def go(self, url: str) -> None:
        """Leave the page for `url`."""
        self._line.say("go", url=url)

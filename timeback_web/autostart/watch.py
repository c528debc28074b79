"""Which element of the page counts, as elements come and go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from timeback_web.autostart.attributes import ACTIVITY
from timeback_web.autostart.state_attributes import StateAttributes
from timeback_web.autostart.tracked import Tracked
from timeback_web.client import Timeback
from timeback_web.errors import ActivityInProgressError

if TYPE_CHECKING:
    from timeback_web.autostart.attributes import Wanted
    from timeback_web.ports import Browser
    from timeback_web.ports.elements import Element, Elements, Press


class Watch:
    """Tracks the first element of the page that has an activity, and no other at that time.

    Args:
        browser: The page.
        elements: Its elements.

    Attributes:
        stopped: Whether it looks at nothing any more.
    """

    def __init__(self, browser: Browser, elements: Elements) -> None:
        """Look at once, and whenever something changes."""
        self.stopped = False
        self._browser = browser
        self._elements = elements
        self._clients: dict[tuple[str, str | None], Timeback] = {}
        self._opened: list[Timeback] = []
        self._tracked: Tracked | None = None
        self._refused: list[Element] = []
        self._look(from_navigation=True)
        self._stops = [elements.on_change(self._look), elements.on_press(self._press)]

    def stop(self) -> None:
        """End what is tracked, and look at nothing any more; harmless when called again."""
        self.stopped = True
        for stop in self._stops:
            stop()
        if self._tracked is not None:
            self._tracked.end()
            self._tracked = None
        for client in self._opened:
            client.close()

    def _look(self, *, from_navigation: bool = False) -> None:
        found = self._elements.find()
        if self._tracked is not None and not _is_among(self._tracked, found):
            # First of all, for there is one activity at a time.
            tracked, self._tracked = self._tracked, None
            tracked.end()
            tracked.state_attributes.leave_page()
        if self._tracked is not None:
            self._tracked.state_attributes.show_again()
        elif found:
            self._tracked = Tracked(
                found[0],
                self._elements,
                self._browser,
                self._client_for,
                from_navigation=from_navigation,
            )
            self._tracked.begin()
        self._refuse(found)

    def _refuse(self, found: list[Element]) -> None:
        """Say on each of the others, once, why it is not tracked."""
        if self._tracked is None:
            return
        others = [one for one in found if one != self._tracked.element]
        for one in others:
            if one not in self._refused:
                name = one.attributes().get(ACTIVITY)
                StateAttributes(one, self._elements).refuse(
                    ActivityInProgressError(
                        f"activity {name!r} is not tracked: this page has"
                        f" {self._tracked.activity_id!r} already, one at a time"
                    )
                )
        self._refused = others

    def _press(self, press: Press) -> None:
        if self._tracked is not None:
            self._tracked.press(press)

    def _client_for(self, wanted: Wanted, late: bool) -> Timeback:
        """The client of a server; a late session gets one of its own, as another may be open."""
        key = (wanted.server, wanted.learner)
        if not late and key in self._clients:
            return self._clients[key]
        client = Timeback(wanted.server, learner=wanted.learner, browser=self._browser)
        self._opened.append(client)
        if not late:
            self._clients[key] = client
        return client


def _is_among(tracked: Tracked, found: list[Element]) -> bool:
    """Whether its element is still there, with the activity that it had."""
    return any(
        one == tracked.element and one.attributes().get(ACTIVITY) == tracked.activity_id
        for one in found
    )

"""Which element of the page counts, as elements come and go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from timeback_web.autostart.attributes import learner_of
from timeback_web.autostart.clients import Clients
from timeback_web.autostart.state_attributes import StateAttributes
from timeback_web.autostart.tracked import Tracked
from timeback_web.autostart.unsaved_runs import UnsavedRuns
from timeback_web.errors import ActivityInProgressError
from timeback_web.ports.elements import ACTIVITY

if TYPE_CHECKING:
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
        self._clients = Clients(browser)
        self._unsaved = UnsavedRuns(browser)
        self._tracked: Tracked | None = None
        self._gone: list[Tracked] = []
        """Ended, but their runs are still looked up, and get their time then."""
        self._learner: str | None = None
        self._refused: list[Element] = []
        self._look(from_navigation=True)
        self._stops = [elements.on_change(self._look), elements.on_press(self._press)]

    def stop(self) -> None:
        """End what is tracked, and look at nothing any more; harmless when called again."""
        self.stopped = True
        for stop in self._stops:
            stop()
        tracked, self._tracked = self._tracked, None
        if tracked is not None:
            tracked.end()
            tracked.abandon()
        self._forget_gone()
        self._unsaved.stop()
        self._clients.close()

    def _look(self, *, from_navigation: bool = False) -> None:
        found = self._elements.find()
        if self._tracked is not None and not _is_among(self._tracked, found):
            self._let_go(self._tracked, found)
        if self._tracked is not None:
            self._tracked.state_attributes.show_again()
        elif found:
            self._track(found[0], from_navigation=from_navigation)
        self._refuse(found)

    def _let_go(self, tracked: Tracked, found: list[Element]) -> None:
        """First of all, for there is one activity at a time."""
        self._tracked = None
        learner = learner_of(found[0].attributes()) if found else tracked.learner
        self._clients.sign_in(learner)
        tracked.end()
        tracked.state_attributes.fall_silent()
        self._gone = [one for one in (*self._gone, tracked) if one.searching]

    def _track(self, element: Element, *, from_navigation: bool) -> None:
        self._tracked = tracked = Tracked(
            element,
            self._elements,
            self._browser,
            self._clients.get,
            self._unsaved,
            from_navigation=from_navigation,
        )
        self._leave_other_learners(tracked.learner)
        tracked.begin(self._gone)
        self._gone = [one for one in self._gone if one.searching]

    def _leave_other_learners(self, learner: str | None) -> None:
        """Of whoever was signed in before, nothing may be asked or sent any more."""
        if learner == self._learner:
            return
        self._learner = learner
        self._clients.sign_in(learner)
        self._clients.close()
        self._unsaved.stop()
        self._forget_gone()

    def _forget_gone(self) -> None:
        gone, self._gone = self._gone, []
        for tracked in gone:
            tracked.abandon()

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


def _is_among(tracked: Tracked, found: list[Element]) -> bool:
    """Whether its element is still there, and about the same."""
    return any(one == tracked.element and tracked.is_about(one.attributes()) for one in found)

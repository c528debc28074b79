"""The time that passes until the run is known.

The learner works while the app's server looks the run up, however long that takes. So what happens
meanwhile is written down, and the session is opened with it as its past.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from timeback_web.options import TimeOptions
from timeback_web.ports import PageEvent
from timeback_web.session.start import claim_history, up_to_now
from timeback_web.timekeeping.causes import Cause
from timeback_web.timekeeping.history import Change, History, What

if TYPE_CHECKING:
    from timeback_web.ports import Browser

LOOK_MS = 1_000
"""How often the clocks are read, so that a machine that sleeps meanwhile is noticed."""

_PAGE: dict[PageEvent, tuple[What, Cause]] = {
    PageEvent.HIDDEN: (What.HOLD, Cause.HIDDEN),
    PageEvent.VISIBLE: (What.RELEASE, Cause.HIDDEN),
    PageEvent.LEAVING: (What.HOLD, Cause.AWAY),
    PageEvent.RETURNED: (What.RELEASE, Cause.AWAY),
}


class TimeBeforeRun:
    """Writes down what happens from now on.

    Args:
        browser: The page.
        time: How the session will track; `None` if the server keeps the time.
    """

    def __init__(self, browser: Browser, time: TimeOptions | None) -> None:
        """Begin now, or when the page came up (`since` of `time`)."""
        self._browser = browser
        called_at = browser.clock.read()
        history, self._give_back = claim_history(
            browser, time or TimeOptions(), called_at=called_at
        )
        if time is None:
            self._give_back()  # nothing is counted
        self._began, self._hidden = history.began, history.hidden
        self._changes = list(history.changes)
        self._stops = [browser.lifecycle.listen(self._on_page)]
        if time is not None and time.idle_after_ms is not None:
            self._stops.append(browser.lifecycle.listen_for_input(self._on_input))
        self._look_later()

    def pause(self) -> None:
        """The learner stops the clock."""
        self._note(What.HOLD, Cause.APP)

    def resume(self) -> None:
        """The learner lets it go on."""
        self._note(What.RELEASE, Cause.APP)

    def end(self) -> History:
        """All that has happened, for a session to go on from."""
        self._stop()
        return up_to_now(History(self._began, self._hidden, self._changes), self._browser)

    def drop(self) -> None:
        """No session counts it."""
        self._stop()
        self._give_back()

    def _stop(self) -> None:
        for stop in (*self._stops, self._stop_looking):
            stop()

    def _on_page(self, event: PageEvent) -> None:
        if event in _PAGE:
            self._note(*_PAGE[event])

    def _on_input(self) -> None:
        self._note(What.INPUT)

    def _note(self, what: What, cause: Cause | None = None) -> None:
        self._changes.append(Change(self._browser.clock.read(), what, cause))

    def _look_later(self) -> None:
        self._stop_looking = self._browser.timers.call_later(LOOK_MS, self._look)

    def _look(self) -> None:
        self._note(What.PASS)
        self._look_later()

"""The time on display, and the button that stops it. Nothing is counted here."""

import asyncio
from abc import ABC, abstractmethod

from pyscript import document, when

from timeback_web import Activity

from .dom import element, write
from .happened import show_run
from .progress import Progress
from .tasks import in_background
from .view import say
from .words import duration, stopwatch


def show_clock(elapsed_ms: int, state: str) -> None:
    """Show a session's time, and in words and look whether it runs: also on the page's tab.

    Args:
        elapsed_ms: Active time.
        state: `counting`, `ended`, or why it stands still.
    """
    stands_still = state not in {"counting", "ended"}
    write("clock", stopwatch(elapsed_ms))
    write("clock-note", state)
    element("main").toggleAttribute("data-paused", stands_still)
    title = element("title").textContent
    document.title = f"\N{DOUBLE VERTICAL BAR} {title}" if stands_still else title


class Clock(ABC):
    """Shows the time of one session after another, of the activity that it is given."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.activity: Activity | None = None
        self._worked_before_ms = 0

    @property
    def running(self) -> bool:
        """Whether there is a session now."""
        return self.activity is not None and not self.activity.ended

    @property
    def worked_ms(self) -> int:
        """Active time of the whole run: what the server has, or what it is about to get."""
        here = self.activity.elapsed_ms if self.activity else 0
        return max(self.progress.active_ms, self._worked_before_ms + here)

    def start(self, activity: Activity) -> None:
        """A session has started: keep its time up to date until it ends."""
        self.activity = activity
        self._worked_before_ms = self.progress.active_ms
        element("main").dataset.runId = activity.run_id
        show_run(activity.run_id)
        in_background(self._keep(activity))

    async def _keep(self, activity: Activity) -> None:
        while not activity.ended:
            self.show()
            await asyncio.sleep(1)

    @abstractmethod
    def listen(self) -> None:
        """Connect what stops the clock and lets it go on."""

    @abstractmethod
    def show(self) -> None:
        """Show the time as it is now."""

    @abstractmethod
    async def end(self) -> None:
        """The session has ended."""

    @abstractmethod
    def summary(self) -> str:
        """What was worked, in a sentence."""


class SessionClock(Clock):
    """The time that `timeback_web` counts in this page, from 0:00 in every session."""

    def __init__(self, progress: Progress) -> None:
        super().__init__(progress)
        self._paused_by_learner = False

    def listen(self) -> None:
        """Connect the button."""
        when("click", "#pause")(self.pause_or_resume)

    def start(self, activity: Activity) -> None:
        """A new session is not paused, whatever the last one was."""
        self._paused_by_learner = False
        super().start(activity)

    def show(self) -> None:
        """Show the session's active time, and whether it runs."""
        if self.activity is None:
            return
        show_clock(self.activity.elapsed_ms, self._state(self.activity))
        uncounted_ms = self.activity.paused_ms
        write("uncounted", f"{duration(uncounted_ms)} not counted" if uncounted_ms >= 1000 else "")
        write("pause", "Resume" if self._paused_by_learner else "Pause")

    def _state(self, activity: Activity) -> str:
        """Whether the clock runs, and if not, why; in a word or two."""
        if activity.ended:
            return "ended"
        if not activity.paused:
            return "counting"
        if self._paused_by_learner:
            return "paused"
        return "page hidden" if document.hidden else "in another tab"

    def pause_or_resume(self) -> None:
        """The learner takes a break, or is back from it."""
        if self.activity is None:
            return
        self._paused_by_learner = not self._paused_by_learner
        if self._paused_by_learner:
            self.activity.pause()
        else:
            self.activity.resume()
        element("question").inert = self._paused_by_learner
        say("Paused. Your time stands still." if self._paused_by_learner else "")
        self.show()

    async def end(self) -> None:
        """Leave the time where it stands."""

    def summary(self) -> str:
        """What was worked now, and in all."""
        now = self.activity.elapsed_ms if self.activity else 0
        return f"You worked {duration(now)} now, {duration(self.worked_ms)} on this lesson so far."

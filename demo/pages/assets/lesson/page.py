"""The states of the page, and what leads from one to the other: ready, left, done."""

from pyscript import when

from .answering import Answering
from .api import ApiError, Json
from .clock import Clock
from .dom import busy, element, write
from .history import show_sessions
from .progress import Progress
from .result import Result
from .tasks import in_background
from .tracking import Tracker
from .view import say, show_state


class LessonPage:
    """One lesson, one learner, one page."""

    def __init__(self, lesson: Json, progress: Progress, tracker: Tracker, clock: Clock) -> None:
        self._progress = progress
        self._tracker = tracker
        self._clock = clock
        self._result = Result(progress, clock)
        self._answering = Answering(lesson, progress, tracker, on_moved_on=self.catch_up)

    def listen(self) -> None:
        """Connect the page's controls; they live as long as the page."""
        self._answering.listen()
        when("click", "#next")(self.go_on)
        when("click", "#leave")(self.leave)
        when("click", "#resume")(self.resume)
        when("click", "#try-again")(self.try_again)

    def begin(self, *, focus: bool) -> None:
        """Show the first open question, with the clock running; or the result, if there is one."""
        say("")
        if self._progress.completed:
            self._tracker.send_waiting()
            self._show_result()
            return
        self._tracker.start()
        in_background(self._tracker.keep_saving())
        show_sessions(self._progress.sessions, going_on=True)
        self._answering.ask()
        self._answering.welcome_back()
        show_state("ready", focus="prompt" if focus else None)

    async def go_on(self) -> None:
        """Ask the next question, or show the result."""
        if self._progress.completed:
            await self.finish()
            return
        self._answering.ask()
        element("prompt").focus()

    async def leave(self) -> None:
        """Stop for today. The run stays open."""
        with busy("leave", "Saving …"):
            await self._tracker.end()
        self._show_left()

    async def resume(self) -> None:
        """Go on with the same run, in a new session."""
        with busy("resume"):
            await self._progress.refresh()
        self.begin(focus=True)

    async def finish(self) -> None:
        """The last question is answered: the server records, this page stops the clock."""
        with busy("next", "Saving …"):
            await self._tracker.end()
        self._show_result()

    async def try_again(self) -> None:
        """Open the next attempt: it gets a run of its own."""
        try:
            with busy("try-again"):
                await self._progress.try_again()
        except ApiError as error:
            say(f"{error} Please try again in a moment.")
            element("try-again").focus()
            return
        self.begin(focus=True)

    def catch_up(self) -> None:
        """The run has moved on elsewhere: show where it is now."""
        self.begin(focus=True)
        say("This lesson went on in another tab. Here is where it stands.")

    def _show_left(self) -> None:
        """The session is over, the run is not."""
        write("left-time", self._clock.summary())
        number = len(self._progress.answers) + 1
        write("left-where", f"You can go on at question {number} at any time, on any device.")
        show_sessions(self._progress.sessions)
        show_state("left", focus="left-title")

    def _show_result(self) -> None:
        """The attempt is done."""
        self._answering.show_steps()
        self._result.show()

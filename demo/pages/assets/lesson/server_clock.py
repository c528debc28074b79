"""The time that the app's server keeps: it runs while the learner looks at the page."""

from contextlib import suppress

from pyscript import document, when, window

from timeback_web import Activity

from .api import ApiError
from .clock import Clock
from .dom import element, write
from .progress import Progress
from .server_session import ServerSession
from .tasks import in_background
from .view import say
from .words import duration


class ServerClock(Clock):
    """Shows the run's time as the server has it, and tells the server when it runs."""

    def __init__(self, progress: Progress, session: ServerSession) -> None:
        super().__init__(progress)
        self._session = session

    def listen(self) -> None:
        """Notice when the learner looks away and back."""
        when("pagehide", window)(self.on_look_away)
        when("pageshow", window)(self.on_look)
        when("visibilitychange", document)(self.on_look)

    def start(self, activity: Activity) -> None:
        """Let the server's clock run, too."""
        super().start(activity)
        in_background(self._open())

    def show(self) -> None:
        """Show the time so far; there is nothing to pause."""
        write("time-label", "Time so far, kept by the server")
        write("clock", duration(self.worked_ms))
        element("pause").hidden = True

    async def end(self) -> None:
        """Stop the server's clock."""
        with suppress(ApiError):  # the server ends what it hears no more of
            await self._session.end()

    def summary(self) -> str:
        """What was worked in all."""
        return f"{duration(self.worked_ms)} on this lesson so far."

    async def on_look(self) -> None:
        """The page has come to the front, or gone from it."""
        if document.hidden:
            self.on_look_away()
        elif self.running:
            await self._open()

    def on_look_away(self) -> None:
        """The page is hidden or left: the server's clock stops."""
        self._session.close()

    async def _open(self) -> None:
        try:
            await self._session.open()
        except ApiError as error:
            say(f"{error} Your time is not counted until it answers.")

"""From a question to its answer, and on to the next question."""

from collections.abc import Callable

from pyodide.ffi import JsProxy
from pyscript import when

from .api import ApiError, Json
from .dom import busy, element, write
from .progress import Progress
from .question import chosen, show_feedback, show_question, show_steps, show_unsent
from .tasks import in_background
from .tracking import Tracker
from .view import show_error


class Answering:
    """Asks the open questions, one after the other."""

    def __init__(
        self,
        lesson: Json,
        progress: Progress,
        tracker: Tracker,
        *,
        on_moved_on: Callable[[], None],
    ) -> None:
        self._questions: list[Json] = lesson["questions"]
        self._progress = progress
        self._tracker = tracker
        self._on_moved_on = on_moved_on

    def listen(self) -> None:
        """Connect the form."""
        when("submit", "#question")(self.on_submit)

    def ask(self) -> None:
        """Ask the first open question."""
        question = self._progress.question
        number = self._questions.index(question) + 1
        show_question(question, number, len(self._questions))
        self.show_steps(current=question["id"])

    def welcome_back(self) -> None:
        """Say where it goes on, to who was here before."""
        answered, count = len(self._progress.answers), len(self._questions)
        if answered:
            write("standing", f"Welcome back. You go on at question {answered + 1} of {count}.")

    def show_steps(self, current: str | None = None) -> None:
        """Show which questions are answered, and how."""
        show_steps(self._questions, self._progress.answers, current)

    def on_submit(self, event: JsProxy) -> None:
        """Keep the browser from sending the form by itself, and send the answer."""
        event.preventDefault()  # now; the coroutine below would be too late for it
        if not element("submit").disabled:
            in_background(self._answer())

    async def _answer(self) -> None:
        """Send the chosen answer. One that can't be sent stays chosen and can be sent again."""
        question, choice = chosen()
        try:
            with busy("submit"):
                await self._tracker.save()
                run_id = self._tracker.activity.run_id
                reply = await self._progress.answer(run_id, question, choice)
        except ApiError as error:
            await self._explain_unsent(error)
            return
        self.show_steps()
        show_feedback(choice, reply, last=self._progress.completed)
        if self._progress.completed:
            # Nothing to work on any more. What is read from here on is not part of the lesson.
            await self._tracker.activity.end()

    async def _explain_unsent(self, error: ApiError) -> None:
        """Say why an answer was not taken, and what to do."""
        if error.status == 401:
            await self._tracker.activity.end()
            show_error("You are signed out", "Sign in again; your answers are saved.", sign_in=True)
        elif error.status == 409:  # the run went on elsewhere, in another tab say
            await self._tracker.activity.end()
            await self._progress.refresh()
            self._on_moved_on()
        else:
            show_unsent(str(error))

"""The lesson: sessions of one run, a question after the other, and the panels of the page."""

from datetime import datetime

from lesson.api import ApiError, Json
from lesson.dom import busy, element, write
from lesson.happened import show_run
from lesson.question import chosen, show_feedback, show_question, show_steps, show_unsent
from lesson.view import say, show_error, show_state
from lesson.words import duration, stopwatch
from pyscript import when

from timeback_web import Activity, ErrorContext, Timeback

from .server import Server


class WorkerLesson:
    """One lesson, one learner, one page; nothing in here is `async`."""

    activity: Activity

    def __init__(self, timeback: Timeback, server: Server, lesson: Json) -> None:
        self._timeback = timeback
        self._server = server
        self._lesson = lesson
        self._questions: list[Json] = lesson["questions"]
        self._paused_by_learner = False

    def listen(self) -> None:
        """Connect the page's controls."""
        when("submit", "#question")(self.answer)
        when("click", "#next")(self.go_on)
        when("click", "#pause")(self.pause_or_resume)
        when("click", "#leave")(self.leave)
        when("click", "#resume")(lambda: self.begin(focus=True))
        when("click", "#try-again")(self.try_again)

    # ── sessions of the run ──────────────────────────────────────────────────────────────────

    def begin(self, *, focus: bool) -> None:
        """Start a session: of the saved run, or of a new one, which is saved at once."""
        say("")
        self._progress = self._server.progress()
        if self._progress["completed"]:
            self._show_result()
            return
        self._paused_by_learner = False
        self.activity = self._timeback.activity.start(
            id=self._lesson["id"],
            name=self._lesson["name"],
            course=self._lesson["course"],
            run_id=self._progress["runId"],
            on_error=self._on_error,
            on_pause=self.show_time,
            on_resume=self.show_time,
            on_flush=lambda _: write("saved", f"Time saved at {datetime.now():%H:%M}"),
        )
        element("main").dataset.runId = self.activity.run_id
        show_run(self.activity.run_id)
        if self._progress["runId"] is None:
            self._progress = self._server.save_run(self.activity.run_id)
        self._ask()
        show_state("ready", focus="prompt" if focus else None)

    def leave(self) -> None:
        """Stop for today. The run stays open."""
        self.activity.end()
        self.show_time()
        now = duration(self.activity.elapsed_ms)
        write("left-time", f"You worked {now} now. You can go on at any time, on any device.")
        show_state("left", focus="left-title")

    def pause_or_resume(self) -> None:
        """The learner stops the clock, or lets it go on."""
        self._paused_by_learner = not self._paused_by_learner
        if self._paused_by_learner:
            self.activity.pause()
        else:
            self.activity.resume()
        element("question").inert = self._paused_by_learner
        write("pause", "Resume" if self._paused_by_learner else "Pause")
        say("Paused. Your time stands still." if self._paused_by_learner else "")

    def show_time(self) -> None:
        """Show the session's active time, and whether it runs."""
        paused = self.activity.paused and not self.activity.ended
        write("clock", stopwatch(self.activity.elapsed_ms))
        write("clock-note", "paused" if paused else "counting")
        element("main").toggleAttribute("data-paused", paused)

    # ── questions ────────────────────────────────────────────────────────────────────────────

    def answer(self) -> None:
        """Send the chosen answer. One that can't be sent stays chosen and can be sent again."""
        question, choice = chosen()
        try:
            with busy("submit"):
                reply = self._server.answer(self.activity.run_id, question, choice)
        except ApiError as error:
            self._explain_unsent(error)
            return
        self._progress = reply["progress"]
        self._show_steps()
        show_feedback(choice, reply, last=self._progress["completed"])
        if self._progress["completed"]:
            self.activity.end()

    def go_on(self) -> None:
        """Ask the next question, or show the result."""
        if self._progress["completed"]:
            self._progress = self._server.progress()
            self._show_result()
        else:
            self._ask()
            element("prompt").focus()

    def try_again(self) -> None:
        """Open the next attempt: it gets a run of its own."""
        self._server.try_again()
        self.begin(focus=True)

    def _ask(self) -> None:
        question = next(q for q in self._questions if q["id"] not in self._answers)
        show_question(question, self._questions.index(question) + 1, len(self._questions))
        self._show_steps(question["id"])

    def _show_steps(self, current: str | None = None) -> None:
        show_steps(self._questions, self._answers, current)

    @property
    def _answers(self) -> dict[str, Json]:
        return {answer["question"]: answer for answer in self._progress["answers"]}

    def _explain_unsent(self, error: ApiError) -> None:
        if error.status == 409:  # the run went on elsewhere, in another tab say
            self.activity.end()
            self.begin(focus=True)
        elif error.status == 401:
            self.activity.end()
            show_error("You are signed out", "Sign in again; your answers are saved.", sign_in=True)
        else:
            show_unsent(str(error))

    def _show_result(self) -> None:
        metrics = self._progress["completion"]["metrics"]
        write("score", f"{metrics['correctQuestions']} of {metrics['totalQuestions']}")
        write("xp", str(metrics["xpEarned"]))
        write("total-time", duration(self._progress["activeMs"]))
        self._show_steps()
        show_state("done", focus="done-title")

    def _on_error(self, _error: Exception, context: ErrorContext) -> None:
        if context.will_retry:
            say("Not sent yet. Your time is kept on this device.")
        elif context.operation == "heartbeat":
            say(f"{duration(context.elapsed_ms)} of your time could not be saved.")

"""The lesson page: an activity that a learner leaves at any point and takes up again later.

`start_session`, `save_run`, `leave` and `finish` are all there is to tracking time; what else is
here loads progress, asks questions and shows what became of them. The server keeps the progress
and records the completion.
"""

import asyncio
import json
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from itertools import chain, repeat
from typing import Any

from pyodide.ffi import JsException, JsProxy
from pyscript import document, fetch, when, window

from timeback_web import ErrorContext, Timeback

BOOT_STEPS = 5
POLL_SECONDS = (1, 2, 3, 5, 8, 13, 21)
POLL_ON_SECONDS = 30
SAVE_AGAIN_SECONDS = (2, 5, 10, 20, 40, 60)
SHOWN_SESSIONS = 6
RECORDING = {
    "pending": "Your result is being recorded …",
    "recorded": "Your result is recorded.",
    "failed": "Your result could not be recorded yet. It is safe with us.",
}


# ---------------------------------------------------------------------------- talking to the server


class ApiError(Exception):
    """The server said no, or (`status` 0) did not answer."""

    def __init__(self, status: int, code: str = "", message: str = "") -> None:
        super().__init__(message or f"The server answered {status}.")
        self.status = status
        self.code = code


async def api(method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """JSON in, JSON out."""
    options = {"method": method}
    if body is not None:
        options |= {"headers": {"Content-Type": "application/json"}, "body": json.dumps(body)}
    try:
        response = await fetch(path, **options)
        text = await response.text()
    except JsException as error:
        raise ApiError(0, message="The server cannot be reached.") from error
    try:
        data = json.loads(text) if text else {}
    except ValueError:  # something between here and the server has answered
        data = {}
    if not response.ok:
        error = data.get("error", {})
        raise ApiError(response.status, error.get("code", ""), error.get("message", ""))
    return data


class ServerSession:
    """A session that the server times (`time=False`): it runs while the page says it is open."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.id = None
        self.wanted = False
        self.turn = asyncio.Lock()

    async def open(self) -> None:
        """Open a session, unless one is open."""
        self.wanted = True
        async with self.turn:
            if self.wanted and self.id is None:
                self.id = (await api("POST", self.path))["sessionId"]
        if not self.wanted:  # the page was hidden meanwhile
            self.close()

    def close(self) -> None:
        """Close the session in this very moment: the page may have no later one."""
        self.wanted = False
        if self.id is not None:
            window.navigator.sendBeacon(f"{self.path}/{self.id}/close")
            self.id = None

    async def end(self) -> None:
        """Close the session and wait until the server knows."""
        self.wanted = False
        if self.id is not None:
            session_id, self.id = self.id, None
            await api("POST", f"{self.path}/{session_id}/close")


# ------------------------------------------------------------------------------------ small helpers


def element(name: str) -> JsProxy:
    """The element with that id."""
    return document.getElementById(name)


def write(name: str, text: str) -> None:
    """Put text into an element."""
    element(name).textContent = text


def announce(name: str, text: str) -> None:
    """Write into a live region, which reads out whatever is written, new or not."""
    if element(name).textContent != text:
        write(name, text)


@contextmanager
def busy(button: str, text: str = "") -> Iterator[None]:
    """A button that has been pressed and can't be pressed twice."""
    label = element(button).textContent
    element(button).disabled = True
    write(button, text or label)
    try:
        yield
    finally:
        write(button, label)
        element(button).disabled = False


def from_template(name: str) -> JsProxy:
    """A new copy of a template's element."""
    return element(name).content.firstElementChild.cloneNode(True)


def duration(ms: int) -> str:
    """A length of time: `45 s`, `3 min 7 s`, `12 min`, `1 h 5 min`."""
    seconds = ms // 1000
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 600:
        minutes, rest = divmod(seconds, 60)
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(seconds // 60, 60)
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def unbroken(text: str) -> str:
    """Keep a number and its unit on one line."""
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def local_time(stamp: str) -> datetime:
    """A stamp of the server, in the learner's time zone."""
    return datetime.fromisoformat(stamp).astimezone()


def day_name(moment: datetime) -> str:
    """A day in words: `today`, `yesterday`, `on Monday`, `on 16 November`."""
    days = datetime.now().astimezone().date() - moment.date()
    if days <= timedelta(0):
        return "today"
    if days == timedelta(1):
        return "yesterday"
    return f"on {moment:%A}" if days < timedelta(7) else f"on {moment.day} {moment:%B}"


def joined(parts: list[str]) -> str:
    """A list in words: `a, b and c`."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


def plural(count: int, noun: str) -> str:
    """A number of things: `1 question`, `2 questions`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


# --------------------------------------------------------------------------------------- the lesson


class LessonPage:
    """One lesson, one learner, one page."""

    def __init__(
        self, timeback: Timeback, lesson: dict[str, Any], progress: dict[str, Any]
    ) -> None:
        self.timeback = timeback
        self.lesson = lesson
        self.progress = progress
        self.activity = None
        self.worked_before_ms = 0
        self.paused_by_learner = False
        self.tasks = set()
        self.saving = asyncio.Lock()

        path = f"/api/lessons/{lesson['id']}"
        self.answers_path = f"{path}/answers"
        self.attempts_path = f"{path}/attempts"
        self.progress_path = f"/api/progress/{lesson['id']}"
        server_keeps_time = lesson["time"] == "server"
        self.server_session = ServerSession(f"{path}/sessions") if server_keeps_time else None

    def listen(self) -> None:
        """Connect the page's controls; they live as long as the page."""
        when("submit", "#question")(self.on_submit)
        when("click", "#next")(self.on_next)
        when("click", "#pause")(self.pause_or_resume)
        when("click", "#leave")(self.leave)
        when("click", "#resume")(self.resume)
        when("click", "#try-again")(self.try_again)
        when("online", window)(self.on_online)
        when("offline", window)(self.on_offline)
        if self.server_session:
            when("pagehide", window)(self.on_look_away)
            when("pageshow", window)(self.on_look)
            when("visibilitychange", document)(self.on_look)

    # -- sessions -------------------------------------------------------------------------------

    def start_session(self) -> None:
        """Start the clock: a session of the saved run, or of a new one."""
        self.worked_before_ms = self.progress["activeMs"]
        self.paused_by_learner = False
        self.activity = self.timeback.activity.start(
            id=self.lesson["id"],
            name=self.lesson["name"],
            course=self.lesson["course"],
            run_id=self.progress["runId"],
            time=self.server_session is None,
            on_error=self.on_error,
            on_pause=self.show_clock,
            on_resume=self.show_clock,
            on_flush=self.on_flush,
        )
        element("main").dataset.runId = self.activity.run_id
        self.in_background(self.keep_clock())
        if self.server_session:
            self.in_background(self.open_server_session())

    async def save_run(self) -> None:
        """Save the run's id on a first start: all later sessions and the completion go by it."""
        async with self.saving:
            while self.progress["runId"] is None:
                try:
                    run = {"runId": self.activity.run_id}
                    self.progress = await api("POST", self.progress_path, run)
                except ApiError as error:
                    if error.status != 409:
                        raise
                    # Another tab was first. Its run is the one that counts.
                    await self.activity.end()
                    self.progress = await api("GET", self.progress_path)
                    self.start_session()

    async def keep_saving_run(self) -> None:
        """Save the run, however often it takes; the lesson goes on meanwhile."""
        for seconds in SAVE_AGAIN_SECONDS:
            try:
                await self.save_run()
            except ApiError as error:
                self.say(f"{error} Your start is saved as soon as it can be.")
            else:
                return
            await asyncio.sleep(seconds)

    async def leave(self) -> None:
        """Stop for today. The run stays open."""
        with busy("leave", "Saving …"):
            await self.end_session()
        self.show_left()

    async def resume(self) -> None:
        """Go on with the same run, in a new session."""
        with busy("resume"):
            await self.refresh()
        self.begin(focus=True)

    async def finish(self) -> None:
        """The last question is answered: the server records, this page stops the clock."""
        with busy("next", "Saving …"):
            await self.end_session()
        self.show_result()

    async def end_session(self) -> None:
        """End the session and learn what it has added to the run."""
        await self.activity.end()
        if self.server_session:
            with suppress(ApiError):  # the server ends what it hears no more of
                await self.server_session.end()
        await self.refresh()
        self.show_clock()

    async def try_again(self) -> None:
        """Open the next attempt: it gets a run of its own."""
        try:
            with busy("try-again"):
                self.progress = await api("POST", self.attempts_path)
        except ApiError as error:
            self.say(f"{error} Please try again in a moment.")
            element("try-again").focus()
            return
        self.begin(focus=True)

    async def refresh(self) -> None:
        """Load the progress again; where that fails, what is known stays."""
        with suppress(ApiError):
            self.progress = await api("GET", self.progress_path)

    def begin(self, *, focus: bool) -> None:
        """Show the first open question, with the clock running; or the result, if there is one."""
        self.say("")
        if self.progress["completed"]:
            self.show_result()
            return
        self.start_session()
        self.in_background(self.keep_saving_run())
        self.show_sessions()
        self.show_question()
        self.show_state("ready", focus="prompt" if focus else None)

    # -- what the tracker tells -----------------------------------------------------------------

    def on_flush(self, _elapsed_ms: int) -> None:
        """Some time has arrived at the server."""
        self.say("")
        write("saved", f"Time saved at {datetime.now():%H:%M}")

    def on_error(self, error: Exception, context: ErrorContext) -> None:
        """The lesson goes on; the learner is told what becomes of the time."""
        if context.will_retry and getattr(error, "status", None) == 401:
            self.say("You are signed out. Your time is kept until you sign in again.")
        elif context.will_retry:
            self.say("Not sent yet. Your time is kept on this device.")
        elif context.operation == "heartbeat":
            self.say(f"{duration(context.elapsed_ms)} of your time could not be saved.")
        window.console.warn(f"{context.operation}: {error}")

    def on_offline(self) -> None:
        """The browser has lost the network."""
        self.say("You are offline. Your time is kept on this device.")

    def on_online(self) -> None:
        """The browser has found the network again."""
        self.say("You are back online.")

    # -- time kept by the server ----------------------------------------------------------------

    async def open_server_session(self) -> None:
        """Let the server's clock run."""
        try:
            await self.server_session.open()
        except ApiError as error:
            self.say(f"{error} Your time is not counted until it answers.")

    async def on_look(self) -> None:
        """The page has come to the front, or gone from it."""
        if document.hidden:
            self.on_look_away()
        elif self.activity and not self.activity.ended:
            await self.open_server_session()

    def on_look_away(self) -> None:
        """The page is hidden or left: the server's clock stops."""
        self.server_session.close()

    # -- questions ------------------------------------------------------------------------------

    @property
    def answered(self) -> dict[str, Any]:
        """The answers so far, by question."""
        return {answer["question"]: answer for answer in self.progress["answers"]}

    @property
    def question(self) -> dict[str, Any]:
        """The first question without an answer."""
        return next(q for q in self.lesson["questions"] if q["id"] not in self.answered)

    def show_question(self) -> None:
        """Ask the first open question."""
        question = self.question
        questions = self.lesson["questions"]
        write("counter", f"Question {questions.index(question) + 1} of {len(questions)}")
        write("prompt-text", question["prompt"])
        element("question").dataset.question = question["id"]
        self.show_steps(current=question["id"])
        show_picture(question.get("picture"))
        element("options").replaceChildren(
            *(option(index, text) for index, text in enumerate(question["choices"]))
        )
        element("choices").disabled = False
        element("feedback").replaceChildren()
        element("feedback").dataset.verdict = ""
        write("submit", "Check answer")
        element("submit").hidden = False
        element("next").hidden = True

    def show_steps(self, current: str | None = None) -> None:
        """Show which questions are answered, and how."""
        steps = []
        for question in self.lesson["questions"]:
            step = document.createElement("li")
            answer = self.answered.get(question["id"])
            if answer:
                step.dataset.step = "right" if answer["correct"] else "wrong"
            elif question["id"] == current:
                step.dataset.step = "now"
            steps.append(step)
        element("steps").replaceChildren(*steps)
        write("standing", f"{len(self.answered)} of {plural(len(steps), 'question')} answered")

    def on_submit(self, event: JsProxy) -> None:
        """Keep the browser from sending the form by itself, and send the answer."""
        event.preventDefault()  # now; the coroutine below would be too late for it
        if not element("submit").disabled:
            self.in_background(self.answer())

    async def answer(self) -> None:
        """Send the chosen answer. One that can't be sent stays chosen and can be sent again."""
        question = element("question").dataset.question
        choice = int(document.querySelector("#options input:checked").value)
        try:
            with busy("submit"):
                await self.save_run()
                body = {"runId": self.activity.run_id, "question": question, "choice": choice}
                reply = await api("POST", self.answers_path, body)
        except ApiError as error:
            await self.explain_unsent(error)
            return
        self.progress = reply["progress"]
        self.show_feedback(choice, reply)
        if self.progress["completed"]:
            # Nothing to work on any more. What is read from here on is not part of the lesson.
            await self.activity.end()

    async def explain_unsent(self, error: ApiError) -> None:
        """Say why an answer was not taken, and what to do."""
        if error.status == 401:
            await self.activity.end()
            show_error("You are signed out", "Sign in again; your answers are saved.", sign_in=True)
        elif error.status == 409:  # the run went on elsewhere, in another tab say
            await self.activity.end()
            await self.refresh()
            self.begin(focus=True)
            self.say("This lesson went on in another tab. Here is where it stands.")
        else:
            show_feedback_text("unsent", "Your answer was not sent.", f"{error} It is still here.")
            write("submit", "Retry")
            element("submit").focus()

    def show_feedback(self, choice: int, reply: dict[str, Any]) -> None:
        """Show what was right, and why."""
        element("choices").disabled = True
        mark_option(reply["answer"], "right", "Right answer")
        if choice != reply["answer"]:
            mark_option(choice, "wrong", "Your answer")
        self.show_steps()
        verdict = ("right", "That is right.") if reply["correct"] else ("wrong", "Not quite.")
        show_feedback_text(*verdict, reply["explanation"])
        element("submit").hidden = True
        write("next", "See your result" if self.progress["completed"] else "Next question")
        element("next").hidden = False
        element("next").focus()

    async def on_next(self) -> None:
        """Go on, or see the result."""
        if self.progress["completed"]:
            await self.finish()
            return
        self.show_question()
        element("prompt").focus()

    # -- the clock ------------------------------------------------------------------------------

    async def keep_clock(self) -> None:
        """Keep the clock up to date. Nothing is counted here."""
        activity = self.activity
        while not activity.ended:
            self.show_clock()
            await asyncio.sleep(1)

    def show_clock(self) -> None:
        """Show the session's active time, and whether it runs."""
        if self.server_session:
            write("time-label", "Time so far, kept by the server")
            write("clock", duration(self.worked_ms))
            element("pause").hidden = True
            return
        minutes, seconds = divmod(self.activity.elapsed_ms // 1000, 60)
        write("clock", f"{minutes}:{seconds:02}")
        paused = self.activity.paused and not self.activity.ended
        element("main").toggleAttribute("data-paused", paused)
        write("clock-note", "paused" if paused else "")
        write("pause", "Resume" if self.paused_by_learner else "Pause")

    def pause_or_resume(self) -> None:
        """The learner takes a break, or is back from it."""
        self.paused_by_learner = not self.paused_by_learner
        if self.paused_by_learner:
            self.activity.pause()
        else:
            self.activity.resume()
        element("question").inert = self.paused_by_learner
        self.say("Paused. Your time stands still." if self.paused_by_learner else "")
        self.show_clock()

    @property
    def worked_ms(self) -> int:
        """Active time of the whole run: what the server has, or what it is about to get."""
        here = 0 if self.server_session or not self.activity else self.activity.elapsed_ms
        return max(self.progress["activeMs"], self.worked_before_ms + here)

    # -- states of the page ---------------------------------------------------------------------

    def show_left(self) -> None:
        """The session is over, the run is not."""
        total = f"{duration(self.worked_ms)} on this lesson so far."
        if self.server_session:
            write("left-time", total)
        else:
            write("left-time", f"You worked {duration(self.activity.elapsed_ms)} now, {total}")
        number = len(self.answered) + 1
        write("left-where", f"You can go on at question {number} at any time, on any device.")
        self.show_sessions()
        self.show_state("left", focus="left-title")

    def show_result(self) -> None:
        """The attempt is done."""
        focus = None if self.state == "booting" else "done-title"
        self.show_figures()
        self.show_steps()
        self.show_state("done", focus)
        self.in_background(self.follow_recording(self.progress["runId"]))

    async def follow_recording(self, run_id: str) -> None:
        """Ask now and then whether the completion of this run is recorded."""
        for seconds in chain(POLL_SECONDS, repeat(POLL_ON_SECONDS)):
            if self.progress["completion"]["state"] != "pending":
                return
            await asyncio.sleep(seconds)
            if self.state != "done" or self.progress["runId"] != run_id:
                return
            if not document.hidden:
                await self.refresh()
                self.show_figures()

    def show_figures(self) -> None:
        """Score, XP, time, and whether they are recorded."""
        completion = self.progress["completion"]
        metrics = completion["metrics"]
        write("score", f"{metrics['correctQuestions']} of {metrics['totalQuestions']}")
        write("xp", str(metrics["xpEarned"]))
        write("total-time", duration(self.worked_ms))
        element("recording").dataset.recording = completion["state"]
        announce("recording", RECORDING[completion["state"]])
        self.show_sessions()

    def show_sessions(self) -> None:
        """When and how long the learner worked on this run: in words, and as bars."""
        sessions = [s for s in self.progress["sessions"] if s["activeMs"] or s["inactiveMs"]]
        per_day = {}
        for session in sessions:
            day = day_name(local_time(session["startedAt"]))
            per_day[day] = per_day.get(day, 0) + session["activeMs"]
        days = [f"{unbroken(duration(ms))} {day}" for day, ms in per_day.items()][-3:]
        text = f"You worked {joined(days)}." if days else "This is your first session."
        write("sessions-text", text)
        longest = max((s["activeMs"] + s["inactiveMs"] for s in sessions), default=1)
        shown = sessions[-SHOWN_SESSIONS:]
        element("sessions-list").replaceChildren(*(session_row(s, longest) for s in shown))

    @property
    def state(self) -> str:
        """Which panel is shown."""
        return element("main").dataset.state

    def show_state(self, state: str, focus: str | None = None) -> None:
        """Switch between the panels: ready, left, done."""
        element("main").dataset.state = state
        element("question").inert = False
        for name in ("pause", "leave"):
            element(name).disabled = state != "ready"
        if focus:
            element(focus).focus()

    def say(self, text: str) -> None:
        """A discreet word about time and connection."""
        announce("status", text)

    # -- tasks ----------------------------------------------------------------------------------

    def in_background(self, work: Coroutine[Any, Any, None]) -> None:
        """Start something without waiting for it."""
        task = asyncio.create_task(work)
        self.tasks.add(task)  # the event loop alone would not keep it
        task.add_done_callback(self.tasks.discard)


# ------------------------------------------------------------------------------- pieces of the page


def option(index: int, text: str) -> JsProxy:
    """A radio button with its label."""
    label = from_template("option-template")
    label.querySelector("input").value = str(index)
    label.querySelector(".text").textContent = text
    return label


def mark_option(index: int, verdict: str, words: str) -> None:
    """Say in words and colour what an option was."""
    label = element("options").children.item(index)
    label.dataset.verdict = verdict
    label.querySelector(".mark").textContent = words


def show_picture(picture: dict[str, Any] | None) -> None:
    """Show the picture of a question, if it has one."""
    element("picture").hidden = picture is None
    element("picture").replaceChildren()
    if picture is not None:
        drawing = document.createElement("lesson-picture")
        drawing.setAttribute("value", json.dumps(picture))
        element("picture").append(drawing)


def show_feedback_text(verdict: str, headline: str, text: str) -> None:
    """Write the feedback: a live region reads it out."""
    strong = document.createElement("strong")
    strong.textContent = headline
    element("feedback").replaceChildren(strong, f" {text}")
    element("feedback").dataset.verdict = verdict


def session_row(session: dict[str, Any], longest_ms: int) -> JsProxy:
    """One session: when, how long, and a bar as long as it lasted."""
    started = local_time(session["startedAt"])
    row = from_template("session-template")
    when_text = f"{started:%a} {started.day} {started:%b}, {started:%H:%M}"
    row.querySelector(".when").textContent = when_text
    row.querySelector(".length").textContent = duration(session["activeMs"])
    bar = row.querySelector(".bar").style
    bar.setProperty("--active", f"{session['activeMs'] / longest_ms:.2%}")
    bar.setProperty("--inactive", f"{session['inactiveMs'] / longest_ms:.2%}")
    return row


def boot_step(done: int) -> None:
    """Tick off what is done on the way to the first question."""
    element("boot-progress").value = done
    for index, item in enumerate(element("boot-steps").children):
        item.dataset.step = "done" if index < done else "now" if index == done else "ahead"


def show_error(title: str, text: str, *, sign_in: bool = False) -> None:
    """Show that it does not go on here, and where it does."""
    write("error-title", title)
    write("error-text", text)
    write("error-link", "Sign in" if sign_in else "All lessons")
    element("error-reload").hidden = sign_in
    element("main").dataset.state = "error"


async def open_lesson() -> None:
    """Load what is known about learner and lesson, and begin."""
    lesson_id = window.location.pathname.rstrip("/").rpartition("/")[2]
    learner = (await api("GET", "/api/me"))["learner"]
    if learner is None or element("main").dataset.state == "error":
        return  # the page says so already
    lesson, progress = await asyncio.gather(
        api("GET", f"/api/lessons/{lesson_id}"), api("GET", f"/api/progress/{lesson_id}")
    )
    boot_step(4)
    page = LessonPage(Timeback(learner=learner["id"]), lesson, progress)
    page.listen()
    boot_step(BOOT_STEPS)
    page.begin(focus=False)


async def main() -> None:
    """Open the lesson, or say why it can't be."""
    try:
        await open_lesson()
    except ApiError as error:
        show_error("The lesson could not be loaded", f"{error} Please load the page again.")
    except Exception:
        show_error("The lesson could not be started", "Please load the page again.")
        raise


await main()

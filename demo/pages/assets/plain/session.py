"""A lesson in plain Pyodide: `main.js` runs this file, and calls `open_lesson`.

The run belongs to the learner and the lesson, not to this page: the demo's other pages go on with
it, as this one goes on with theirs.
"""

import asyncio
import json
from typing import Any

from js import document
from pyodide.ffi.wrappers import add_event_listener
from pyodide.http import pyfetch

from timeback_web import Activity, ErrorContext, Timeback

RUN_EXISTS = 409


class Lesson:
    """One session after another, of one run.

    Attributes:
        activity: The session of now, or the last one; there is none before `begin`.
    """

    activity: Activity

    def __init__(self, timeback: Timeback, lesson_id: str) -> None:
        self._timeback = timeback
        self._id = lesson_id

    async def begin(self) -> None:
        """Start a session: of the run that the server has, or of a new one."""
        lesson = await ask(f"/api/lessons/{self._id}")
        progress = await ask(f"/api/progress/{self._id}")
        if progress["completed"]:
            show_panel("done")
            return
        self.activity = self._timeback.activity.start(
            id=lesson["id"],
            name=lesson["name"],
            course=lesson["course"],
            run_id=progress["runId"],
            time=lesson["time"] != "server",
            on_error=on_error,
            on_flush=lambda _: write("status", ""),
        )
        if progress["runId"] is None and not await self._save_run():
            # Another tab was first. Its run is the one that counts.
            await self.activity.end()
            await self.begin()
            return
        write("run", self.activity.run_id)
        document.getElementById("main").dataset.runId = self.activity.run_id
        enable_buttons(True)
        show_panel("ready")

    async def _save_run(self) -> bool:
        """Save the run's id at once: all later sessions and the completion go by it."""
        body = json.dumps({"runId": self.activity.run_id})
        answer = await pyfetch(f"/api/progress/{self._id}", method="POST", body=body)
        if not answer.ok and answer.status != RUN_EXISTS:
            await self.activity.end()
            answer.raise_for_status()
        return bool(answer.ok)

    def pause_or_resume(self, _event: object) -> None:
        """The learner takes a break, or is back from it."""
        if self.activity.paused:
            self.activity.resume()
        else:
            self.activity.pause()
        self.show_time()

    async def leave(self, _event: object) -> None:
        """End the session; the run stays open."""
        enable_buttons(False)
        await self.activity.end()
        self.show_time()
        write("left-time", f"You worked {self.activity.elapsed_ms // 1000} s in this session.")
        show_panel("left")
        document.getElementById("left-title").focus()

    async def resume(self, _event: object) -> None:
        """Start the next session of the run."""
        try:
            await self.begin()
        except OSError as error:
            write("status", f"The session could not start: {error}")

    def show_time(self) -> None:
        """Show what the activity knows. Nothing is counted here."""
        minutes, seconds = divmod(self.activity.elapsed_ms // 1000, 60)
        write("clock", f"{minutes}:{seconds:02}")
        paused = self.activity.paused and not self.activity.ended
        write("clock-note", "paused" if paused else "")
        write("pause", "Resume" if paused else "Pause")


async def open_lesson(lesson_id: str, learner: str) -> None:
    """Begin, and keep the page up to date for as long as it lives."""
    lesson = Lesson(Timeback(learner=learner), lesson_id)
    for button, action in {
        "pause": lesson.pause_or_resume,
        "leave": lesson.leave,
        "resume": lesson.resume,
    }.items():
        add_event_listener(document.getElementById(button), "click", action)
    await lesson.begin()
    while True:
        if hasattr(lesson, "activity"):
            lesson.show_time()
        await asyncio.sleep(0.5)


def on_error(error: Exception, context: ErrorContext) -> None:
    """Some time has not arrived at the server: say what becomes of it."""
    if context.will_retry:
        write("status", "Not sent yet. Your time is kept on this device.")
    else:
        write("status", f"Some of your time could not be saved: {error}")


async def ask(path: str) -> Any:  # noqa: ANN401 - JSON
    """Get JSON from the app's own server."""
    answer = await pyfetch(path)
    answer.raise_for_status()
    return await answer.json()


def enable_buttons(enabled: bool) -> None:
    """Let the learner pause and leave, or not."""
    for name in ("pause", "leave"):
        document.getElementById(name).disabled = not enabled


def show_panel(name: str) -> None:
    """Show one panel, as `style.css` does by the state of the page."""
    document.getElementById("main").dataset.state = name


def write(name: str, words: str) -> None:
    """Write into an element: only what is new, as screen readers speak every change."""
    element = document.getElementById(name)
    if element.textContent != words:
        element.textContent = words

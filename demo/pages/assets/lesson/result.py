"""The result of a completed attempt, and whether it has been recorded."""

import asyncio
from itertools import chain, repeat

from pyscript import document

from .clock import Clock
from .dom import announce, element, write
from .history import show_sessions
from .progress import Progress
from .tasks import in_background
from .view import show_state, state
from .words import duration

POLL_SECONDS = (1, 2, 3, 5, 8, 13, 21)
POLL_ON_SECONDS = 30
RECORDING = {
    "pending": "Your result is being recorded …",
    "recorded": "Your result is recorded.",
    "failed": "Your result could not be recorded yet. It is safe with us.",
}


class Result:
    """The panel with the learner's result."""

    def __init__(self, progress: Progress, clock: Clock) -> None:
        self._progress = progress
        self._clock = clock

    def show(self) -> None:
        """Show the result, and what becomes of it."""
        focus = None if state() == "booting" else "done-title"
        self._show_figures()
        show_state("done", focus)
        in_background(self._follow_recording(self._progress.run_id))

    def _show_figures(self) -> None:
        """Score, XP, time, and whether they are recorded."""
        completion = self._progress.completion
        metrics = completion["metrics"]
        write("score", f"{metrics['correctQuestions']} of {metrics['totalQuestions']}")
        write("xp", str(metrics["xpEarned"]))
        write("total-time", duration(self._clock.worked_ms))
        element("recording").dataset.recording = completion["state"]
        announce("recording", RECORDING[completion["state"]])
        show_sessions(self._progress.sessions)

    async def _follow_recording(self, run_id: str | None) -> None:
        """Ask now and then whether the completion of this run is recorded."""
        for seconds in chain(POLL_SECONDS, repeat(POLL_ON_SECONDS)):
            if self._progress.completion["state"] != "pending":
                return
            await asyncio.sleep(seconds)
            if state() != "done" or self._progress.run_id != run_id:
                return
            if not document.hidden:
                await self._progress.refresh()
                self._show_figures()

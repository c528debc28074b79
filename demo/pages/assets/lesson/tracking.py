"""Sessions of a lesson with `timeback_web`. This is the part to copy.

A *run* is one attempt at a lesson. A learner works on it in as many sessions as it takes: leaves
at any point, and goes on days later or on another device. What makes that one run is its id, so
the app's server saves it on the first start, and every later session starts with it.

The page never records the completion. The server does, by the same run id, when the last answer
has arrived: `timeback.activity.record(run_id)`.
"""

import asyncio

from timeback_web import Activity, Timeback

from . import notices
from .api import ApiError, Json
from .clock import Clock
from .progress import Progress

SAVE_AGAIN_SECONDS = (2, 5, 10, 20, 40, 60)


class Tracker:
    """The sessions that this page sees of one lesson.

    Attributes:
        activity: The session of now, or the last one; there is none before `start`.
    """

    activity: Activity

    def __init__(self, timeback: Timeback, lesson: Json, progress: Progress, clock: Clock) -> None:
        self._timeback = timeback
        self._lesson = lesson
        self._progress = progress
        self._clock = clock
        self._saving = asyncio.Lock()

    def start(self) -> None:
        """Start a session: of the saved run, or of a new one."""
        self.activity = self._timeback.activity.start(
            id=self._lesson["id"],
            name=self._lesson["name"],
            course=self._lesson["course"],
            run_id=self._progress.run_id,
            time=self._lesson["time"] != "server",
            on_error=notices.on_error,
            on_pause=self._clock.show,
            on_resume=self._clock.show,
            on_flush=notices.on_flush,
        )
        self._clock.start(self.activity)

    def send_waiting(self) -> None:
        """There is nothing to start any more: send what still waits of this learner's time."""
        self._timeback.send_waiting()

    async def save(self) -> None:
        """Save the run's id on a first start: all later sessions and the completion go by it."""
        async with self._saving:
            while self._progress.run_id is None:
                try:
                    await self._progress.save_run(self.activity.run_id)
                except ApiError as error:
                    if error.status != 409:
                        raise
                    # Another tab was first. Its run is the one that counts.
                    await self.activity.end()
                    await self._progress.load()
                    self.start()

    async def keep_saving(self) -> None:
        """Save the run, however often it takes; the lesson goes on meanwhile."""
        for seconds in SAVE_AGAIN_SECONDS:
            try:
                await self.save()
            except ApiError as error:
                notices.on_unsaved_run(error)
            else:
                return
            await asyncio.sleep(seconds)

    async def end(self) -> None:
        """End the session, and learn what it has added to the run.

        Whether the learner leaves or is done makes no difference here. A learner who just closes
        the page needs nothing at all: `timeback_web` notices.
        """
        await self.activity.end()
        await self._clock.end()
        await self._progress.refresh()
        self._clock.show()

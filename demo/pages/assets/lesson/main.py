"""Boot and wiring of the lesson page. What it does is in the modules beside: see `__init__.py`."""

import asyncio

from pyscript import window

from lesson import notices
from lesson.api import ApiError, Json, api
from lesson.clock import Clock, SessionClock
from lesson.happened import on_report
from lesson.page import LessonPage
from lesson.progress import Progress
from lesson.server_clock import ServerClock
from lesson.server_session import ServerSession
from lesson.tracking import Tracker
from lesson.view import boot_step, show_error, state
from timeback_web import Timeback


async def open_lesson() -> None:
    """Load what is known about learner and lesson, and begin."""
    lesson_id = window.location.pathname.rstrip("/").rpartition("/")[2]
    learner = (await api("GET", "/api/me"))["learner"]
    if learner is None or state() == "error":
        return  # the page says so already
    lesson, known = await asyncio.gather(
        api("GET", f"/api/lessons/{lesson_id}"), api("GET", f"/api/progress/{lesson_id}")
    )
    boot_step(4)
    timeback = Timeback(learner=learner["id"], on_report=on_report)
    page = wire(timeback, lesson, known)
    boot_step(5)
    page.begin(focus=False)


def wire(timeback: Timeback, lesson: Json, known: Json) -> LessonPage:
    """Connect the parts with each other, and with the page's controls."""
    progress = Progress(lesson, known)
    clock = make_clock(lesson, progress)
    page = LessonPage(lesson, progress, Tracker(timeback, lesson, progress, clock), clock)
    page.listen()
    clock.listen()
    notices.listen()
    return page


def make_clock(lesson: Json, progress: Progress) -> Clock:
    """Make the clock of whoever keeps the lesson's time."""
    if lesson["time"] == "server":
        return ServerClock(progress, ServerSession(f"/api/lessons/{lesson['id']}/sessions"))
    return SessionClock(progress)


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

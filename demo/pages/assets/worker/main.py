"""Boot and wiring of the lesson in a worker."""

import asyncio

from lesson.api import ApiError
from lesson.dom import write
from lesson.happened import on_report
from lesson.view import show_error, state
from pyscript import window

from timeback_web import Timeback
from worker.page import WorkerLesson
from worker.server import Server


def open_lesson() -> WorkerLesson:
    """Load the lesson, and begin."""
    lesson_id = window.location.pathname.rstrip("/").rpartition("/")[2]
    server = Server(window.location.origin, lesson_id)
    lesson = server.lesson()
    if lesson["time"] == "server":
        raise ApiError(0, message="The server keeps its time. Open it from the list of lessons.")
    write("title", lesson["name"])
    write("summary", lesson["summary"])
    page = WorkerLesson(Timeback(on_report=on_report), server, lesson)
    page.listen()
    page.begin(focus=False)
    return page


async def main() -> None:
    """Open the lesson, and keep its clock up to date; or say why it can't be opened."""
    try:
        page = open_lesson()
    except ApiError as error:
        if state() != "error":  # the page may have said why already
            show_error("The lesson could not be loaded", str(error))
        return
    while True:
        if state() == "ready":
            page.show_time()
        await asyncio.sleep(1)


await main()

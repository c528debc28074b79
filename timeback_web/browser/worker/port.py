"""The way from a worker to the guard on its page: a MessagePort.

It needs neither PyScript nor SharedArrayBuffer.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from js import MessageChannel, performance, postMessage
from pyodide.ffi import can_run_sync, create_proxy, run_sync, to_js

from timeback_web.browser.worker.line import Line
from timeback_web.errors import NotInBrowserError

if TYPE_CHECKING:
    from timeback_web.browser.worker.clock import WorkerClock

HELLO = "timeback_web/hello/1"
PATIENCE_S = 5.0
"""How long to wait for a page whose own scripts may be busy."""
_LONELY = (
    "timeback_web runs in a worker, and no guard answers on its page, so it would not know when the"
    ' page is hidden or left. Add it to the page, before PyScript: <script type="module"'
    ' src=".../js/guard.js"></script>, from the folder of the bundle. For a worker of'
    " your own, call its guard(worker)"
)

_log = logging.getLogger("timeback_web")
_waiting: set[asyncio.Task[None]] = set()


def open_line(clock: WorkerClock) -> Line:
    """Say hello to the guard."""
    channel = MessageChannel.new()
    line = Line(channel.port1.postMessage, clock)
    # Lives as long as the worker does.
    channel.port1.onmessage = create_proxy(lambda event: line.hear(str(event.data)))
    postMessage(HELLO, to_js([channel.port2]))
    line.say("hello", origin=float(performance.timeOrigin))
    return line


def await_greeting(line: Line) -> None:
    """Wait for the guard's answer, if this browser lets Python wait; else it comes when it comes.

    Raises:
        NotInBrowserError: There is no guard.
    """
    waiting = _greeting(line)
    if can_run_sync():
        run_sync(waiting)
        if not line.greeted:
            raise NotInBrowserError(_LONELY)
        return
    task = asyncio.get_running_loop().create_task(waiting)
    _waiting.add(task)

    def done(task: asyncio.Task[None]) -> None:
        _waiting.discard(task)
        if not line.greeted:
            _log.error(_LONELY)

    task.add_done_callback(done)


async def _greeting(line: Line) -> None:
    deadline = asyncio.get_running_loop().time() + PATIENCE_S
    while not line.greeted and asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(0.002)

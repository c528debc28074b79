"""The ports in a worker. What needs the page goes by way of the guard (`timeback_web/js/guard.js`).

Only `port.py` knows JavaScript, and the page's ports that work in a worker as they are: timers,
locks, channels, packages, the record.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from timeback_web.browser.worker.guard import MessageGuard
from timeback_web.browser.worker.lifecycle import WorkerLifecycle
from timeback_web.browser.worker.navigation import WorkerNavigation
from timeback_web.browser.worker.network import WorkerNetwork
from timeback_web.browser.worker.storage import WorkerStorage

if TYPE_CHECKING:
    from timeback_web.browser.worker.clock import WorkerClock
    from timeback_web.browser.worker.line import Line
    from timeback_web.ports import Channels, Locks, Packages, PageRecord, Timers


class WorkerBrowser:
    """The page to which this worker belongs.

    Args:
        line: To the guard on it.
        clock: Of the worker.
        timers: Of the worker: they are not throttled when the page is hidden.
        page_record: Of this worker's clients.
        locks: Those of the origin.
        channels: Those of the origin.
        packages: Of the worker's Pyodide.
    """

    def __init__(
        self,
        line: Line,
        clock: WorkerClock,
        *,
        timers: Timers,
        page_record: PageRecord,
        locks: Locks,
        channels: Channels,
        packages: Packages,
    ) -> None:
        """Put the ports together."""
        self.clock = clock
        self.timers = timers
        self.page_record = page_record
        self.locks = locks
        self.channels = channels
        # In this order they hear the guard: who is told that the page is online again, or for the
        # first time what it is like, looks at the network and at storage.
        self.network = WorkerNetwork(line)
        self.storage = WorkerStorage(line)
        self.lifecycle = WorkerLifecycle(line, clock)
        self.navigation = WorkerNavigation(line)
        self.packages = packages
        self.worker_guard = MessageGuard(line, self.network, self.storage)
        self.rng = random.Random()  # noqa: S311 - spreads what would come at once, guards nothing


def this_worker() -> WorkerBrowser:
    """The worker in which this Python runs.

    Raises:
        NotInBrowserError: No guard answers on its page.
    """
    from timeback_web.browser.channels import PageChannels
    from timeback_web.browser.clock import PageClock
    from timeback_web.browser.locks import PageLocks
    from timeback_web.browser.packages import PagePackages
    from timeback_web.browser.page_record import GlobalPageRecord
    from timeback_web.browser.timers import PageTimers
    from timeback_web.browser.worker.clock import WorkerClock
    from timeback_web.browser.worker.port import await_greeting, open_line

    clock = WorkerClock(PageClock())
    line = open_line(clock)
    browser = WorkerBrowser(
        line,
        clock,
        timers=PageTimers(),
        page_record=GlobalPageRecord(),
        locks=PageLocks(),
        channels=PageChannels(),
        packages=PagePackages(),
    )
    await_greeting(line)
    return browser

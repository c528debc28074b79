"""The ports on a real page: the only door to JavaScript.

No module outside this folder imports `js`, `pyodide` or `pyscript`. Inside, two habits keep the
page free of leaks: every Python function given to JavaScript is a proxy that somebody keeps and
destroys, and every event handler does its work before it returns.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from timeback_web.errors import NotInBrowserError

if TYPE_CHECKING:
    from timeback_web.ports import Browser

_NO_PAGE = (
    "timeback_web tracks a web page and found none. It runs in a page, or in a worker of one (see"
    " docs/workers.md); in tests, pass browser=timeback_web.testing.FakeBrowser()"
)
_NO_WORKER = (
    "timeback_web runs in a worker, without the part of it that is for workers. In a bundle that is"
    ' the package timeback-web-worker: say config=".../pyscript-worker.json"'
)


def this_browser() -> Browser:
    """The page this Python runs in, or belongs to.

    Raises:
        NotInBrowserError: There is neither a page nor, in a worker, a guard on its page.
    """
    try:
        import js
    except ImportError:
        raise NotInBrowserError(_NO_PAGE) from None
    if hasattr(js, "WorkerGlobalScope"):
        return _this_worker()
    return PageBrowser()


def _this_worker() -> Browser:
    try:
        from timeback_web.browser.worker import this_worker
    except ModuleNotFoundError:  # in a bundle it is a package of its own, for few pages need it
        raise NotInBrowserError(_NO_WORKER) from None
    return this_worker()


class PageBrowser:
    """The page this Python runs in.

    Raises:
        NotInBrowserError: On a server, or wherever else there is no document.
    """

    def __init__(self) -> None:
        """Take hold of the page."""
        try:
            from js import document, window  # noqa: F401
        except ImportError:
            raise NotInBrowserError(_NO_PAGE) from None
        from timeback_web.browser.channels import PageChannels
        from timeback_web.browser.clock import PageClock
        from timeback_web.browser.lifecycle import PageLifecycle
        from timeback_web.browser.locks import PageLocks
        from timeback_web.browser.navigation import PageNavigation
        from timeback_web.browser.network import PageNetwork
        from timeback_web.browser.packages import PagePackages
        from timeback_web.browser.page_record import GlobalPageRecord
        from timeback_web.browser.storage import PageStorage
        from timeback_web.browser.timers import PageTimers

        self.clock = PageClock()
        self.timers = PageTimers()
        self.lifecycle = PageLifecycle(self.timers)
        self.page_record = GlobalPageRecord()
        self.network = PageNetwork()
        self.storage = PageStorage()
        self.locks = PageLocks()
        self.channels = PageChannels()
        self.rng = random.Random()  # noqa: S311 - spreads what would come at once, guards nothing
        self.navigation = PageNavigation()
        self.packages = PagePackages()
        self.worker_guard = None

"""The ports on a real page: the only door to JavaScript.

No module outside this folder imports `js`, `pyodide` or `pyscript`. Inside, two habits keep the
page free of leaks: every Python function given to JavaScript is a proxy that somebody keeps and
destroys, and every event handler does its work before it returns.
"""

from __future__ import annotations

import random

from timeback_web.errors import NotInBrowserError


class PageBrowser:
    """The page this Python runs in.

    Raises:
        NotInBrowserError: On a server, in a worker, or wherever else there is no document.
    """

    def __init__(self) -> None:
        """Take hold of the page."""
        try:
            from js import document, window  # noqa: F401
        except ImportError:
            raise NotInBrowserError(
                "timeback_web tracks a web page and found none. In a PyScript worker, start the"
                " activity from a script on the main thread; in tests, pass"
                " browser=timeback_web.testing.FakeBrowser()"
            ) from None
        from timeback_web.browser.channels import PageChannels
        from timeback_web.browser.clock import PageClock
        from timeback_web.browser.lifecycle import PageLifecycle
        from timeback_web.browser.locks import PageLocks
        from timeback_web.browser.navigation import PageNavigation
        from timeback_web.browser.network import PageNetwork
        from timeback_web.browser.packages import PagePackages
        from timeback_web.browser.storage import PageStorage
        from timeback_web.browser.timers import PageTimers

        self.clock = PageClock()
        self.timers = PageTimers()
        self.lifecycle = PageLifecycle(self.timers)
        self.network = PageNetwork()
        self.storage = PageStorage()
        self.locks = PageLocks()
        self.channels = PageChannels()
        self.rng = random.Random()  # noqa: S311 - spreads what would come at once, guards nothing
        self.navigation = PageNavigation()
        self.packages = PagePackages()

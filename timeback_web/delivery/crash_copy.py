"""Open windows, left where they outlive a crash of the page: see `session/crash_guard.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from timeback_web.delivery.journal import Journal
from timeback_web.delivery.sender import PATH
from timeback_web.errors import DeliveryError
from timeback_web.ports import Request

if TYPE_CHECKING:
    from collections.abc import Callable

    from timeback_web.delivery.endpoint import Endpoint
    from timeback_web.delivery.entry import Entry
    from timeback_web.delivery.journal import Leftovers
    from timeback_web.delivery.outbox import Outbox
    from timeback_web.ports import Armed, Browser
    from timeback_web.ports.worker_guard import DeliveryRoute


class CrashCopy:
    """Leaves a copy of an open window with the browser, or in the journal.

    Args:
        browser: The page.
        endpoint: The server.
    """

    def __init__(self, browser: Browser, endpoint: Endpoint) -> None:
        """Leave nothing yet."""
        self._browser = browser
        self._endpoint = endpoint
        self._journal = Journal(browser.storage, endpoint.base_url)

    def leave(
        self, entry: Entry, *, trusted: bool, owns_run: bool, in_storage: bool
    ) -> Armed | None:
        """Leave it; `None` where there is no place.

        Args:
            entry: The window.
            trusted: Whether the server is likely to take what the browser sends by itself.
            owns_run: Whether no other tab can have the run, and so read its journal.
            in_storage: Whether storage is the better place.
        """
        ways: list[Callable[[Entry], Armed | None]] = []
        if trusted and self._browser.network.can_arm():
            ways.append(self._arm)
        if owns_run:
            ways.insert(0 if in_storage else len(ways), self._journal.keep)
        return next((armed for way in ways if (armed := way(entry)) is not None), None)

    def take_leftovers(self, run_id: str, learner: str) -> Leftovers:
        """What pages that crashed have left of a run: what may be sent, and what came too late."""
        now_ms = self._browser.clock.read().wall_ms
        return self._journal.take_leftovers(run_id, learner=learner, now_ms=now_ms)

    def route(self, run_id: str, outbox: Outbox, *, trusted: bool) -> DeliveryRoute:
        """What the guard of a worker's page needs to do the same."""
        from timeback_web.ports.worker_guard import DeliveryRoute  # pages have no use for it

        try:
            request = self._endpoint.request(PATH)
        except DeliveryError:  # of the app's headers callable; the next send will report it
            trusted, request = False, Request(self._endpoint.url(PATH))
        return DeliveryRoute(
            request.url,
            request.headers,
            trusted=trusted,
            outbox=outbox.address(run_id),
            journal=self._journal.address(run_id),
        )

    def _arm(self, entry: Entry) -> Armed | None:
        try:
            return self._browser.network.arm(self._endpoint.request(PATH, entry.body))
        except DeliveryError:
            return None  # The app's headers callable; the window's own send will report it.

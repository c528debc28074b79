"""The last window of a page or a session goes in this very task: there may be no later one.

It is handed to the browser, beside whatever is under way, if the server is trusted to take it. A
beacon can be lost with nobody left to see its answer (offline, `sendBeacon` even returns true). So
in trouble or doubt the window is put into storage instead, from where it is sent when the run is
resumed. What storage does not take ends with the page; then a beacon is better than nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from timeback_web.delivery.entry import Entry
    from timeback_web.delivery.outbox import Outbox
    from timeback_web.delivery.outcomes import Outcomes
    from timeback_web.delivery.run_callbacks import RunCallbacks
    from timeback_web.delivery.sender import Sender


class LastWindow:
    """Sends the last window, and what only memory holds.

    Args:
        outbox: Where windows wait.
        sender: Sends them.
        outcomes: Has them wait.
        callbacks: Told what is lost.
        trusts: Whether a window is likely to be taken, if nobody sees the answer.
        may_go: Whether there is any use in sending it.
    """

    def __init__(
        self,
        outbox: Outbox,
        sender: Sender,
        outcomes: Outcomes,
        callbacks: RunCallbacks,
        *,
        trusts: Callable[[Entry], bool],
        may_go: Callable[[Entry], bool],
    ) -> None:
        """Hold the parts."""
        self._outbox = outbox
        self._sender = sender
        self._outcomes = outcomes
        self._callbacks = callbacks
        self._trusts = trusts
        self._may_go = may_go

    def post(self, entry: Entry) -> None:
        """Deliver it now."""
        if self._trusts(entry):
            self._sender.send_last(entry)
        elif not self._outcomes.wait(entry):
            self._send_from_memory(entry)

    def empty_memory(self, *, final: bool) -> None:
        """The page is hidden, or (`final`) left: what only memory holds would end with it."""
        for entry in self._outbox.store_memory():
            self._send_from_memory(entry)
        if final:
            for entry in self._outbox.drain_memory():
                self._callbacks.lost(entry, "the page was left, and storage had taken nothing")

    def _send_from_memory(self, entry: Entry) -> None:
        if self._may_go(entry) and self._outbox.take(entry):
            self._sender.send_last(entry)

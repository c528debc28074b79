"""Tabs tell each other which windows they take out of the outbox.

What goes from storage and was taken by nobody was lost: the page, or another one of the site, has
called `localStorage.clear()`, as sign-out code does. Who still knows it keeps it again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from timeback_web.delivery.outbox import Outbox
    from timeback_web.ports import Browser, Channel

_NAME = "timeback_web/outbox"


class OtherTabs:
    """The conversation about one outbox, as long as something waits in it.

    Args:
        browser: The page.
        outbox: Tells, and is told.
    """

    def __init__(self, browser: Browser, outbox: Outbox) -> None:
        """Say and hear nothing yet."""
        self._browser = browser
        self._outbox = outbox
        self._channel: Channel | None = None

    def join(self) -> None:
        """Say what is taken, and hear what the others take; harmless when called again."""
        if self._channel is None:
            channel = self._browser.channels.open(_NAME, self._outbox.taken_elsewhere)
            self._channel, self._outbox.on_taken = channel, channel.post

    def leave(self) -> None:
        """From now on nothing is heard: whatever goes may have been taken."""
        if self._channel is not None:
            self._channel.close()
            self._channel = self._outbox.on_taken = None
            self._outbox.forget()

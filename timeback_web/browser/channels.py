"""What tabs say to each other: BroadcastChannel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from js import BroadcastChannel

from timeback_web.browser.events import listen

if TYPE_CHECKING:
    from collections.abc import Callable


class PageChannels:
    """Channels between the tabs of this origin, in every browser since 2022."""

    def open(self, name: str, on_message: Callable[[str], None]) -> PageChannel:
        """Be told what the others say."""
        return PageChannel(name, on_message)


class PageChannel:
    """One end of a channel.

    A message that arrives for a page in the back/forward cache throws it out of there: close it on
    `pagehide`.
    """

    def __init__(self, name: str, on_message: Callable[[str], None]) -> None:
        """Open it."""
        self._channel = BroadcastChannel.new(name)
        self._stop_listening = listen(
            self._channel, "message", lambda event: on_message(str(event.data))
        )
        self._open = True

    def post(self, message: str) -> None:
        """Say something to all others."""
        if self._open:
            self._channel.postMessage(message)

    def close(self) -> None:
        """Hear and say nothing any more."""
        if self._open:
            self._open = False
            self._stop_listening()
            self._channel.close()

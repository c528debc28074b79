"""What fake tabs of one browser say to each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class FakeTabChannels:
    """The channels as one tab sees them.

    Args:
        shared: Those of all tabs.
    """

    def __init__(self, shared: FakeChannels) -> None:
        """Listen to nothing yet."""
        self._shared = shared
        self._mine: list[FakeChannel] = []

    @property
    def open_channels(self) -> int:
        """How many are open in this tab."""
        return len(self._still_open())

    def open(self, name: str, on_message: Callable[[str], None]) -> FakeChannel:
        """Be told what the others say."""
        channel = FakeChannel(self._shared, name, on_message)
        self._shared.channels.append(channel)
        self._mine = [*self._still_open(), channel]
        return channel

    def _still_open(self) -> list[FakeChannel]:
        return [channel for channel in self._mine if channel in self._shared.channels]

    def drop(self) -> None:
        """The tab is gone."""
        for channel in self._mine:
            channel.close()
        self._mine.clear()


@dataclass
class FakeChannels:
    """All channels of a browser."""

    channels: list[FakeChannel] = field(default_factory=list)


@dataclass(eq=False)
class FakeChannel:
    """One end of a channel; what is posted is heard before `post` returns."""

    shared: FakeChannels
    name: str
    on_message: Callable[[str], None]

    def post(self, message: str) -> None:
        """Say something to all others."""
        if self not in self.shared.channels:
            return
        for other in list(self.shared.channels):
            if other is not self and other.name == self.name:
                other.on_message(message)

    def close(self) -> None:
        """Hear and say nothing any more."""
        if self in self.shared.channels:
            self.shared.channels.remove(self)

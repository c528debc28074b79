"""The other tabs of the origin: locks that they share, and channels on which they talk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from timeback_web.ports.page import Cancel


class Locks(Protocol):
    """Locks that tabs of one origin share; each is held by one of them, and dies with it."""

    def exclude(self) -> bool:
        """Whether there are such locks; where there are none, every request is granted."""
        ...

    def request(
        self,
        name: str,
        on_granted: Callable[[Cancel], None],
        *,
        on_stolen: Callable[[], None] = ...,
        steal: bool = False,
    ) -> Cancel:
        """Call `on_granted(release)` when it is our turn.

        Args:
            name: Of the lock.
            on_granted: Given what lets go of the lock.
            on_stolen: Told when another tab takes the lock away.
            steal: Take it from whoever holds it, ahead of all who wait.

        Returns:
            What withdraws the request, as long as it has not been granted.
        """
        ...

    def request_if_free(
        self,
        name: str,
        on_answer: Callable[[Cancel | None], None],
        *,
        on_stolen: Callable[[], None] = ...,
    ) -> Cancel:
        """Call `on_answer(release)`, or `on_answer(None)` when somebody holds it; never wait."""
        ...


class Channel(Protocol):
    """What tabs of one origin say to each other."""

    def post(self, message: str) -> None:
        """Say something to all others; does nothing once closed."""
        ...

    def close(self) -> None:
        """Hear and say nothing any more; harmless when called again."""
        ...


class Channels(Protocol):
    """Ways for tabs of one origin to talk."""

    def open(self, name: str, on_message: Callable[[str], None]) -> Channel:
        """Be told what the others say; silent where the browser has no such thing."""
        ...

"""The page itself: its clocks and timers, its lifecycle, and ways to leave it or to load more."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from timeback_web.timekeeping.reading import Reading

type Cancel = Callable[[], None]
"""Undoes what returned it; harmless when called again."""


class PageEvent(Enum):
    """What the page tells us about itself."""

    HIDDEN = "hidden"
    VISIBLE = "visible"
    LEAVING = "leaving"
    """`pagehide`: closed, navigated away, or put into the back/forward cache; or frozen."""
    RETURNED = "returned"
    """`pageshow` out of the back/forward cache; or thawed."""
    FOCUSED = "focused"
    """The learner turns to this page: what they type goes here."""
    ONLINE = "online"


class Clock(Protocol):
    """Two clocks, read together."""

    def read(self) -> Reading:
        """The time now."""
        ...


class Timers(Protocol):
    """Something to be called later."""

    def call_later(self, delay_ms: float, callback: Callable[[], object]) -> Cancel:
        """Call `callback` once, not before `delay_ms` have passed; a hidden page may be late."""
        ...

    def call_when_idle(self, callback: Callable[[], object], *, limit_ms: float) -> Cancel:
        """Call `callback` once when the page has nothing better to do, or after `limit_ms`."""
        ...


class Lifecycle(Protocol):
    """Is somebody looking, and is the page going away."""

    def is_hidden(self) -> bool:
        """Whether nobody can see the page now."""
        ...

    def is_focused(self) -> bool:
        """Whether what the learner types goes to this page."""
        ...

    def listen(self, on_event: Callable[[PageEvent], None]) -> Cancel:
        """Be told every `PageEvent`, synchronously, in the task of the browser's own event."""
        ...

    def listen_for_input(self, on_input: Callable[[], None]) -> Cancel:
        """Be told that the learner does something: a few times a second, however much they do."""
        ...

    def history(self) -> list[tuple[float, bool]]:
        """How this page was, from its own beginning on: since when (monotonic ms), and if hidden.

        Oldest first; empty where the browser keeps no such list.
        """
        ...


class PageRecord(Protocol):
    """What all clients and tags of one page have to know of each other, in JavaScript or Python."""

    def claim_past(self) -> Cancel | None:
        """Claim what was seen of the page before its first session: whoever comes first has it.

        Returns:
            What gives it back, should the session not come about; `None` if it was claimed before.
        """
        ...

    def run_ended(self, run: str, at_ms: int) -> None:
        """A session of `run` (server and run id) has ended here, at a wall time."""
        ...

    def last_end_ms(self, run: str) -> int:
        """Wall time at which the last session of `run` ended here, 0 if there was none."""
        ...

    def signs_in(self, server: str, learner: str) -> None:
        """From now on requests to that server count for a learner (the app's tag)."""
        ...

    def learner(self, server: str) -> str:
        """Who that is, empty if nobody has said."""
        ...


class Navigation(Protocol):
    """Going elsewhere."""

    def go(self, url: str) -> None:
        """Leave this page for `url`."""
        ...


class Packages(Protocol):
    """Python packages that a page loads when it needs them."""

    async def load(self, name: str) -> None:
        """See to it that `name` can be imported.

        Raises:
            UnreachableError: It could not be fetched.
        """
        ...

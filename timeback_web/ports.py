"""What the package needs from a page, as protocols.

`timeback_web.browser` answers them in a real page, `timeback_web.testing.FakeBrowser` by hand.
Everything here is a plain call with callbacks: a page that is closing runs no further task, so
nothing on the way from an event to its send may wait (design, invariant 5).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from timeback_web.ledger import Reading

type Cancel = Callable[[], None]
"""Undoes what returned it; harmless when called again."""


class PageEvent(Enum):
    """What the page tells us about itself."""

    HIDDEN = "hidden"
    VISIBLE = "visible"
    LEAVING = "leaving"
    """`pagehide`: closed, navigated away, or put into the back/forward cache."""
    RETURNED = "returned"
    """`pageshow` out of the back/forward cache."""
    ONLINE = "online"


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, ready to go."""

    url: str
    body: str | None = None
    """JSON text; `None` makes it a GET."""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back.

    Attributes:
        status: HTTP status, `None` when no answer came.
        body: The text of the answer, or why none came.
        retry_after: The `Retry-After` header as sent, empty without one.
    """

    status: int | None
    body: str = ""
    retry_after: str = ""


class StorageError(Exception):
    """The page's storage is full, blocked or absent."""


class Clock(Protocol):
    """Two clocks, read together."""

    def read(self) -> Reading:
        """The time now."""
        ...


class Timers(Protocol):
    """Something to be called later."""

    def call_later(self, delay_ms: float, callback: Callable[[], None]) -> Cancel:
        """Call `callback` once, not before `delay_ms` have passed; a hidden page may be late."""
        ...


class Lifecycle(Protocol):
    """Is somebody looking, and is the page going away."""

    def is_hidden(self) -> bool:
        """Whether nobody can see the page now."""
        ...

    def listen(self, on_event: Callable[[PageEvent], None]) -> Cancel:
        """Be told every `PageEvent`, synchronously, in the task of the browser's own event."""
        ...


class Armed(Protocol):
    """A request that the browser sends by itself when the page dies."""

    def take_back(self) -> bool:
        """Disarm it; `False` when the browser has sent it already."""
        ...


class Network(Protocol):
    """Requests that outlive the page."""

    def is_online(self) -> bool:
        """`False` only when the machine surely has no network."""
        ...

    def gives_receipts(self, url: str) -> bool:
        """Whether the browser tells how a beacon to `url` ended, as long as the page lives."""
        ...

    def fetch(self, request: Request, on_answer: Callable[[Answer], None]) -> None:
        """Start the request before returning; it goes on when the page goes away."""
        ...

    def beacon(self, request: Request, on_receipt: Callable[[Answer], None]) -> bool:
        """Hand the body to the browser; `False` when it does not take it (64 KiB in flight).

        Headers can't be sent. `on_receipt` is called only where `gives_receipts`.
        """
        ...

    def can_arm(self) -> bool:
        """Whether the browser can send a request by itself when the page dies."""
        ...

    def arm(self, request: Request) -> Armed | None:
        """Have `request` sent when the page dies, however it dies; `None` over the quota."""
        ...


class Storage(Protocol):
    """A small synchronous store that outlives the page and is shared by its tabs."""

    def keys(self) -> list[str]:
        """All keys; empty when there is no storage."""
        ...

    def get(self, key: str) -> str | None:
        """The value, `None` when there is none."""
        ...

    def set(self, key: str, value: str) -> None:
        """Store it.

        Raises:
            StorageError: When it can't be kept.
        """
        ...

    def remove(self, key: str) -> None:
        """Forget it; harmless when it is not there."""
        ...


class Locks(Protocol):
    """Turns taken by tabs of one origin."""

    def request(self, name: str, on_granted: Callable[[Cancel], None]) -> None:
        """Call `on_granted(release)` when it is our turn, at once where there are no locks."""
        ...


class Navigation(Protocol):
    """Going elsewhere."""

    def go(self, url: str) -> None:
        """Leave this page for `url`."""
        ...


class Browser(Protocol):
    """All the ports of one page."""

    @property
    def clock(self) -> Clock: ...  # noqa: D102
    @property
    def timers(self) -> Timers: ...  # noqa: D102
    @property
    def lifecycle(self) -> Lifecycle: ...  # noqa: D102
    @property
    def network(self) -> Network: ...  # noqa: D102
    @property
    def storage(self) -> Storage: ...  # noqa: D102
    @property
    def locks(self) -> Locks: ...  # noqa: D102
    @property
    def navigation(self) -> Navigation: ...  # noqa: D102

"""What the package needs from a page, as protocols.

`timeback_web.browser` answers them in a real page, `timeback_web.testing.FakeBrowser` by hand.
Everything here is a plain call with callbacks: a page that is closing runs no further task, so
nothing on the way from an event to its send may wait (design, invariant 5).
"""

from __future__ import annotations

from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from random import Random

    from timeback_web.ledger import Reading
    from timeback_web.outpost import Outpost

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


class Request(NamedTuple):
    """One HTTP request, ready to go."""

    url: str
    body: str | None = None
    """JSON text; `None` makes it a GET."""
    headers: Mapping[str, str] = MappingProxyType({})


class Answer(NamedTuple):
    """What came back.

    Attributes:
        status: HTTP status, `None` when no answer came.
        body: The text of the answer, or why none came.
        retry_after: The `Retry-After` header as sent, empty without one.
        sent: Whether the request was made. In a worker it is not where the page's guard was quicker
            to report the same time.
    """

    status: int | None
    body: str = ""
    retry_after: str = ""
    sent: bool = True


class StorageError(Exception):
    """The page's storage is full, blocked or absent."""


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

    def prepare(self, url: str) -> None:
        """Do now what the first beacon to `url` would do in the last moments of the page."""
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
    def channels(self) -> Channels: ...  # noqa: D102
    @property
    def rng(self) -> Random: ...  # noqa: D102
    @property
    def navigation(self) -> Navigation: ...  # noqa: D102
    @property
    def packages(self) -> Packages: ...  # noqa: D102
    @property
    def outpost(self) -> Outpost | None: ...  # noqa: D102

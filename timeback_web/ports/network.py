"""Requests, and what comes back; all of them outlive the page."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


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
        content_type: The `Content-Type` header, empty without one; `None` where nobody tells.
        redirected: Whether another address answered, or would have.
        seen: Whether anybody saw the answer: see `HANDED_OVER`.
    """

    status: int | None
    body: str = ""
    retry_after: str = ""
    sent: bool = True
    content_type: str | None = None
    redirected: bool = False
    seen: bool = True


HANDED_OVER = Answer(None, seen=False)
"""The browser has the request, and nobody will tell us more."""


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

"""The server we talk to: its address and the headers it wants."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping

from timeback_web.errors import DeliveryError, InvalidOptionsError
from timeback_web.ports import Request

type Headers = Mapping[str, str] | Callable[[], Mapping[str, str]]
"""Headers for every request; a callable is asked each time, so that a token may be renewed. While
an activity runs that is twice a second and more: what a crash would lose is prepared with headers,
too."""


class Endpoint:
    """Makes the requests of one server.

    Args:
        base_url: Where its routes are mounted, such as `/api/timeback`.
        headers: Headers for every request. A beacon can't carry any: with headers set, the flush of
            a closing page goes out as `fetch` with `keepalive`.

    Raises:
        InvalidOptionsError: When an argument is of the wrong kind.
    """

    def __init__(self, base_url: str, headers: Headers | None = None) -> None:
        """Check and keep the arguments."""
        if not isinstance(base_url, str) or not base_url.strip():
            raise InvalidOptionsError("base_url", "expected a non-empty string")
        if headers is not None and not callable(headers) and not isinstance(headers, Mapping):
            raise InvalidOptionsError("headers", "expected a mapping or a callable that gives one")
        if inspect.iscoroutinefunction(headers):
            reason = "must not be async: a page that is closing waits for nothing"
            raise InvalidOptionsError("headers", reason)
        self.base_url = base_url.rstrip("/")
        self._headers = headers

    @property
    def needs_headers(self) -> bool:
        """Whether a beacon won't do."""
        return self._headers is not None

    def url(self, path: str) -> str:
        """Address of a route, `path` beginning with a slash."""
        return self.base_url + path

    def request(self, path: str, body: str | None = None) -> Request:
        """A request to `path`, with the headers of this moment.

        Raises:
            DeliveryError: The app's `headers` callable failed.
        """
        return Request(self.url(path), body, self._headers_now())

    def _headers_now(self) -> dict[str, str]:
        try:
            given = self._headers() if callable(self._headers) else self._headers
            return {str(name): str(value) for name, value in (given or {}).items()}
        except Exception as failure:
            raise DeliveryError(f"the headers callable failed: {failure!r}") from failure

"""What every request passes on its way in, and every answer on its way out."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from . import content_policy
from .errors import error_json

MAX_BODY_BYTES = 64 * 1024
MAX_ADDRESS_BYTES = 4 * 1024
MAX_HEADER_BYTES = 16 * 1024
_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}

_HEADERS = {
    # A page says what it may do (`content_policy.py`); all else may do nothing.
    "Content-Security-Policy": content_policy.NOTHING,
    # What the type says, and nothing that the content looks like.
    "X-Content-Type-Options": "nosniff",
    # Other sites don't hear which lesson, or whose run, a learner came from.
    "Referrer-Policy": "same-origin",
    # Pages of other sites can't load an answer as a script or an image, and see it so.
    "Cross-Origin-Resource-Policy": "same-origin",
    # A page that opened this one, or was opened by it, has no hold on its window.
    "Cross-Origin-Opener-Policy": "same-origin",
    # What no lesson needs. (Not in the list: `deferred-fetch`, which a crash is reported with.)
    "Permissions-Policy": (
        "camera=(), display-capture=(), geolocation=(), hid=(), microphone=(), midi=(), "
        "payment=(), publickey-credentials-get=(), serial=(), usb=()"
    ),
}


class SecurityHeaders:
    """Adds headers that keep an answer from being misread, framed, reached into, or leaked."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)


class RefuseCrossSite:
    """Refuses writes that another site's page started with the learner's cookie.

    The SameSite cookie is not enough: to a browser, every port of one host is the same site.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and _is_foreign_write(scope["method"], Headers(scope=scope)):
            refusal = error_json(403, "CROSS_SITE", "Writes are taken from this site's pages only.")
            await refusal(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _is_foreign_write(method: str, headers: Headers) -> bool:
    if method in _SAFE_METHODS:
        return False
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in {"same-origin", "none"}
    origin = headers.get("origin")
    # Neither header: not a browser, so no cookie that somebody else could borrow.
    return origin is not None and urlsplit(origin).netloc != headers.get("host")


class LimitSize:
    """Refuses what is longer than anything a page of ours sends (414, 431, 413), and NUL (400).

    NUL is in no name of ours, and PostgreSQL refuses every text that has one.

    A body of at most 64 KiB is read before anybody works on it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = _refuse_address(scope)
        if refusal:
            await refusal(scope, receive, send)
            return
        if scope["method"] in _SAFE_METHODS:
            await self._app(scope, receive, send)
            return
        body = await _read_at_most(MAX_BODY_BYTES, receive)
        if body is None:
            refusal = error_json(413, "TOO_LARGE", f"At most {MAX_BODY_BYTES} bytes, please.")
            await refusal(scope, receive, send)
            return
        await self._app(scope, _replay(body, receive), send)


def _refuse_address(scope: Scope) -> ASGIApp | None:
    if "\0" in scope["path"] or b"%00" in scope["query_string"]:
        return error_json(400, "MALFORMED_ADDRESS", "There is a NUL in this address.")
    if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > MAX_ADDRESS_BYTES:
        return error_json(414, "ADDRESS_TOO_LONG", f"At most {MAX_ADDRESS_BYTES} bytes, please.")
    if sum(len(name) + len(value) for name, value in scope["headers"]) > MAX_HEADER_BYTES:
        return error_json(431, "HEADERS_TOO_LONG", f"At most {MAX_HEADER_BYTES} bytes, please.")
    return None


async def _read_at_most(limit: int, receive: Receive) -> bytes | None:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b""  # Nobody waits for an answer, and half a body is no body.
        body += message.get("body", b"")
        if len(body) > limit:
            return None
        if not message.get("more_body", False):
            return bytes(body)


def _replay(body: bytes, receive: Receive) -> Receive:
    replayed = False

    async def receive_again() -> Message:
        nonlocal replayed
        if replayed:
            return await receive()
        replayed = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_again

"""Requests that outlive the page."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from js import (
    URL,
    AbortController,
    AbortSignal,
    Array,
    Blob,
    Object,
    PerformanceObserver,
    Reflect,
    document,
    navigator,
    setTimeout,
    window,
)
from pyodide.ffi import JsException, create_once_callable, to_js

from timeback_web.browser.promises import settling, when_settled
from timeback_web.browser.receipts import Receipts
from timeback_web.browser.started_requests import StartedRequest
from timeback_web.ports import Answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from timeback_web.ports import Request

_JSON = "application/json"
_NO_CONTENT = 204
GIVE_UP_MS = 300_000
"""When the browser gives up a request that is not answered: it may have six open to a server."""


class PageNetwork:
    """`fetch` with `keepalive`, and `sendBeacon`."""

    def __init__(self) -> None:
        """Start with nothing under way."""
        self._receipts = Receipts()
        self._flights: dict[str | None, StartedRequest] = {}
        self._may_be_stopped = not _is_chromium()

    def is_online(self) -> bool:
        """`False` only when the machine surely has no network."""
        return bool(navigator.onLine)

    def gives_receipts(self, url: str) -> bool:
        """Whether it comes out how a beacon to `url` ended."""
        return self._reports_beacons(url) or _can_answer(url)

    def prepare(self, url: str) -> None:
        """Do all but send one: what is done for the first time takes about 30 ms."""
        _blob("")
        if self._reports_beacons(url):
            with self._receipts.expect(url, lambda _: None):
                pass

    def fetch(self, request: Request, on_answer: Callable[[Answer], None]) -> None:
        """Start the request before returning; its answer is told by the browser's own callbacks.

        No task of asyncio waits for it: a lesson may cancel all of those. Whoever asks for a
        request that was started, and has no answer yet, was stopped by the browser before it could
        see that (`Ledger.pick_up`): it is not sent twice, but listened to.
        """

        def landed(answer: Answer) -> None:
            _tell(on_answer, answer)
            self._flights.pop(request.body, None)

        try:
            outcomes = self._begin(request)
        except JsException as error:
            answer = Answer(None, str(error))
            setTimeout(create_once_callable(lambda: landed(answer)), 0)
        else:
            when_settled(outcomes, lambda outcome: _read(outcome, landed))

    def _begin(self, request: Request) -> Any:  # noqa: ANN401 - a Promise
        begun = self._flights.get(request.body)
        if begun is not None and begun.begun:
            return begun.outcomes()
        options = _fetch_options(request)
        if hasattr(AbortSignal, "timeout"):
            options.signal = AbortSignal.timeout(GIVE_UP_MS)
        if request.body is None or not self._may_be_stopped:
            return settling(window, "fetch", request.url, options)
        self._flights[request.body] = flight = StartedRequest(request.url, options)
        return flight.begin()

    def beacon(self, request: Request, on_receipt: Callable[[Answer], None]) -> bool:
        """Hand the body to the browser; `False` when it does not take it.

        Where the browser tells nothing of beacons, `fetch` goes instead: it outlives the page as
        well, and its answer tells a page that lives on what became of it.
        """
        reported = self._reports_beacons(request.url)
        if not reported and _can_answer(request.url):
            self.fetch(request, on_receipt)
            return True
        blob = _blob(request.body or "")
        if not reported:
            return bool(navigator.sendBeacon(request.url, blob))
        with self._receipts.expect(request.url, on_receipt) as expected:
            expected.sent = bool(navigator.sendBeacon(request.url, blob))
        return expected.sent

    def _reports_beacons(self, url: str) -> bool:
        """Whether the time line has an entry for each beacon, with its status: in Chromium.

        WebKit's has no status. Firefox's has, but a beacon that failed never came to be known (seen
        in 153); it can be told from Chromium by what else is in the time line.
        """
        return _is_chromium() and self._receipts.available(url)

    def can_arm(self) -> bool:
        """Whether there is `fetchLater` (Chromium since 135)."""
        return hasattr(window, "fetchLater")

    def arm(self, request: Request) -> PageArmed | None:
        """`fetchLater`; `None` over its quota of 64 KiB an origin."""
        controller = AbortController.new()
        options = _fetch_options(request)
        options.signal = controller.signal
        try:
            return PageArmed(window.fetchLater(request.url, options), controller)
        except JsException:
            return None


class PageArmed:
    """A `fetchLater` that has not been sent yet, or has.

    Args:
        result: Its `FetchLaterResult`.
        controller: The `AbortController` of its signal.
    """

    def __init__(self, result: Any, controller: Any) -> None:  # noqa: ANN401
        """Hold both."""
        self._result = result
        self._controller = controller

    def take_back(self) -> bool:
        """Disarm it; `False` when the browser has sent it already."""
        if self._result.activated:
            return False
        self._controller.abort()
        return True


@cache
def _is_chromium() -> bool:
    """By what else is in the time line."""
    return "visibility-state" in PerformanceObserver.supportedEntryTypes.to_py()


def _can_answer(url: str) -> bool:
    """Whether a `fetch` to `url` outlives the page, and may do what a beacon may.

    To another origin a beacon takes the cookies along, which our `fetch` does not.
    """
    same_origin = URL.new(url, document.baseURI).origin == window.location.origin
    return bool(same_origin and Reflect.has(window.Request.prototype, "keepalive"))


def _blob(text: str) -> Any:  # noqa: ANN401 - a JavaScript Blob
    return Blob.new(Array.of(text), _blob_options())


@cache
def _blob_options() -> Any:  # noqa: ANN401 - a JavaScript object
    return _object({"type": _JSON})


def _fetch_options(request: Request) -> Any:  # noqa: ANN401 - a JavaScript object
    headers = {"Accept": _JSON, **request.headers}
    # A signed-out request that is redirected to a login page would end in a cheerful 200.
    options: dict[str, Any] = {
        "credentials": "same-origin",
        "cache": "no-store",
        "redirect": "manual",
    }
    if request.body is not None:
        headers = {"Content-Type": _JSON, **headers}
        options |= {"method": "POST", "keepalive": True, "body": request.body}
    return _object({**options, "headers": headers})


def _read(outcome: Any, landed: Callable[[Answer], None]) -> None:  # noqa: ANN401
    if outcome.status == "rejected":
        landed(Answer(None, str(outcome.reason)))
        return
    response = outcome.value
    if response.type == "opaqueredirect":
        landed(Answer(None, redirected=True))
        return
    answer = Answer(
        status=int(response.status),
        retry_after=_header(response, "Retry-After"),
        content_type=_header(response, "Content-Type"),
        redirected=bool(response.redirected),  # a service worker may have followed it
    )
    if answer.status == _NO_CONTENT:
        landed(answer)
    else:
        # Should the body not come: the status has, and with it nearly all that decides.
        when_settled(
            settling(response, "text"),
            lambda text: landed(answer._replace(body=str(getattr(text, "value", "")))),
        )


def _tell(on_answer: Callable[[Answer], None], answer: Answer) -> None:
    try:
        on_answer(answer)
    except KeyboardInterrupt:
        # A lesson was stopped, in Pyodide by an interrupt in the midst of whatever runs.
        setTimeout(create_once_callable(lambda: on_answer(answer)), 0)
        raise


def _header(response: Any, name: str) -> str:  # noqa: ANN401
    value = response.headers.get(name)
    return value if isinstance(value, str) else ""


def _object(mapping: dict[str, Any]) -> Any:  # noqa: ANN401
    return to_js(mapping, dict_converter=Object.fromEntries)

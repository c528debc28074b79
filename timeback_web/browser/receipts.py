"""Receipts: how a beacon ended, told by the browser itself.

`sendBeacon` gives no answer, but its request appears in the page's Resource Timing like any other,
with the status of the response (`responseStatus`, https://w3c.github.io/resource-timing/). As long
as the page lives, that tells a beacon that was taken from one that a server refused or that never
reached it: status 0, also for the beacons that an offline browser pretends to take.

A beacon follows redirects, so the status may be that of a sign-in page; `redirectStart` tells, and
where the browser has it (not yet in Chromium 141) `contentType` tells a page of HTML from JSON.
"""

from __future__ import annotations

from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from js import URL, Object, document, performance, window
from pyodide.ffi import create_proxy, to_js

from timeback_web.ports import Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_CLOCK_GRAIN_MS = 1
"""Browsers coarsen their clocks, by up to a millisecond in ordinary pages."""


class _Expected:
    def __init__(self, url: str, on_receipt: Callable[[Answer], None], *, from_ms: float) -> None:
        self.url = url
        self.on_receipt = on_receipt
        self.from_ms = self.until_ms = from_ms
        self.sent = False

    def is_of(self, entry: Any) -> bool:  # noqa: ANN401 - a PerformanceResourceTiming
        started_ms = float(entry.startTime)
        return (
            entry.name == self.url
            and self.from_ms - _CLOCK_GRAIN_MS <= started_ms <= self.until_ms + _CLOCK_GRAIN_MS
        )


class Receipts:
    """Waits for the receipts of beacons; observes only while one is due."""

    def __init__(self) -> None:
        """Expect nothing yet."""
        self._expected: list[_Expected] = []
        self._addresses: dict[str, str | None] = {}
        self._observer: Any = None
        self._observing = False

    def available(self, url: str) -> bool:
        """Whether this browser reports the status of beacons to `url` (same origin only)."""
        return self._address(url) is not None

    @contextmanager
    def expect(self, url: str, on_receipt: Callable[[Answer], None]) -> Iterator[_Expected]:
        """Send a beacon inside, and set `sent`; its receipt goes to `on_receipt`."""
        self._observe()
        address = self._address(url) or url
        expected = _Expected(address, on_receipt, from_ms=float(performance.now()))
        try:
            yield expected
        finally:
            expected.until_ms = float(performance.now())
            if expected.sent:
                self._expected.append(expected)
            self._rest()

    def _address(self, url: str) -> str | None:
        """What `url` is called in the time line; `None` where that tells no status."""
        if url not in self._addresses:
            self._addresses[url] = _address(url)
        return self._addresses[url]

    def _observe(self) -> None:
        if self._observer is None:
            # For good: a page that is left has better things to do than to make them again.
            self._observer = window.PerformanceObserver.new(create_proxy(self._on_entries))
        if not self._observing:
            self._observing = True
            self._observer.observe(_resources())

    def _rest(self) -> None:
        if self._observing and not self._expected:
            self._observing = False
            self._observer.disconnect()

    def _on_entries(self, entries: Any, *_: Any) -> None:  # noqa: ANN401
        for entry in entries.getEntriesByType("resource"):
            if entry.initiatorType == "beacon":
                self._match(entry)
        self._rest()

    def _match(self, entry: Any) -> None:  # noqa: ANN401
        for expected in self._expected:
            if expected.is_of(entry):
                self._expected.remove(expected)
                expected.on_receipt(_answer(entry))
                return


def _answer(entry: Any) -> Answer:  # noqa: ANN401
    status = int(entry.responseStatus) or None
    content_type = getattr(entry, "contentType", None)
    if content_type is None and status not in (None, 200):
        content_type = ""  # too little to give a window up for: `fetch` will see what answers
    return Answer(status, content_type=content_type, redirected=float(entry.redirectStart) > 0)


@cache
def _resources() -> Any:  # noqa: ANN401 - a JavaScript object
    return to_js({"type": "resource"}, dict_converter=Object.fromEntries)


def _address(url: str) -> str | None:
    # The page's own entry is of the same kind as a beacon's (PerformanceNavigationTiming extends
    # PerformanceResourceTiming), and there from the beginning.
    reports_status = any(
        hasattr(entry, "responseStatus") for entry in performance.getEntriesByType("navigation")
    )
    absolute = URL.new(url, document.baseURI)
    same_origin = absolute.origin == window.location.origin
    return str(absolute.href) if reports_status and same_origin else None

"""Timers: `setTimeout` and `requestIdleCallback`, each with one proxy for all of its callbacks."""

from __future__ import annotations

from functools import cache
from itertools import count
from time import monotonic
from typing import TYPE_CHECKING, Any

import js
from js import Object, clearTimeout, setTimeout
from pyodide.ffi import create_proxy, to_js

if TYPE_CHECKING:
    from collections.abc import Callable

    from timeback_web.ports import Cancel


class PageTimers:
    """The page's timers; a hidden page may be called late (once a second, then once a minute).

    A proxy for each callback would cost a tick more than all that it does: to make, and to destroy.
    """

    def __init__(self) -> None:
        """Look for idle periods: Safari has none to offer, and no worker."""
        self._request_idleness = getattr(js, "requestIdleCallback", None)
        self._keys = count()
        self._waiting: dict[int, tuple[float, Callable[[], object]]] = {}
        self._waiting_for_idleness: dict[int, Callable[[], object]] = {}
        self._on_time = create_proxy(self._time_has_come)
        self._on_idleness = create_proxy(self._page_is_idle)

    def call_later(self, delay_ms: float, callback: Callable[[], object]) -> Cancel:
        """Call `callback` once, not before `delay_ms` have passed."""
        key, delay_ms = next(self._keys), max(0, round(delay_ms))
        self._waiting[key] = monotonic() + delay_ms / 1000, callback
        handle = setTimeout(self._on_time, delay_ms, key)

        def cancel() -> None:
            if self._waiting.pop(key, None) is not None:
                clearTimeout(handle)

        return cancel

    def call_when_idle(self, callback: Callable[[], object], *, limit_ms: float) -> Cancel:
        """Call `callback` once the page is idle, where browsers tell, or in a task of its own."""
        if self._request_idleness is None:
            return self.call_later(0, callback)
        key = next(self._keys)
        self._waiting_for_idleness[key] = callback
        handle = self._request_idleness(self._on_idleness, _idle_options(round(limit_ms)))

        def cancel() -> None:
            if self._waiting_for_idleness.pop(key, None) is not None:
                js.cancelIdleCallback(handle)

        return cancel

    def _time_has_come(self, key: int | None = None) -> None:
        if key is None and self._waiting:
            # Somebody has wrapped `setTimeout`, and drops its arguments: then it is the next one's.
            key = min(self._waiting, key=self._due)
        if key in self._waiting:
            _, callback = self._waiting.pop(key)
            callback()

    def _due(self, key: int) -> float:
        return self._waiting[key][0]

    def _page_is_idle(self, _: object) -> None:
        # The browser does not say which call it answers; any of them will do, the page is idle.
        for key in self._waiting_for_idleness:
            self._waiting_for_idleness.pop(key)()
            break


@cache
def _idle_options(limit_ms: int) -> Any:  # noqa: ANN401 - a JavaScript object
    return to_js({"timeout": limit_ms}, dict_converter=Object.fromEntries)

"""Timers: `setTimeout` and `requestIdleCallback`, each with a proxy that is gone afterwards."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import js
from js import Object, clearTimeout, setTimeout
from pyodide.ffi import create_proxy, to_js

if TYPE_CHECKING:
    from collections.abc import Callable

    from timeback_web.ports import Cancel


class PageTimers:
    """The page's timers; a hidden page may be called late (once a second, then once a minute)."""

    def __init__(self) -> None:
        """Look for idle periods: Safari has none to offer, and no worker."""
        self._knows_idleness = hasattr(js, "requestIdleCallback")

    def call_later(self, delay_ms: float, callback: Callable[[], object]) -> Cancel:
        """Call `callback` once, not before `delay_ms` have passed."""
        delay_ms = max(0, round(delay_ms))
        return _once(callback, lambda proxy: setTimeout(proxy, delay_ms), clearTimeout)

    def call_when_idle(self, callback: Callable[[], object], *, limit_ms: float) -> Cancel:
        """Call `callback` once the page is idle, where browsers tell, or in a task of its own."""
        if not self._knows_idleness:
            return self.call_later(0, callback)
        options = _idle_options(round(limit_ms))
        return _once(
            callback,
            lambda proxy: js.requestIdleCallback(proxy, options),
            js.cancelIdleCallback,
        )


@cache
def _idle_options(limit_ms: int) -> Any:  # noqa: ANN401 - a JavaScript object
    return to_js({"timeout": limit_ms}, dict_converter=Object.fromEntries)


def _once(
    callback: Callable[[], object],
    plan: Callable[[object], int],
    unplan: Callable[[int], object],
) -> Cancel:
    pending = True

    def fire(*_: object) -> None:
        cancel()
        callback()

    def cancel() -> None:
        nonlocal pending
        if pending:
            pending = False
            unplan(handle)
            proxy.destroy()

    proxy = create_proxy(fire)
    handle = plan(proxy)
    return cancel

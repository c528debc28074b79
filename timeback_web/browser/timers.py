"""Timers: `setTimeout`, with the proxy gone once it has fired or been cancelled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from js import clearTimeout, setTimeout
from pyodide.ffi import create_proxy

if TYPE_CHECKING:
    from collections.abc import Callable

    from timeback_web.ports import Cancel


class PageTimers:
    """The page's timers; a hidden page may be called late (once a second, then once a minute)."""

    def call_later(self, delay_ms: float, callback: Callable[[], None]) -> Cancel:
        """Call `callback` once, not before `delay_ms` have passed."""
        pending = True

        def fire() -> None:
            cancel()
            callback()

        def cancel() -> None:
            nonlocal pending
            if pending:
                pending = False
                clearTimeout(handle)
                proxy.destroy()

        proxy = create_proxy(fire)
        handle = setTimeout(proxy, max(0, round(delay_ms)))
        return cancel

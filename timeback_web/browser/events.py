"""Listening to DOM events, and stopping to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyodide.ffi import create_proxy

if TYPE_CHECKING:
    from collections.abc import Callable

    from timeback_web.ports import Cancel


def listen(target: Any, name: str, handler: Callable[[Any], None]) -> Cancel:  # noqa: ANN401
    """Call `handler(event)` on every `name` event of `target` until cancelled.

    A bare function would die with the call that passes it ("borrowed proxy"), so it goes as a proxy
    of our own, destroyed when nobody listens any more.
    """
    proxy = create_proxy(handler)
    listening = True
    target.addEventListener(name, proxy)

    def cancel() -> None:
        nonlocal listening
        if listening:
            listening = False
            target.removeEventListener(name, proxy)
            proxy.destroy()

    return cancel

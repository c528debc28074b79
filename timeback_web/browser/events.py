"""Listening to DOM events, and stopping to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyodide.ffi import create_proxy

if TYPE_CHECKING:
    from collections.abc import Callable

    from timeback_web.ports import Cancel


def listen(
    target: Any,  # noqa: ANN401 - an EventTarget
    name: str,
    handler: Callable[[Any], None],
    *,
    capture: bool = False,
) -> Cancel:
    """Call `handler(event)` on every `name` event of `target` until cancelled.

    With `capture` it also hears what an element of the page keeps to itself.

    A bare function would die with the call that passes it ("borrowed proxy"), so it goes as a proxy
    of our own, destroyed when nobody listens any more.
    """
    proxy = create_proxy(handler)
    listening = True
    target.addEventListener(name, proxy, capture)

    def cancel() -> None:
        nonlocal listening
        if listening:
            listening = False
            target.removeEventListener(name, proxy, capture)
            proxy.destroy()

    return cancel

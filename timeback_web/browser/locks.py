"""Turns taken by tabs: the Web Locks API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from js import Promise, navigator
from pyodide.ffi import create_proxy

if TYPE_CHECKING:
    from collections.abc import Callable

    from timeback_web.ports import Cancel


class PageLocks:
    """Locks shared by the tabs of this origin."""

    def request(self, name: str, on_granted: Callable[[Cancel], None]) -> None:
        """Call `on_granted(release)` when it is our turn.

        Pages without a secure context (plain http, not on localhost) have no locks: there our turn
        is now; likewise where a request is turned down, as in a sandboxed frame. The lock is held
        by a JavaScript promise, which `release` settles in the same task; an asyncio future would
        settle too late in a page that is closing.
        """
        if not hasattr(navigator, "locks"):
            on_granted(_nothing)
            return
        deferred = Promise.withResolvers()
        was_granted = False

        def granted(_: Any) -> Any:  # noqa: ANN401 - a Lock comes in, a promise goes out
            nonlocal was_granted
            was_granted = True
            on_granted(release)
            return deferred.promise

        def release() -> None:
            deferred.resolve()

        def settled(*_: Any) -> None:  # noqa: ANN401
            granted_proxy.destroy()
            settled_proxy.destroy()
            if not was_granted:
                on_granted(_nothing)

        granted_proxy = create_proxy(granted)
        settled_proxy = create_proxy(settled)
        navigator.locks.request(name, granted_proxy).then(settled_proxy, settled_proxy)


def _nothing() -> None:
    """There is nothing to release."""

"""Locks that tabs share: the Web Locks API (https://w3c.github.io/web-locks/)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from js import AbortController, Object, Promise, navigator
from pyodide.ffi import create_proxy, to_js

if TYPE_CHECKING:
    from collections.abc import Callable

    from timeback_web.ports import Cancel


def _nothing() -> None:
    """There is nothing to release, withdraw or tell."""


class PageLocks:
    """Locks shared by the tabs of this origin.

    Pages without a secure context (plain http, not on localhost) have no locks: there every request
    is granted at once; likewise where one is turned down, as in a sandboxed frame.
    """

    def __init__(self) -> None:
        """Hold nothing."""
        self._asked_again: dict[str, list[Callable[[], None]]] = {}
        """Requests for locks that this page has let go of, while the browser still has to hear."""

    def exclude(self) -> bool:
        """Whether there are locks."""
        return hasattr(navigator, "locks")

    def request(
        self,
        name: str,
        on_granted: Callable[[Cancel], None],
        *,
        on_stolen: Callable[[], None] = _nothing,
        steal: bool = False,
    ) -> Cancel:
        """Call `on_granted(release)` when it is our turn."""

        def answered(release: Cancel | None) -> None:
            if release is not None:
                on_granted(release)

        options: dict[str, Any] = {"steal": True} if steal else {}
        return self._request(name, answered, on_stolen, options)

    def request_if_free(
        self,
        name: str,
        on_answer: Callable[[Cancel | None], None],
        *,
        on_stolen: Callable[[], None] = _nothing,
    ) -> Cancel:
        """Call `on_answer(release)`, or `on_answer(None)` when somebody holds it."""
        return self._request(name, on_answer, on_stolen, {"ifAvailable": True})

    def _request(
        self,
        name: str,
        on_answer: Callable[[Cancel | None], None],
        on_stolen: Callable[[], None],
        options: dict[str, Any],
    ) -> Cancel:
        if not self.exclude():
            on_answer(_nothing)
            return _nothing
        request = _LockRequest(
            on_answer,
            on_stolen,
            on_release=lambda: self._asked_again.setdefault(name, []),
            on_settled=lambda: self._ask_again(name),
        )
        if name in self._asked_again and options:
            self._asked_again[name].append(lambda: request.send(name, options))
        else:
            request.send(name, options)
        return request.withdraw

    def _ask_again(self, name: str) -> None:
        for send in self._asked_again.pop(name, []):
            send()


class _LockRequest:
    """One request, from the asking to the letting go.

    The lock is held by a JavaScript promise, which `release` settles in the same task; an asyncio
    future would settle too late in a page that is closing.
    """

    def __init__(
        self,
        on_answer: Callable[[Cancel | None], None],
        on_stolen: Callable[[], None],
        *,
        on_release: Callable[[], object],
        on_settled: Callable[[], None],
    ) -> None:
        self._on_answer = on_answer
        self._on_stolen = on_stolen
        self._on_release = on_release
        self._on_settled = on_settled
        self._deferred = Promise.withResolvers()
        self._controller = AbortController.new()
        self._answered = False
        self._over = False  # withdrawn or released: nobody wants to hear of it any more
        self._granted_proxy = create_proxy(self._granted)
        self._settled_proxy = create_proxy(self._settled)

    def send(self, name: str, options: dict[str, Any]) -> None:
        if not options:
            # A signal goes with neither of the options; such requests do not wait anyway.
            options = {"signal": self._controller.signal}
        js_options = to_js(options, dict_converter=Object.fromEntries)
        promise = navigator.locks.request(name, js_options, self._granted_proxy)
        promise.then(self._settled_proxy, self._settled_proxy)

    def _granted(self, lock: Any) -> Any:  # noqa: ANN401 - a Lock or null; a promise goes out
        self._answered = True
        if not hasattr(lock, "mode"):
            self._tell(None)
            return None
        self._tell(self._release)
        return self._deferred.promise

    def _tell(self, release: Cancel | None) -> None:
        if not self._over:
            self._on_answer(release)
            self._over = release is None
        elif release is not None:
            self._deferred.resolve()

    def _release(self) -> None:
        if not self._over:
            self._over = True
            self._on_release()
            self._deferred.resolve()

    def withdraw(self) -> None:
        """Ask no more; a lock that comes all the same is let go of at once."""
        if not self._answered:
            self._over = True
            self._controller.abort()

    def _settled(self, *_: Any) -> None:  # noqa: ANN401
        self._granted_proxy.destroy()
        self._settled_proxy.destroy()
        self._on_settled()
        if self._over:
            return
        self._over = True
        if self._answered:
            self._on_stolen()
        else:
            self._on_answer(_nothing)

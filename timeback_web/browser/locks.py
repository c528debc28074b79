"""Locks that tabs share: the Web Locks API (https://w3c.github.io/web-locks/)."""

from __future__ import annotations

from collections import Counter
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
        self._letting_go: Counter[str] = Counter()
        """How many requests have been given up of which the browser still has to hear."""
        self._asked_again: dict[str, list[Callable[[], None]]] = {}
        """Requests for those locks: asked now, they would hear that somebody holds them: we do."""

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
            on_let_go=lambda: self._letting_go.update([name]),
            on_gone=lambda: self._gone(name),
        )
        if self._letting_go[name] and options:
            asked_again = self._asked_again.setdefault(name, [])
            asked_again.append(lambda: request.send(name, options))
        else:
            request.send(name, options)
        return request.withdraw

    def _gone(self, name: str) -> None:
        self._letting_go[name] -= 1
        if not self._letting_go[name]:
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
        on_let_go: Callable[[], None],
        on_gone: Callable[[], None],
    ) -> None:
        self._on_answer = on_answer
        self._on_stolen = on_stolen
        self._on_let_go = on_let_go
        self._on_gone = on_gone
        self._deferred = Promise.withResolvers()
        self._controller = AbortController.new()
        self._sent = False
        self._answered = False
        self._over = False  # withdrawn or released: nobody wants to hear of it any more
        self._letting_go = False  # and the browser has to hear of that
        self._granted_proxy = create_proxy(self._granted)
        self._settled_proxy = create_proxy(self._settled)

    def send(self, name: str, options: dict[str, Any]) -> None:
        if self._over:  # withdrawn while it waited to be sent
            self._destroy_proxies()
            return
        self._sent = True
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
            self._let_go()
            self._deferred.resolve()

    def withdraw(self) -> None:
        """Ask no more; a lock that comes all the same is let go of at once."""
        if not self._answered and not self._over:
            self._let_go()
            self._controller.abort()

    def _let_go(self) -> None:
        self._over = True
        if self._sent:
            self._letting_go = True
            self._on_let_go()

    def _destroy_proxies(self) -> None:
        self._granted_proxy.destroy()
        self._settled_proxy.destroy()

    def _settled(self, *_: Any) -> None:  # noqa: ANN401
        self._destroy_proxies()
        if self._letting_go:
            self._on_gone()
        if self._over:
            return
        self._over = True
        if self._answered:
            self._on_stolen()
        else:
            self._on_answer(_nothing)

"""Locks and channels that take their time, as those of a real browser do.

Every word is a task of the page that hears it: a page that stands still hears it when it moves
again, and a page that is gone never does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from timeback_web.ports import Cancel, Channel
    from timeback_web.testing.channels import FakeTabChannels
    from timeback_web.testing.locks import FakeTabLocks
    from timeback_web.testing.time import FakeTimers


def _ignore() -> None:
    """Nobody is told."""


class LateLocks:
    """Locks whose answers travel, both ways.

    Args:
        timers: The page's.
        inner: Its locks.
        delay_ms: How long a word takes.
    """

    def __init__(self, timers: FakeTimers, inner: FakeTabLocks, delay_ms: float) -> None:
        self._timers = timers
        self._inner = inner
        self._delay_ms = delay_ms

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def request(
        self,
        name: str,
        on_granted: Callable[[Cancel], None],
        *,
        on_stolen: Callable[[], None] = _ignore,
        steal: bool = False,
    ) -> Cancel:
        def ask(answer, stolen) -> Cancel:
            return self._inner.request(name, answer, on_stolen=stolen, steal=steal)

        return self._send(ask, on_granted, on_stolen)

    def request_if_free(
        self,
        name: str,
        on_answer: Callable[[Cancel | None], None],
        *,
        on_stolen: Callable[[], None] = _ignore,
    ) -> Cancel:
        def ask(answer, stolen) -> Cancel:
            return self._inner.request_if_free(name, answer, on_stolen=stolen)

        return self._send(ask, on_answer, on_stolen)

    def _send(self, ask, on_answer, on_stolen) -> Cancel:
        if not self._inner.exclude():
            return ask(on_answer, on_stolen)
        request = _LateRequest(self._later, ask, on_answer, on_stolen)
        self._later(request.arrive)
        return request.withdraw

    def _later(self, callback: Callable[[], None]) -> None:
        self._timers.call_later(self._delay_ms, callback)


class _LateRequest:
    def __init__(self, later, ask, on_answer, on_stolen) -> None:
        self._later = later
        self._ask = ask
        self._on_answer = on_answer
        self._on_stolen = on_stolen
        self._heard = False
        self._over = False
        self._withdraw: Cancel = _ignore

    def arrive(self) -> None:
        """The browser has the request."""
        if not self._over:
            self._withdraw = self._ask(self._answered, self._stolen)

    def withdraw(self) -> None:
        """One that was granted, unheard, is let go of when the page hears of it."""
        if not self._heard:
            self._over = True
            self._withdraw()

    def _answered(self, release: Cancel | None) -> None:
        self._later(lambda: self._hear(release))

    def _hear(self, release: Cancel | None) -> None:
        self._heard = True
        if not self._over:
            self._on_answer(None if release is None else lambda: self._release(release))
        elif release is not None:
            release()

    def _release(self, release: Cancel) -> None:
        self._over = True
        release()

    def _stolen(self) -> None:
        self._later(self._hear_of_theft)

    def _hear_of_theft(self) -> None:
        if not self._over:
            self._over = True
            self._on_stolen()


class LateChannels:
    """Channels whose messages travel.

    Args:
        timers: The page's.
        inner: Its channels.
        delay_ms: How long a message takes.
    """

    def __init__(self, timers: FakeTimers, inner: FakeTabChannels, delay_ms: float) -> None:
        self._timers = timers
        self._inner = inner
        self._delay_ms = delay_ms

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def open(self, name: str, on_message: Callable[[str], None]) -> Channel:
        def hear(message: str) -> None:
            if channel in self._inner._shared.channels:  # else it was closed meanwhile
                on_message(message)

        channel = self._inner.open(
            name, lambda message: self._timers.call_later(self._delay_ms, lambda: hear(message))
        )
        return channel

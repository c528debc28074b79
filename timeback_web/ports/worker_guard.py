"""The port of a session in a worker to the guard on its page (`timeback_web/js/guard.js`).

A module of its own: pages that run Python on their main thread never load it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from timeback_web.ports import Answer


class DeliveryRoute(NamedTuple):
    """How a window of a run gets to the server, or at least into storage."""

    url: str
    headers: Mapping[str, str]
    trusted: bool
    """Whether the server is known to answer."""
    outbox: str
    """What the keys of its windows that wait begin with."""
    journal: str
    """What the keys of its windows that are put aside begin with."""


class OpenWindow(NamedTuple):
    """How the ledger of a session in a worker stands, and what is needed to report its open window.

    Attributes:
        run_id: The run.
        at_ms: The monotonic moment of all that follows.
        started_at_ms: Wall time at which the window began.
        ended_at_ms: Wall time of `at_ms`, as windows are stamped.
        elapsed_ms: Active time in it so far.
        running: Whether time is active as long as the page is in sight.
        stall_limit_ms: The longest step that still counts as active.
        body: A heartbeat of this run; its times are to be replaced.
        learner: The app's tag of the learner, or empty.
        url: Where heartbeats go.
        headers: What they carry.
        trusted: Whether the server is known to answer; if not, the window is better stored.
        owned: Whether no other tab can have the run.
        outbox: What the key begins with under which a window of this run waits to be sent.
        journal: The same for one that is put aside for a crash.
    """

    run_id: str
    at_ms: float
    started_at_ms: int
    ended_at_ms: int
    elapsed_ms: int
    running: bool
    stall_limit_ms: int
    body: str
    learner: str
    url: str
    headers: Mapping[str, str]
    trusted: bool
    owned: bool
    outbox: str
    journal: str


class Claim(NamedTuple):
    """What a session in a worker is about to report by itself; `final`: and then it ends."""

    run_id: str
    started_at_ms: int
    ended_at_ms: int
    elapsed_ms: int
    final: bool


class SentByGuard(NamedTuple):
    """A window that was reported on the page's main thread; fields as in an outbox entry."""

    run_id: str
    started_at_ms: int
    ended_at_ms: int
    elapsed_ms: int
    body: str
    learner: str


class WorkerGuardListener(Protocol):
    """Who is told what happens on the page's main thread."""

    def sent(self, window: SentByGuard, *, kept: bool) -> Callable[[Answer], None]:
        """A window was sent, or (`kept`) put into the outbox; give what takes its answer."""
        ...

    def superseded(self, claim: Claim) -> None:
        """A claim came too late, and was not granted."""
        ...

    def look_again(self) -> None:
        """The outbox may hold something new."""
        ...

    def heard_news(self) -> None:
        """Something was told, whatever it was: the guard has to know what it has led to."""
        ...


class WorkerGuard(Protocol):
    """The page's main thread, for Python that runs in a worker: `timeback_web/js/guard.js`.

    It reports the open window when the page is hidden or left, which a worker hears too late.
    """

    def watch(self, listener: WorkerGuardListener) -> None:
        """Tell this session, and no other, what happens there."""
        ...

    def follow(self, window: OpenWindow) -> None:
        """Have it know how the ledger stands."""
        ...

    def claiming(self, claim: Claim) -> AbstractContextManager[None]:
        """What is sent or stored in here reports a window, unless the guard was quicker."""
        ...

    def over(self) -> None:
        """The session has ended."""
        ...

"""Who is told what becomes of a window: the callbacks that the app gave its run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from timeback_web.callbacks import ErrorContext
from timeback_web.errors import LostWindowError

if TYPE_CHECKING:
    from collections.abc import Callable

    from timeback_web.callbacks import Callbacks
    from timeback_web.delivery.entry import Entry
    from timeback_web.errors import TimebackError

    type Via = Literal["outbox", "journal"]
    type GivenUp = Callable[[Entry, Via], None]


class RunCallbacks:
    """The callbacks of the runs that are open, or have windows that are still seen through.

    Args:
        default: For windows whose run has none.
        on_given_up: Told, besides, of windows that are given up and were not refused for good, and
            where they were.
    """

    def __init__(self, default: Callbacks, on_given_up: GivenUp | None) -> None:
        """Know no run yet."""
        self._default = default
        self._on_given_up = on_given_up
        self._of_run: dict[str, Callbacks] = {}
        self._ended: set[str] = set()

    @property
    def runs(self) -> frozenset[str]:
        """Those that were opened here, and are not forgotten."""
        return frozenset(self._of_run)

    def open(self, run_id: str, callbacks: Callbacks) -> None:
        """A session of the run begins."""
        self._of_run[run_id] = callbacks
        self._ended.discard(run_id)

    def end(self, run_id: str, callbacks: Callbacks) -> None:
        """It is over, unless a later one has taken its place; `forget_ended` when all is done."""
        if self._of_run.get(run_id) is callbacks:
            self._ended.add(run_id)

    def forget_ended(self) -> None:
        """Nothing is left of the runs that have ended."""
        for run_id in self._ended:
            self._of_run.pop(run_id, None)
        self._ended.clear()

    def flushed(self, entry: Entry) -> None:
        """The server has it."""
        self._of(entry).flushed(entry.run_id, entry.elapsed_ms)

    def lost(self, entry: Entry, why: str, *, via: Via = "outbox") -> None:
        """It was given up."""
        self.given_up(entry, LostWindowError(why), via=via)

    def given_up(self, entry: Entry, error: TimebackError, *, via: Via = "outbox") -> None:
        """It is not tried again, although it was not refused for good."""
        if self._on_given_up is not None:
            self._on_given_up(entry, via)
        self.trouble(entry, error)

    def trouble(
        self,
        entry: Entry,
        error: TimebackError,
        *,
        will_retry: bool = False,
        retry_in_ms: int | None = None,
    ) -> None:
        """It was not taken."""
        context = ErrorContext(
            operation="heartbeat",
            run_id=entry.run_id,
            elapsed_ms=entry.elapsed_ms,
            will_retry=will_retry,
            retry_in_ms=retry_in_ms,
        )
        self._of(entry).error(error, context)

    def _of(self, entry: Entry) -> Callbacks:
        return self._of_run.get(entry.run_id, self._default)

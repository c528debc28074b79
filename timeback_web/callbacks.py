"""The app's callbacks. Whatever they do, tracking goes on."""

from __future__ import annotations

import asyncio
import inspect
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from timeback_web.errors import TimebackError
from timeback_web.notices import Notices

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

type Operation = Literal["heartbeat", "submit", "callback"]

_log = logging.getLogger("timeback_web")
_running: set[asyncio.Task[object]] = set()


@dataclass(frozen=True, slots=True)
class ErrorContext:
    """Where an error that reaches `on_error` comes from.

    Attributes:
        operation: `heartbeat`, `submit`, or `callback` when a function of the app has failed.
        run_id: The run it belongs to.
        elapsed_ms: Active milliseconds at stake; 0 where none are.
        will_retry: Whether the same thing is tried again; if not, it is given up.
        retry_in_ms: In how many milliseconds, if a time is set.
    """

    operation: Operation
    run_id: str
    elapsed_ms: int = 0
    will_retry: bool = False
    retry_in_ms: int | None = None


class Callbacks(NamedTuple):
    """Calls the app back when it may act, and keeps its exceptions away from the tracker."""

    notices: Notices
    on_error: Callable[..., object] | None = None
    on_pause: Callable[..., object] | None = None
    on_resume: Callable[..., object] | None = None
    on_flush: Callable[..., object] | None = None

    def error(self, error: TimebackError, context: ErrorContext) -> None:
        """Report trouble; without an `on_error` it is logged."""
        if self.on_error is None:
            _log.warning("%s [%s]", error, context)
        else:
            self._call_back(self.on_error, error, context, on_failure=_log_failure)

    def paused(self, run_id: str) -> None:
        """Active time has stopped."""
        self._tell(self.on_pause, run_id)

    def resumed(self, run_id: str) -> None:
        """Active time goes on."""
        self._tell(self.on_resume, run_id)

    def flushed(self, run_id: str, elapsed_ms: int) -> None:
        """A window has been delivered."""
        self._tell(self.on_flush, run_id, elapsed_ms)

    def _tell(self, callback: Callable[..., object] | None, run_id: str, *arguments: int) -> None:
        if callback is None:
            return

        def report(failure: BaseException) -> None:
            error = TimebackError(f"a callback of the app failed: {failure!r}")
            error.__cause__ = failure
            self.error(error, ErrorContext(operation="callback", run_id=run_id))

        self._call_back(callback, *arguments, on_failure=report)

    def _call_back(
        self,
        callback: Callable[..., object],
        *arguments: object,
        on_failure: Callable[[BaseException], None],
    ) -> None:
        self.notices.tell(lambda: _call(callback, *arguments, on_failure=on_failure))


def _call(
    callback: Callable[..., object],
    *arguments: object,
    on_failure: Callable[[BaseException], None],
) -> None:
    try:
        result = callback(*arguments)
    except Exception as failure:  # noqa: BLE001 - the app's code may raise anything
        on_failure(failure)
        return
    if inspect.iscoroutine(result):
        _run(result, on_failure)


def _run(
    coroutine: Coroutine[Any, Any, object], on_failure: Callable[[BaseException], None]
) -> None:
    """Let an `async def` callback run; the loop itself holds tasks only weakly."""
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError as failure:
        coroutine.close()
        on_failure(failure)
        return
    task = loop.create_task(coroutine)
    _running.add(task)

    def done(task: asyncio.Task[object]) -> None:
        _running.discard(task)
        failure = None if task.cancelled() else task.exception()
        if failure is not None:
            on_failure(failure)

    task.add_done_callback(done)


def _log_failure(failure: BaseException) -> None:
    _log.error("on_error itself failed", exc_info=failure)

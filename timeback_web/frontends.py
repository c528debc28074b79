"""Front ends in JavaScript: what `js/core.js` says, said to a `Timeback`.

The JavaScript side owns the handles that components hold; this side owns the time. Between them
goes text: JSON for data, a key for each client and activity, so that neither side keeps objects of
the other alive. No exception crosses: an answer is empty when all went well, and else says in JSON
what is wrong (`Problem` in `js/parts/errors.js`).
"""

from __future__ import annotations

import json
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate

from timeback_web.client import Timeback
from timeback_web.errors import (
    ActivityInProgressError,
    InvalidOptionsError,
    LostCompletionError,
    LostWindowError,
    RefusedError,
    TimebackError,
    UnconfirmedError,
    UnreachableError,
    UsageError,
)
from timeback_web.options import Metrics, parse
from timeback_web.session.start import up_to_now
from timeback_web.timekeeping.history import History

if TYPE_CHECKING:
    from collections.abc import Callable

    from timeback_web.activity import Activity
    from timeback_web.callbacks import ErrorContext
    from timeback_web.ports import Browser

type Tell = Callable[[str, str], object]
"""Told what happens to an activity: `error`, `pause`, `resume` or `flush`, and the details."""

_CODES: tuple[tuple[type[Exception], str], ...] = (
    (InvalidOptionsError, "INVALID_OPTIONS"),
    (ActivityInProgressError, "ACTIVITY_IN_PROGRESS"),
    (UsageError, "USAGE"),
    (UnconfirmedError, "UNCONFIRMED"),
    (UnreachableError, "UNREACHABLE"),
    (RefusedError, "REFUSED"),
    (LostWindowError, "LOST_WINDOW"),
    (LostCompletionError, "LOST_COMPLETION"),
    (TimebackError, "FAILED"),
)


def attach() -> None:
    """Stand behind the JavaScript front ends of this page; harmless when called again.

    What they have started before is taken over with the time that it has.

    Raises:
        NotInBrowserError: When there is no page.
    """
    from timeback_web.browser import PageBrowser
    from timeback_web.browser.bridge import publish

    publish(FrontEnds(PageBrowser()).methods())


def _answered[**P](
    method: Callable[Concatenate[FrontEnds, P], None],
) -> Callable[Concatenate[FrontEnds, P], str]:
    @wraps(method)
    def answer(self: FrontEnds, /, *arguments: P.args, **keywords: P.kwargs) -> str:
        try:
            method(self, *arguments, **keywords)
        except Exception as error:  # noqa: BLE001 - JavaScript would be shown a traceback
            return json.dumps(problem(error))
        return ""

    return answer


class FrontEnds:
    """The clients and activities of a page's JavaScript, by the keys that it gave them.

    Args:
        browser: The page.
    """

    def __init__(self, browser: Browser) -> None:
        """Know nobody yet."""
        self._browser = browser
        self._clients: dict[str, Timeback] = {}
        self._activities: dict[str, Activity] = {}

    def methods(self) -> dict[str, Callable[..., object]]:
        """What JavaScript may call, by the names that `js/parts/python.js` knows."""
        return {
            "openClient": self.open_client,
            "closeClient": self.close_client,
            "start": self.start,
            "pause": self.pause,
            "resume": self.resume,
            "end": self.end,
            "forget": self.forget,
            "complete": self.complete,
            "seeThrough": self.see_through,
            "sendWaiting": self.send_waiting,
            "elapsedMs": self.elapsed_ms,
            "pausedMs": self.paused_ms,
            "isPaused": self.is_paused,
        }

    @_answered
    def open_client(
        self, key: str, config: str, headers: Callable[[], str] | None, tell: Tell
    ) -> None:
        """Make a client.

        Args:
            key: Of the client.
            config: `{"baseURL", "learner"?}`.
            headers: Gives the headers of the moment, as JSON.
            tell: Told of trouble with what no open activity accounts for.
        """
        given = json.loads(config)
        self._clients[key] = Timeback(
            given["baseURL"],
            headers=None if headers is None else lambda: json.loads(headers()),
            learner=given.get("learner"),
            on_error=_error_teller(tell),
            browser=self._browser,
        )

    @_answered
    def close_client(self, key: str) -> None:
        """End what is open, and let go of the client."""
        client = self._clients.pop(key, None)
        if client is not None:
            client.close()

    @_answered
    def start(self, client: str, key: str, options: str, history: str, tell: Tell) -> None:
        """Start an activity; or go on with one that has a past.

        Args:
            client: Whose.
            key: Of the activity.
            options: For `start`, without callbacks.
            history: Of the activity (`History` in `js/parts/before-python.js`).
            tell: Told what happens to it.
        """
        since = up_to_now(History.of(json.loads(history)), self._browser)
        activities = self._clients[client].activity
        self._activities[key] = activities.take_over(
            {**json.loads(options), **_callbacks(tell)}, since
        )

    @_answered
    def pause(self, key: str) -> None:
        """Stop its clock."""
        self._activities[key].pause()

    @_answered
    def resume(self, key: str) -> None:
        """Let its clock go on."""
        self._activities[key].resume()

    @_answered
    def end(self, key: str, metrics: str, on_done: Callable[..., object]) -> None:
        """End it, at once.

        Args:
            key: Of the activity.
            metrics: The result; empty for none.
            on_done: Called when there is nothing left to wait for; with what went wrong, if
                because of that it has not ended.
        """
        activity = self._activities[key]
        closing = activity.end(json.loads(metrics) if metrics else None)
        closing.then(lambda: _call(on_done, *_problem_text(closing.error)))

    def forget(self, key: str) -> None:
        """JavaScript asks no more of an activity that has ended."""
        del self._activities[key]

    @_answered
    def complete(
        self,
        client: str,
        options: str,
        ending: str,
        tell: Tell,
        on_done: Callable[..., object],
    ) -> None:
        """Send the completion of an activity that has ended before.

        Args:
            client: Whose.
            options: As for `start`.
            ending: `{"metrics", "endedAtMs"}`.
            tell: Told of trouble.
            on_done: As for `end`.
        """
        given = json.loads(ending)
        self._clients[client].activity.complete(
            {**json.loads(options), **_callbacks(tell)},
            parse(Metrics, given["metrics"], name="metrics"),
            ended_at_ms=given["endedAtMs"],
            on_fate=lambda error, _: _call(on_done, *_problem_text(error)),
        )

    @_answered
    def see_through(self, client: str, run_id: str) -> None:
        """Send what waits in storage of a run that JavaScript has ended by itself."""
        self._clients[client].activity.see_through(run_id)

    @_answered
    def send_waiting(self, client: str, runs: str, on_done: Callable[[str], object]) -> None:
        """Send what waits for the client's learner, and of these runs.

        Args:
            client: Whose.
            runs: A JSON list of run ids.
            on_done: Told how much still waits.
        """
        pending = self._clients[client].send_waiting(json.loads(runs))
        pending.then(lambda: _call(on_done, json.dumps(pending.result)))

    def elapsed_ms(self, key: str) -> int:
        """Its active milliseconds so far."""
        return self._activities[key].elapsed_ms

    def paused_ms(self, key: str) -> int:
        """Its paused milliseconds so far."""
        return self._activities[key].paused_ms

    def is_paused(self, key: str) -> bool:
        """Whether its clock stands still."""
        return self._activities[key].paused


def problem(error: Exception) -> dict[str, Any]:
    """An error as JavaScript makes its own of it."""
    code = next((code for kind, code in _CODES if isinstance(error, kind)), "INTERNAL")
    told: dict[str, Any] = {"code": code, "message": str(error)}
    if isinstance(error, InvalidOptionsError):
        told["field"] = error.field
    if isinstance(error, RefusedError):
        told |= {"status": error.status, "serverCode": error.code, "field": error.field}
    return told


def _problem_text(error: Exception | None) -> list[str]:
    return [] if error is None else [json.dumps(problem(error))]


def _callbacks(tell: Tell) -> dict[str, Any]:
    return {
        "on_error": _error_teller(tell),
        "on_pause": lambda: _call(tell, "pause", ""),
        "on_resume": lambda: _call(tell, "resume", ""),
        "on_flush": lambda elapsed_ms: _call(tell, "flush", json.dumps(elapsed_ms)),
    }


def _error_teller(tell: Tell) -> Callable[[TimebackError, ErrorContext], None]:
    def told(error: TimebackError, context: ErrorContext) -> None:
        details = {
            "operation": context.operation,
            "runId": context.run_id,
            "elapsedMs": context.elapsed_ms,
            "willRetry": context.will_retry,
            "retryInMs": context.retry_in_ms,
        }
        _call(tell, "error", json.dumps({"error": problem(error), "context": details}))

    return told


def _call(callback: Callable[..., object], *arguments: str) -> None:
    """Call JavaScript; what it answers is nobody's business here, least of all a Promise."""
    callback(*arguments)

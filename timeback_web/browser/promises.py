"""Promises that may be rejected with anything.

WebKit rejects a failed `fetch` with a `TypeError` that has no `stack`. Pyodide takes an object for
an error by its name, message *and* stack (seen in 314.0.7 with WebKitGTK 2.50.6), so it has no
exception to raise: whoever awaits such a promise waits for ever. Here Pyodide never meets a
promise that can be rejected, only one of `Promise.allSettled`, which can't.

Nor is one awaited in a task of asyncio, which a lesson may cancel. The browser calls back by
itself, in the microtasks of the task in which the promise is settled: a request that is refused at
once (over the 64 KiB that may be under way) is known while the handler of `pagehide` is not over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from js import Array, Promise
from pyodide.ffi import to_js

if TYPE_CHECKING:
    from collections.abc import Callable


def settling(target: Any, method: str, *arguments: Any) -> Any:  # noqa: ANN401 - a Promise
    """Call `target.method(*arguments)` now; what comes of its promise is for `when_settled`.

    `Array.from` does the call: a promise that Python gets as a result is Pyodide's at once.
    """
    call = getattr(target, method).bind(target, *arguments)
    return Promise.allSettled(Array.from_(to_js([None]), call))


def when_settled(outcomes: Any, on_outcome: Callable[[Any], None]) -> None:  # noqa: ANN401
    """Call back with `{status, value | reason}` of the one promise in `outcomes`."""
    outcomes.then(lambda settled: on_outcome(settled[0]))

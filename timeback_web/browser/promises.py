"""Promises that may be rejected with anything.

WebKit rejects a failed `fetch` with a `TypeError` that has no `stack`. Pyodide takes an object for
an error by its name, message *and* stack (seen in 314.0.7 with WebKitGTK 2.50.6), so it has no
exception to raise: whoever awaits such a promise waits for ever. Here Pyodide never meets a
promise that can be rejected, only one of `Promise.allSettled`, which can't.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from js import Array, Promise
from pyodide.ffi import to_js

if TYPE_CHECKING:
    from collections.abc import Awaitable


class RejectedError(Exception):
    """A promise was rejected; the message is the reason's."""


def settling(target: Any, method: str, *arguments: Any) -> Awaitable[Any]:  # noqa: ANN401
    """Call `target.method(*arguments)` now; what it promised can be awaited with `settled`.

    `Array.from` does the call: a promise that Python gets as a result is Pyodide's at once.
    """
    call = getattr(target, method).bind(target, *arguments)
    outcomes: Awaitable[Any] = Promise.allSettled(Array.from_(to_js([None]), call))
    return outcomes


async def settled(outcomes: Awaitable[Any]) -> Any:  # noqa: ANN401 - what was promised
    """Wait for a promise.

    Raises:
        RejectedError: It was rejected.
    """
    [outcome] = await outcomes
    if outcome.status == "rejected":
        raise RejectedError(str(outcome.reason))
    return outcome.value

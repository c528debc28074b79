"""Requests that are started once, whatever happens to the handler that starts them.

Firefox stops what runs in a page when it shuts down that page's process
(`dom.abort_script_on_child_shutdown`): in the midst of Python, without an exception. The window
that was being reported is picked up by the next handler (`Ledger.pick_up`), and that one has to
know whether `fetch` has begun. A note of ours could be missing, or too early. So the browser itself
writes it down, in the call that begins it: `Object.assign` reads a property whose getter is the
`fetch`, and what it copies to the target is the evidence.
"""

from __future__ import annotations

from typing import Any

from js import Object, Promise, Reflect, window
from pyodide.ffi import to_js

_NAME = "answer"


class StartedRequest:
    """One `fetch`.

    Args:
        url: Its address.
        options: The JavaScript object of its options.
    """

    def __init__(self, url: str, options: Any) -> None:  # noqa: ANN401
        """Get ready; nothing is sent yet."""
        getter = {"get": window.fetch.bind(window, url, options), "enumerable": True}
        descriptor = to_js(getter, dict_converter=Object.fromEntries)
        self._source = Object.defineProperty(Object.new(), _NAME, descriptor)
        self._target = Object.new()

    @property
    def begun(self) -> bool:
        """Whether `fetch` was called."""
        return bool(Reflect.has(self._target, _NAME))

    def begin(self) -> Any:  # noqa: ANN401 - a Promise
        """Call it; what comes of it is for `promises.when_settled`.

        Raises:
            JsException: The browser refused, or what somebody has put in the place of `fetch`.
        """
        Object.assign(self._target, self._source)
        return self.outcomes()

    def outcomes(self) -> Any:  # noqa: ANN401 - a Promise
        """What comes of it, for `promises.when_settled`."""
        return Promise.allSettled(Object.values(self._target))

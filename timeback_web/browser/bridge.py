"""Where JavaScript finds Python: `globalThis.timebackWeb`, and an event that says it is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from js import Event, Object, globalThis
from pyodide.ffi import create_proxy, to_js

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

NAME = "timebackWeb"
"""Of the object, and of the event; `js/parts/python.js` looks for both."""


def publish(methods: Mapping[str, Callable[..., object]]) -> None:
    """Let JavaScript call `methods`, as long as the page lives; the first to come stays.

    JavaScript calls plain functions: a proxy of the object itself would make one of every method
    each time that it is looked up.
    """
    if hasattr(globalThis, NAME):
        return
    proxies = {name: create_proxy(method) for name, method in methods.items()}
    setattr(globalThis, NAME, to_js(proxies, dict_converter=Object.fromEntries))
    globalThis.dispatchEvent(Event.new(NAME))

"""Where JavaScript finds Python: `globalThis.timebackWeb`, and an event that says it is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from js import Event, Object, globalThis
from pyodide.ffi import create_proxy, to_js

if TYPE_CHECKING:
    from timeback_web.frontends import FrontEnds

NAME = "timebackWeb"
"""Of the object, and of the event; `js/python.js` looks for both."""


def publish(front_ends: FrontEnds) -> None:
    """Let JavaScript call `front_ends`, as long as the page lives; the first to come stays.

    JavaScript calls plain functions: a proxy of the object itself would make one of every method
    each time that it is looked up.
    """
    if hasattr(globalThis, NAME):
        return
    methods = {
        "openClient": front_ends.open_client,
        "closeClient": front_ends.close_client,
        "start": front_ends.start,
        "pause": front_ends.pause,
        "resume": front_ends.resume,
        "end": front_ends.end,
        "forget": front_ends.forget,
        "complete": front_ends.complete,
        "seeThrough": front_ends.see_through,
        "elapsedMs": front_ends.elapsed_ms,
        "pausedMs": front_ends.paused_ms,
        "isPaused": front_ends.is_paused,
    }
    proxies = {name: create_proxy(method) for name, method in methods.items()}
    setattr(globalThis, NAME, to_js(proxies, dict_converter=Object.fromEntries))
    globalThis.dispatchEvent(Event.new(NAME))

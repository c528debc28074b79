"""Is somebody looking, and is the page going away.

Closing or leaving a visible page fires `pagehide` before `visibilitychange`; closing a hidden tab
fires only `pagehide`; a phone that kills a tab in the background has fired only
`visibilitychange`. Hence both. A page that is frozen, such as a tab long hidden, fires `freeze`.
Never `unload` or `beforeunload`: they keep the page out of the back/forward cache
(https://web.dev/articles/bfcache).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from js import Object, PerformanceObserver, document, performance, window
from pyodide.ffi import create_proxy, to_js

from timeback_web.browser.events import listen
from timeback_web.browser.inputs import InputWatch
from timeback_web.ports import PageEvent

if TYPE_CHECKING:
    from collections.abc import Callable

    from timeback_web.ports import Cancel, Timers


class PageLifecycle:
    """The page's own view of itself.

    Args:
        timers: The page's timers.
    """

    def __init__(self, timers: Timers) -> None:
        """Look at nothing yet."""
        self._timers = timers

    def is_hidden(self) -> bool:
        """Whether nobody can see the page now; also true while it is prerendered."""
        return bool(document.hidden)

    def is_focused(self) -> bool:
        """Whether what the learner types goes to this page."""
        return bool(document.hasFocus())

    def history(self) -> list[tuple[float, bool]]:
        """How this page was, from its own beginning on: since when, and if hidden.

        It begins with its document, not with the navigation: the page before stays in sight, and
        counts, until the server has answered. (Measured in Chromium 156, 3 to 18 ms before
        `domLoading` the old page has its `pagehide`; every earlier mark comes before that.)
        """
        # Whole milliseconds, cut off: hence one more.
        began_ms = float(performance.timing.domLoading - performance.timing.navigationStart + 1)
        changes = [
            (float(entry.startTime), entry.name == "hidden")
            for entry in performance.getEntriesByType("visibility-state")
        ]
        before = [hidden for at_ms, hidden in changes if at_ms <= began_ms]
        if not before:
            return []
        return [(began_ms, before[-1]), *(one for one in changes if one[0] > began_ms)]

    def listen_for_input(self, on_input: Callable[[], None]) -> Cancel:
        """Be told that the learner does something, a few times a second at most."""
        return InputWatch(self._timers, on_input).stop

    def listen(self, on_event: Callable[[PageEvent], None]) -> Cancel:
        """Be told every `PageEvent` in the task of the browser's event."""

        def visibility_changed(_: Any) -> None:  # noqa: ANN401 - a DOM event
            on_event(PageEvent.HIDDEN if self.is_hidden() else PageEvent.VISIBLE)

        def page_shown(event: Any) -> None:  # noqa: ANN401
            # Every page fires it once on load; only a cached one comes back with `persisted`.
            if event.persisted:
                on_event(PageEvent.RETURNED)

        cancels = [
            listen(document, "visibilitychange", visibility_changed),
            _watch_visibility(visibility_changed),
            listen(window, "pagehide", lambda _: on_event(PageEvent.LEAVING)),
            listen(window, "pageshow", page_shown),
            # A frozen page runs nothing any more, like one in the cache; it may never be thawed.
            listen(document, "freeze", lambda _: on_event(PageEvent.LEAVING)),
            listen(document, "resume", lambda _: on_event(PageEvent.RETURNED)),
            listen(window, "focus", lambda _: on_event(PageEvent.FOCUSED)),
            listen(window, "online", lambda _: on_event(PageEvent.ONLINE)),
        ]

        def cancel() -> None:
            for cancel_one in cancels:
                cancel_one()

        return cancel


def _watch_visibility(on_change: Callable[[Any], None]) -> Cancel:
    """Be told when the performance time line lists a change of visibility.

    A page that opens a tab with `window.open` and stays its opener is hidden without a
    `visibilitychange` (seen in Chromium 156); its time line lists the change all the same.
    """
    if "visibility-state" not in PerformanceObserver.supportedEntryTypes.to_py():
        return _nothing
    proxy = create_proxy(lambda entries, *_: on_change(entries))
    observer = PerformanceObserver.new(proxy)
    observer.observe(to_js({"type": "visibility-state"}, dict_converter=Object.fromEntries))
    watching = True

    def cancel() -> None:
        nonlocal watching
        if watching:
            watching = False
            observer.disconnect()
            proxy.destroy()

    return cancel


def _nothing() -> None:
    """There is nothing to cancel."""

"""The page's life, as the guard tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from timeback_web.ports import PageEvent
from timeback_web.timekeeping.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Callable

    from timeback_web.browser.worker.clock import WorkerClock
    from timeback_web.browser.worker.line import Line, Message
    from timeback_web.ports import Cancel

_EVENTS = {
    "hidden": PageEvent.HIDDEN,
    "visible": PageEvent.VISIBLE,
    "leaving": PageEvent.LEAVING,
    "returned": PageEvent.RETURNED,
    "focus": PageEvent.FOCUSED,
    "online": PageEvent.ONLINE,
}


class WorkerLifecycle:
    """What is known of the page; in sight and in focus until the guard says otherwise.

    Args:
        line: To the guard.
        clock: Of the worker.
    """

    def __init__(self, line: Line, clock: WorkerClock) -> None:
        """Wait to be told."""
        self._line = line
        self._clock = clock
        self._hidden = False
        self._focused = True
        self._history: list[tuple[float, bool]] = []
        self._listeners: list[Callable[[PageEvent], None]] = []
        self._input_listeners: list[Callable[[], None]] = []
        self._watches_input = False
        line.on("hello", self._hello)
        line.on("event", self._event)

    def is_hidden(self) -> bool:
        """Whether nobody can see the page, as far as was heard."""
        return self._hidden

    def is_focused(self) -> bool:
        """Whether what the learner types goes to the page, as far as was heard."""
        return self._focused

    def history(self) -> list[tuple[float, bool]]:
        """How the page was, from its own beginning on; empty before the guard has answered."""
        return list(self._history)

    def listen(self, on_event: Callable[[PageEvent], None]) -> Cancel:
        """Be told every `PageEvent`; the clock stands at its time meanwhile."""
        self._listeners.append(on_event)
        return lambda: _remove(self._listeners, on_event)

    def listen_for_input(self, on_input: Callable[[], None]) -> Cancel:
        """Be told that the learner does something, a few times a second at most."""
        if not self._watches_input:
            self._watches_input = True
            self._line.say("inputs")
        self._input_listeners.append(on_input)
        return lambda: _remove(self._input_listeners, on_input)

    def _hello(self, message: Message) -> None:
        self._focused = message["focused"]
        began_ms: float = message["born"]
        changes = [(float(at_ms), bool(hidden)) for at_ms, hidden in message["seen"]]
        before = [hidden for at_ms, hidden in changes if at_ms <= began_ms]
        if before:
            later = [change for change in changes if change[0] > began_ms]
            self._history = [(began_ms, before[-1]), *later]
        if message["hidden"]:
            self._was_hidden(message)

    def _was_hidden(self, message: Message) -> None:
        """Whatever has begun before the guard answered took the page for visible."""
        self._hidden = True
        ago_ms = message["at"] - message["hidden_at"]
        with self._clock.at(Reading(message["hidden_at"], message["wall"] - ago_ms)):
            self._tell(PageEvent.HIDDEN)

    def _event(self, message: Message) -> None:
        name = message["event"]
        self._hidden = message.get("hidden", self._hidden if name != "hidden" else True)
        self._hidden = self._hidden and name != "visible"
        self._focused = (self._focused or name == "focus") and name != "blur"
        if name == "input":
            for on_input in list(self._input_listeners):
                on_input()
        elif name in _EVENTS:
            self._tell(_EVENTS[name])

    def _tell(self, event: PageEvent) -> None:
        for listener in list(self._listeners):
            listener(event)


def _remove[Listener](listeners: list[Listener], one: Listener) -> None:
    if one in listeners:
        listeners.remove(one)

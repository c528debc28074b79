"""A page that is hidden, shown and left by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from timeback_web.ports import Cancel, PageEvent


class FakeLifecycle:
    """Tells its listeners what a test says.

    Attributes:
        hidden: Whether nobody can see the page.
        focused: Whether what the learner types goes to it.
        past: What `history` answers.
    """

    def __init__(self, *, hidden: bool) -> None:
        """Begin visible, or born hidden."""
        self.hidden = hidden
        self.focused = not hidden
        self.past: list[tuple[float, bool]] = []
        self._input_listeners: list[Callable[[], None]] = []
        self._listeners: list[Callable[[PageEvent], None]] = []

    @property
    def listeners(self) -> int:
        """How many listen."""
        return len(self._listeners) + len(self._input_listeners)

    def is_hidden(self) -> bool:
        """Whether nobody can see the page now."""
        return self.hidden

    def is_focused(self) -> bool:
        """Whether what the learner types goes to this page."""
        return self.focused

    def history(self) -> list[tuple[float, bool]]:
        """How this page was, from its own beginning on."""
        return list(self.past)

    def listen_for_input(self, on_input: Callable[[], None]) -> Cancel:
        """Be told that the learner does something."""
        self._input_listeners.append(on_input)

        def cancel() -> None:
            if on_input in self._input_listeners:
                self._input_listeners.remove(on_input)

        return cancel

    def listen(self, on_event: Callable[[PageEvent], None]) -> Cancel:
        """Be told every `PageEvent`."""
        self._listeners.append(on_event)

        def cancel() -> None:
            if on_event in self._listeners:
                self._listeners.remove(on_event)

        return cancel

    def tell(self, event: PageEvent) -> None:
        """Fire an event."""
        for listener in list(self._listeners):
            listener(event)

    def tell_input(self) -> None:
        """The learner does something."""
        for listener in list(self._input_listeners):
            listener()

    def clear(self) -> None:
        """Forget all listeners: the page is gone."""
        self._listeners.clear()
        self._input_listeners.clear()

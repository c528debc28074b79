"""A page that is hidden, shown and left by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from timeback_web.ports import Cancel, PageEvent


class FakeLifecycle:
    """Tells its listeners what a test says."""

    def __init__(self, *, hidden: bool) -> None:
        """Begin visible, or born hidden."""
        self.hidden = hidden
        self._listeners: list[Callable[[PageEvent], None]] = []

    @property
    def listeners(self) -> int:
        """How many listen."""
        return len(self._listeners)

    def is_hidden(self) -> bool:
        """Whether nobody can see the page now."""
        return self.hidden

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

    def clear(self) -> None:
        """Forget all listeners: the page is gone."""
        self._listeners.clear()

"""A page's elements by hand, for tests of tracking by attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from timeback_web.ports.elements import PREFIX, Press, State

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from timeback_web.ports import Cancel
    from timeback_web.ports.elements import Element


class FakeElement:
    """An element.

    Args:
        attributes: Without `data-timeback-`, and with underscores: `heartbeat_ms="1000"`.

    Attributes:
        told: The events it has fired: their names without `timeback:`, and their details.
    """

    def __init__(self, **attributes: str) -> None:
        """Stand in no page yet."""
        self.told: list[tuple[str, dict[str, object]]] = []
        self._attributes = {
            PREFIX + name.replace("_", "-"): value for name, value in attributes.items()
        }

    @property
    def state(self) -> str | None:
        """Its `data-timeback-state`."""
        return self._attributes.get(f"{PREFIX}state")

    @property
    def error(self) -> str | None:
        """Its `data-timeback-error`."""
        return self._attributes.get(f"{PREFIX}error")

    @property
    def events(self) -> list[str]:
        """The names of the events it has fired."""
        return [name for name, _ in self.told]

    def attributes(self) -> dict[str, str]:
        """All of them."""
        return dict(self._attributes)

    def write(self, name: str, value: str | None) -> None:
        """Set an attribute, or remove it."""
        if value is None:
            self._attributes.pop(name, None)
        else:
            self._attributes[name] = value

    def tell(self, event: str, detail: Mapping[str, object]) -> None:
        """Remember it."""
        self.told.append((event.removeprefix("timeback:"), dict(detail)))


class FakeElements:
    """The elements of a page.

    Args:
        elements: Those with an activity, in order.

    Attributes:
        shown: The states for which the page has shown something, one after the other.
        logged: What was written to the console, and whether as an error.
        listeners: How many listen.
    """

    def __init__(self, *elements: FakeElement) -> None:
        """Put them into a page."""
        self.shown: list[State] = []
        self.logged: list[tuple[str, bool]] = []
        self.listeners = 0
        self._elements = list(elements)
        self._on_change: Callable[[], None] = _nobody
        self._on_press: Callable[[Press], None] = _nobody

    def put(self, *elements: FakeElement) -> None:
        """These are in the page now, and no others."""
        self._elements = list(elements)
        self._on_change()

    def press(self, press: Press) -> None:
        """The learner clicks."""
        self._on_press(press)

    def find(self) -> list[Element]:
        """All of them."""
        return list(self._elements)

    def show_for(self, state: State) -> None:
        """Remember it, once in a row."""
        if self.shown[-1:] != [state]:
            self.shown.append(state)

    def on_change(self, callback: Callable[[], None]) -> Cancel:
        """Tell of what is put."""
        self._on_change = callback
        return self._listening()

    def on_press(self, callback: Callable[[Press], None]) -> Cancel:
        """Tell of clicks."""
        self._on_press = callback
        return self._listening()

    def is_of_this_site(self, url: str) -> bool:
        """Whether it names no host."""
        return "//" not in url

    def log(self, message: str, *, serious: bool) -> None:
        """Remember it."""
        self.logged.append((message, serious))

    def _listening(self) -> Cancel:
        self.listeners += 1
        listening = True

        def cancel() -> None:
            nonlocal listening
            self.listeners -= listening
            listening = False

        return cancel


def _nobody(*_: object) -> None:
    """Nobody listens."""

"""What an element says of its activity: to styles, to listeners, on the console."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from timeback_web.errors import InvalidOptionsError
from timeback_web.ports.elements import PREFIX, State

if TYPE_CHECKING:
    from timeback_web.errors import TimebackError
    from timeback_web.ports.elements import Element, Elements

STATE = f"{PREFIX}state"
ERROR = f"{PREFIX}error"


class Trouble(Enum):
    """What an error is about; it is over when that goes well."""

    START = "start"
    PROGRESS = "progress"
    DELIVERY = "delivery"


class StateAttributes:
    """Marks one element.

    Args:
        element: Which.
        elements: The page it is in.
    """

    def __init__(self, element: Element, elements: Elements) -> None:
        """Mark nothing yet."""
        self._element = element
        self._elements = elements
        self._state: State | None = None
        self._trouble: Trouble | None = None
        self._silent = False

    def fall_silent(self) -> None:
        """The element is gone, or has another activity: only the console hears of this one."""
        self._silent = True

    def show(self, state: State) -> None:
        """Show a state on the element, and in the page what is there for it."""
        self._state = state
        self._write(STATE, state.value)
        self.show_again()

    def show_again(self) -> None:
        """What is there for a state may have come later."""
        if not self._silent and self._state is not None:
            self._elements.show_for(self._state)

    def refuse(self, error: TimebackError) -> None:
        """This element fails, but the page goes on with another."""
        self._write(STATE, State.FAILED.value)
        self.report(error, will_retry=False)

    def report(
        self, error: TimebackError, *, will_retry: bool, about: Trouble = Trouble.START
    ) -> None:
        """Tell of trouble: whose message is one and the same in all three places."""
        message = str(error)
        self._trouble = about
        self._write(ERROR, message)
        self._elements.log(f"timeback: {message}", serious=not will_retry)
        attribute = error.field if isinstance(error, InvalidOptionsError) else None
        self.tell("error", message=message, attribute=attribute, willRetry=will_retry)

    def clear_error(self, about: Trouble | None = None) -> None:
        """The trouble is over: all of it, or only what is about one thing."""
        if about in (None, self._trouble):
            self._trouble = None
            self._write(ERROR, None)

    def tell(self, event: str, **detail: object) -> None:
        """Fire `timeback:EVENT`."""
        if not self._silent:
            self._element.tell(f"timeback:{event}", detail)

    def _write(self, name: str, value: str | None) -> None:
        if not self._silent:
            self._element.write(name, value)

"""What an element says of its activity: to styles, to listeners, on the console."""

from __future__ import annotations

from typing import TYPE_CHECKING

from timeback_web.errors import InvalidOptionsError
from timeback_web.ports.elements import PREFIX, State

if TYPE_CHECKING:
    from timeback_web.errors import TimebackError
    from timeback_web.ports.elements import Element, Elements

STATE = f"{PREFIX}state"
ERROR = f"{PREFIX}error"


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
        self._in_page = True

    def leave_page(self) -> None:
        """The element is gone: what the page shows is no longer its business."""
        self._in_page = False

    def show(self, state: State) -> None:
        """Show a state on the element, and in the page what is there for it."""
        self._state = state
        self._element.write(STATE, state.value)
        self.show_again()

    def show_again(self) -> None:
        """What is there for a state may have come later."""
        if self._in_page and self._state is not None:
            self._elements.show_for(self._state)

    def refuse(self, error: TimebackError) -> None:
        """This element fails, but the page goes on with another."""
        self._element.write(STATE, State.FAILED.value)
        self.report(error, will_retry=False)

    def report(self, error: TimebackError, *, will_retry: bool) -> None:
        """Tell of trouble: whose message is one and the same in all three places."""
        message = str(error)
        self._element.write(ERROR, message)
        self._elements.log(f"timeback: {message}", serious=not will_retry)
        attribute = error.field if isinstance(error, InvalidOptionsError) else None
        self.tell("error", message=message, attribute=attribute, willRetry=will_retry)

    def clear_error(self) -> None:
        """The trouble is over."""
        self._element.write(ERROR, None)

    def tell(self, event: str, **detail: object) -> None:
        """Fire `timeback:EVENT`."""
        self._element.tell(f"timeback:{event}", detail)

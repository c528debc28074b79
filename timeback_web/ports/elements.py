"""What tracking by attributes needs of a page, as protocols.

`timeback_web.browser.elements` answers them in a real page, `timeback_web.testing.elements` by
hand.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from timeback_web.ports import Cancel

PREFIX = "data-timeback-"
"""Of every attribute that concerns us."""
ACTIVITY = f"{PREFIX}activity"
LEARNER = f"{PREFIX}learner"
RUN = f"{PREFIX}run"
SUBJECT = (ACTIVITY, LEARNER, f"{PREFIX}server", f"{PREFIX}progress", RUN)
"""The attributes that say whose time of what an element is about."""


class Press(Enum):
    """What the learner asks for by a click; the value completes the attribute's name."""

    PAUSE = "pause"
    RESUME = "resume"
    END = "end"


class State(Enum):
    """How an element's activity is; the value is what its `data-timeback-state` says."""

    LOADING = "loading"
    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"
    COMPLETED = "completed"
    FAILED = "failed"


class Element(Protocol):
    """An element with an activity. Two of them are equal when they are one in the page."""

    def attributes(self) -> dict[str, str]:
        """Its attributes that begin with `PREFIX`, by their full names."""
        ...

    def write(self, name: str, value: str | None) -> None:
        """Set an attribute; `None` removes it."""
        ...

    def tell(self, event: str, detail: Mapping[str, object]) -> None:
        """Fire an event that bubbles; what its listeners do is their business."""
        ...


class Elements(Protocol):
    """The elements of a page."""

    def find(self) -> list[Element]:
        """All that have an activity, in the order of the document."""
        ...

    def show_for(self, state: State) -> None:
        """Show what is there for a state (`data-timeback-when`), and hide what is for others."""
        ...

    def on_change(self, callback: Callable[[], None]) -> Cancel:
        """Be told when elements may have come or gone, or changed what they are about."""
        ...

    def on_press(self, callback: Callable[[Press], None]) -> Cancel:
        """Be told when the learner asks for something."""
        ...

    def is_of_this_site(self, url: str) -> bool:
        """Whether an address, as it stands in an attribute, is one of the page's own origin."""
        ...

    def log(self, message: str, *, serious: bool) -> None:
        """Write to the console, as an error or a warning."""
        ...

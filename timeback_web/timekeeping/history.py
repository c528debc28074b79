"""What happened to an activity before its session was opened here.

Two things know of such a past: the browser, which lists how a page was seen since its navigation,
and the front end in JavaScript, where an activity starts while Python is still on its way. Both
tell it as changes, each with the time at which it happened, and the ledger is told them again.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from timeback_web.timekeeping.causes import Cause
from timeback_web.timekeeping.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from timeback_web.timekeeping.ledger import Ledger


class What(Enum):
    """What can have happened."""

    HOLD = "hold"
    """A cause came."""
    RELEASE = "release"
    """A cause went."""
    INPUT = "input"
    """The learner did something."""
    PASS = "pass"
    """Nothing: somebody looked at the clocks, so that a standstill or a sleep shows."""
    SENT = "sent"
    """The time up to here was reported by somebody else: it must not be reported again."""


class Change(NamedTuple):
    """One thing that happened.

    Attributes:
        at: When.
        what: What.
        cause: Of `HOLD` and `RELEASE`.
        elapsed_ms: Active milliseconds of the window that was `SENT`.
        ended_at_ms: Wall time at which that window ended.
    """

    at: Reading
    what: What
    cause: Cause | None = None
    elapsed_ms: int = 0
    ended_at_ms: int = 0

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """Read one as JavaScript tells it (`Change` in `js/parts/before-python.js`)."""
        cause = told.get("cause")
        return cls(
            at=reading(told["at"]),
            what=What(told["what"]),
            cause=None if cause is None else Cause(cause),
            elapsed_ms=told.get("elapsedMs", 0),
            ended_at_ms=told.get("endedAtMs", 0),
        )

    def tell(self, ledger: Ledger) -> None:
        """Let the ledger know."""
        if self.what is What.HOLD and self.cause is not None:
            ledger.hold(self.cause, self.at)
        elif self.what is What.RELEASE and self.cause is not None:
            ledger.release(self.cause, self.at)
        elif self.what is What.INPUT:
            ledger.input(self.at)
        else:
            ledger.observe(self.at)
        if self.what is What.SENT:
            ledger.begin_after(self.elapsed_ms, self.ended_at_ms)


class History(NamedTuple):
    """From where on the session counts, and what has happened since, oldest first."""

    began: Reading
    hidden: bool
    changes: Sequence[Change] = ()

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """Read it as JavaScript tells it.

        Raises:
            KeyError, ValueError: It is not what `js/parts/before-python.js` of this version tells.
        """
        return cls(
            began=reading(told["began"]),
            hidden=told["hidden"],
            changes=[Change.of(each) for each in told["changes"]],
        )


def reading(told: Mapping[str, float]) -> Reading:
    """One look at both clocks, as JavaScript tells it."""
    return Reading(told["monotonicMs"], told["wallMs"])

"""Why time is not counted, and the moves of a session between counting and not."""

from __future__ import annotations

from enum import Enum


class _Constant(Enum):
    """Told apart, and hashed, by identity: `Enum` does it in Python, several times a tick."""

    __hash__ = object.__hash__


class Cause(_Constant):
    """Why time is not counted as active."""

    HIDDEN = "hidden"
    AWAY = "away"
    APP = "app"
    IDLE = "idle"
    ELSEWHERE = "elsewhere"
    """The run is open in another tab, and that one counts."""


SHOWN_AGAIN = frozenset({Cause.HIDDEN, Cause.AWAY})
"""When one of these goes, the page is shown again: a sign of life, as an input is."""


class Phase(_Constant):
    """What the milliseconds that pass now count as."""

    RUNNING = "running"
    PAUSED = "paused"
    CLOSED = "closed"


class Move(_Constant):
    """What leads from phase to phase."""

    HOLD = "a cause comes"
    LIFT = "a cause goes, others stay"
    FREE = "the last cause goes"
    PASS = "time passes"
    CUT = "the open window is closed and the next one opened"
    CLOSE = "the session ends"


NEXT: dict[tuple[Phase, Move], Phase] = {
    (Phase.RUNNING, Move.HOLD): Phase.PAUSED,
    (Phase.RUNNING, Move.PASS): Phase.RUNNING,
    (Phase.RUNNING, Move.CUT): Phase.RUNNING,
    (Phase.RUNNING, Move.CLOSE): Phase.CLOSED,
    (Phase.PAUSED, Move.HOLD): Phase.PAUSED,
    (Phase.PAUSED, Move.LIFT): Phase.PAUSED,
    (Phase.PAUSED, Move.FREE): Phase.RUNNING,
    (Phase.PAUSED, Move.PASS): Phase.PAUSED,
    (Phase.PAUSED, Move.CUT): Phase.PAUSED,
    (Phase.PAUSED, Move.CLOSE): Phase.CLOSED,
}


class IllegalMoveError(RuntimeError):
    """A move that the table does not know: a bug in the caller, not in the app."""

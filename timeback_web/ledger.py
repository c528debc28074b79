"""The books of one session: a state machine that is told the time and never asks for it.

Theory of operation
-------------------

A session is a line of whole milliseconds that begins at 0 with `start()`. The ledger holds its
position on that line and, for the window that is open, how many milliseconds were active and how
many were paused. Everything that happens is told to it with a `Reading` of two clocks:

* the *monotonic* clock measures. The ledger moves forward by its whole milliseconds, counted from
  the anchor (never added up from rounded steps), so that splitting or delaying readings changes
  no sum;
* the *wall* clock stamps. It is read once, at the anchor; every stamp is the anchor plus the
  position on the line. Hence windows tile the session and `started_at_ms` strictly grows.

The two can drift apart. When the wall clock is ahead of the line by more than `drift_limit_ms`, the
machine slept (monotonic clocks stop in sleep on macOS and Linux) or the clock was set forward: the
line jumps ahead and the jump is booked as paused. When it is behind, the clock was set back; the
line goes on, because going back would overlap windows that are already sent.

While the phase is RUNNING, a step longer than `stall_limit_ms` is booked as paused: nobody knows
what happened in it (on Windows and ChromeOS the monotonic clock runs on in sleep). A shorter one is
active: the page's own code was busy, and the learner was there.

The phase follows from the causes that hold the clock: none is RUNNING, any is PAUSED. The moves and
what they lead to are the table `_NEXT`; a pair that is not in it can't happen and raises.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from timeback_web.window import Window

if TYPE_CHECKING:
    from collections.abc import Iterable


class Reading(NamedTuple):
    """One look at both clocks, in milliseconds."""

    monotonic_ms: float
    wall_ms: float


class Cause(Enum):
    """Why time is not counted as active."""

    HIDDEN = "hidden"
    AWAY = "away"
    APP = "app"


class Phase(Enum):
    """What the milliseconds that pass now are booked as."""

    RUNNING = "running"
    PAUSED = "paused"
    CLOSED = "closed"


class _Move(Enum):
    HOLD = "a cause comes"
    LIFT = "a cause goes, others stay"
    FREE = "the last cause goes"
    PASS = "time passes"
    CUT = "the open window is closed and the next one opened"
    CLOSE = "the session ends"


_NEXT: dict[tuple[Phase, _Move], Phase] = {
    (Phase.RUNNING, _Move.HOLD): Phase.PAUSED,
    (Phase.RUNNING, _Move.PASS): Phase.RUNNING,
    (Phase.RUNNING, _Move.CUT): Phase.RUNNING,
    (Phase.RUNNING, _Move.CLOSE): Phase.CLOSED,
    (Phase.PAUSED, _Move.HOLD): Phase.PAUSED,
    (Phase.PAUSED, _Move.LIFT): Phase.PAUSED,
    (Phase.PAUSED, _Move.FREE): Phase.RUNNING,
    (Phase.PAUSED, _Move.PASS): Phase.PAUSED,
    (Phase.PAUSED, _Move.CUT): Phase.PAUSED,
    (Phase.PAUSED, _Move.CLOSE): Phase.CLOSED,
}


class IllegalMoveError(RuntimeError):
    """A move that the table does not know: a bug in the caller, not in the app."""


class Ledger:
    """The time books of one session.

    Args:
        at: The reading at `start()`.
        held: Causes that hold from the beginning (a tab that is born hidden).
        stall_limit_ms: The longest step that still counts as active.
        drift_limit_ms: How far the wall clock may run ahead before the gap is booked as paused.
    """

    def __init__(
        self,
        at: Reading,
        *,
        held: Iterable[Cause] = (),
        stall_limit_ms: int = 60_000,
        drift_limit_ms: int = 2_000,
    ) -> None:
        """Open the first window at `at`."""
        self._anchor = at
        self._measured_ms = 0
        self._jumped_ms = 0
        self._causes = frozenset(held)
        self._phase = Phase.PAUSED if self._causes else Phase.RUNNING
        self._stall_limit_ms = stall_limit_ms
        self._drift_limit_ms = drift_limit_ms
        self._window_start_ms = 0
        self._window_active_ms = 0
        self._closed_active_ms = 0

    @property
    def phase(self) -> Phase:
        """What passing time is booked as."""
        return self._phase

    @property
    def active_ms(self) -> int:
        """Active milliseconds of the session up to the last reading."""
        return self._closed_active_ms + self._window_active_ms

    @property
    def paused_ms(self) -> int:
        """Paused milliseconds of the session up to the last reading."""
        return self._position_ms - self.active_ms

    @property
    def stamp_ms(self) -> int:
        """Wall time of the last reading, as windows are stamped."""
        return int(self._anchor.wall_ms) + self._position_ms

    @property
    def open_ms(self) -> int:
        """Length of the open window."""
        return self._position_ms - self._window_start_ms

    @property
    def open_active_ms(self) -> int:
        """Active milliseconds in the open window."""
        return self._window_active_ms

    def observe(self, at: Reading) -> None:
        """Book the time since the last reading."""
        self._go(_Move.PASS)
        measured_ms = max(self._measured_ms, int(at.monotonic_ms - self._anchor.monotonic_ms))
        step_ms = measured_ms - self._measured_ms
        self._measured_ms = measured_ms
        if self._phase is Phase.RUNNING and step_ms <= self._stall_limit_ms:
            self._window_active_ms += step_ms
        ahead_ms = int(at.wall_ms - self._anchor.wall_ms) - self._position_ms
        if ahead_ms > self._drift_limit_ms:
            self._jumped_ms += ahead_ms

    def hold(self, cause: Cause, at: Reading) -> None:
        """Count no active time until `cause` is released."""
        self.observe(at)
        self._causes |= {cause}
        self._go(_Move.HOLD)

    def release(self, cause: Cause, at: Reading) -> None:
        """Lift `cause`; nothing happens if it does not hold."""
        self.observe(at)
        if cause not in self._causes:
            return
        self._causes -= {cause}
        self._go(_Move.LIFT if self._causes else _Move.FREE)

    def preview(self, at: Reading) -> Window | None:
        """The open window as it would be if it were cut now; `None` without active time in it."""
        self.observe(at)
        return self._open_window() if self._window_active_ms else None

    def begin_after(self, window: Window) -> None:
        """The first part of the open window has been reported already: it begins after that.

        Args:
            window: A `preview` of the window that is open now.
        """
        self._closed_active_ms += window.elapsed_ms
        self._window_active_ms -= window.elapsed_ms
        self._window_start_ms += window.ended_at_ms - window.started_at_ms

    def cut(self, at: Reading) -> Window | None:
        """Close the open window and open the next; `None` when no millisecond has passed."""
        self.observe(at)
        self._go(_Move.CUT)
        return self._take_window() if self.open_ms else None

    def close(self, at: Reading) -> Window | None:
        """End the session; the last window, or `None` when no millisecond has passed."""
        self.observe(at)
        self._go(_Move.CLOSE)
        return self._take_window() if self.open_ms else None

    @property
    def _position_ms(self) -> int:
        return self._measured_ms + self._jumped_ms

    def _open_window(self) -> Window:
        return Window(
            started_at_ms=self.stamp_ms - self.open_ms,
            ended_at_ms=self.stamp_ms,
            elapsed_ms=self._window_active_ms,
            paused_ms=self.open_ms - self._window_active_ms,
        )

    def _take_window(self) -> Window:
        window = self._open_window()
        self.begin_after(window)
        return window

    def _go(self, move: _Move) -> None:
        try:
            self._phase = _NEXT[self._phase, move]
        except KeyError:
            raise IllegalMoveError(f"{move.name} in {self._phase.name}") from None

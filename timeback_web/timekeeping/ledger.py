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

Some causes are known only afterwards: that nobody was there any more since the last input, that
another tab owned the run. `hold` then takes back what was booked as active since a position on the
line, as far as the window is still open. Windows that are cut are final; so while inputs are
watched, `cut` closes a running window at the last input, and what follows stays open until the next
input, or the lack of it, has decided what it was.

The phase follows from the causes that hold the clock: none is RUNNING, any is PAUSED. The moves and
what they lead to are the table `_NEXT`; a pair that is not in it can't happen and raises.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from timeback_web.timekeeping.intervals import Intervals
from timeback_web.timekeeping.window import Window

if TYPE_CHECKING:
    from collections.abc import Iterable

    from timeback_web.timekeeping.reading import Reading


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


class Phase(_Constant):
    """What the milliseconds that pass now are booked as."""

    RUNNING = "running"
    PAUSED = "paused"
    CLOSED = "closed"


class _Move(_Constant):
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
        idle_after_ms: After so much active time without an input nobody is there; `None`: inputs
            are not watched.

    Attributes:
        phase: What passing time is booked as. Only the ledger sets it, and `causes`.
        causes: What holds the clock.
    """

    def __init__(
        self,
        at: Reading,
        *,
        held: Iterable[Cause] = (),
        stall_limit_ms: int = 60_000,
        drift_limit_ms: int = 2_000,
        idle_after_ms: int | None = None,
    ) -> None:
        """Open the first window at `at`."""
        self._anchor = at
        self._measured_ms = 0
        self._jumped_ms = 0
        self.causes = frozenset(held)
        self.phase = Phase.PAUSED if self.causes else Phase.RUNNING
        self._stall_limit_ms = stall_limit_ms
        self._drift_limit_ms = drift_limit_ms
        self._idle_after_ms = idle_after_ms
        self._last_input_ms = 0
        self._window_start_ms = 0
        self._lifted_ms: dict[Cause, int] = {}
        self._closed_active_ms = 0
        self._active = Intervals()
        self._in_hand: Window | None = None

    @property
    def active_ms(self) -> int:
        """Active milliseconds of the session up to the last reading."""
        return self._closed_active_ms + self._active.total_ms

    @property
    def paused_ms(self) -> int:
        """Paused milliseconds of the session up to the last reading."""
        return self.position_ms - self.active_ms

    @property
    def stamp_ms(self) -> int:
        """Wall time of the last reading, as windows are stamped."""
        return int(self._anchor.wall_ms) + self.position_ms

    @property
    def position_ms(self) -> int:
        """How far along the line the last reading was."""
        return self._measured_ms + self._jumped_ms

    @property
    def measured_at_ms(self) -> float:
        """Monotonic time at which the position was reached: the last reading, less a fraction."""
        return self._anchor.monotonic_ms + self._measured_ms

    @property
    def open_ms(self) -> int:
        """Length of the open window."""
        return self.position_ms - self._window_start_ms

    @property
    def open_active_ms(self) -> int:
        """Active milliseconds in the open window."""
        return self._active.total_ms

    def observe(self, at: Reading) -> None:
        """Book the time since the last reading."""
        self._go(_Move.PASS)
        measured_ms = max(self._measured_ms, int(at.monotonic_ms - self._anchor.monotonic_ms))
        step_ms = measured_ms - self._measured_ms
        position_ms = measured_ms + self._jumped_ms
        if self.phase is Phase.RUNNING and step_ms <= self._stall_limit_ms:
            self._active.add(position_ms - step_ms, position_ms)
        self._measured_ms = measured_ms
        ahead_ms = int(at.wall_ms - self._anchor.wall_ms) - position_ms
        if ahead_ms > self._drift_limit_ms:
            self._jumped_ms += ahead_ms
        if self._idle_after_ms is not None:
            self._notice_idleness(self._idle_after_ms)

    def input(self, at: Reading) -> None:
        """The learner has done something: is there again, or still."""
        self.release(Cause.IDLE, at)
        self._last_input_ms = self.position_ms

    def hold(self, cause: Cause, at: Reading, *, since_ms: int | None = None) -> None:
        """Count no active time until `cause` is released.

        Args:
            cause: Why.
            at: Now; or, should it be told late, when that was.
            since_ms: The position from which it has held already, unknown to us: what the open
                window has booked as active since then was not.
        """
        self.observe(at)
        self._begin(cause, self._position_of(at) if since_ms is None else since_ms)

    def release(self, cause: Cause, at: Reading) -> None:
        """Lift `cause`, also if that is told late; nothing happens if it does not hold."""
        self.observe(at)
        if cause not in self.causes:
            return
        self.causes -= {cause}
        self._go(_Move.LIFT if self.causes else _Move.FREE)
        self._lifted_ms[cause] = self._position_of(at)
        if self.phase is Phase.RUNNING:
            self._count_since_last_lift()
        # Whoever comes back, or goes on, has done something.
        self._last_input_ms = self.position_ms

    def preview(self, at: Reading) -> Window | None:
        """The open window as it would be if it were cut now; `None` without active time in it."""
        self.observe(at)
        return self._open_window(self.position_ms) if self.open_active_ms else None

    def begin_after(self, elapsed_ms: int, ended_at_ms: int) -> None:
        """The first part of the open window has been reported already: it begins after that.

        Args:
            elapsed_ms: Active milliseconds in that part.
            ended_at_ms: Wall time of its end; should the window begin later already, that stays.
        """
        self._closed_active_ms += elapsed_ms
        end_ms = ended_at_ms - int(self._anchor.wall_ms)
        self._window_start_ms = max(self._window_start_ms, end_ms)
        self._active.forget_before(self._window_start_ms)

    def cut(self, at: Reading) -> Window | None:
        """Close the open window and open the next; `None` when there is nothing to close."""
        self.observe(at)
        self._go(_Move.CUT)
        return self._take_window()

    def handed_over(self) -> None:
        """The window that was cut last is somebody else's now."""
        self._in_hand = None

    def pick_up(self) -> Window | None:
        """The window that was cut, and never handed over: its handler was stopped midway.

        Firefox stops what runs when it shuts a page's process down
        (`dom.abort_script_on_child_shutdown`), in Python's midst and without an exception; what
        follows `pagehide` runs all the same.
        """
        window = self._in_hand
        if window is not None:
            if self._window_start_ms < window.ended_at_ms - int(self._anchor.wall_ms):
                self.begin_after(window.elapsed_ms, window.ended_at_ms)
            self._active.forget_before(self._window_start_ms)
        return window

    def close(self, at: Reading) -> Window | None:
        """End the session; the last window, or `None` when no millisecond has passed."""
        self.observe(at)
        self._go(_Move.CLOSE)
        return self._take_window()

    def _position_of(self, at: Reading) -> int:
        """Where a reading lies that may be older than the last one."""
        position_ms = int(at.monotonic_ms - self._anchor.monotonic_ms) + self._jumped_ms
        return min(self.position_ms, max(0, position_ms))

    def _count_since_last_lift(self) -> None:
        """Told late that the last cause is gone: what has passed since is active after all."""
        since_ms = max(self._window_start_ms, *self._lifted_ms.values())
        if since_ms < self.position_ms <= since_ms + self._stall_limit_ms:
            self._active.add(since_ms, self.position_ms)

    def _begin(self, cause: Cause, since_ms: int) -> None:
        self._active.forget_after(since_ms)
        self.causes |= {cause}
        self._go(_Move.HOLD)

    def _notice_idleness(self, after_ms: int) -> None:
        silent_ms = self._active.after_ms(self._last_input_ms)
        if self.phase is Phase.RUNNING and silent_ms >= after_ms:
            self._begin(Cause.IDLE, self._last_input_ms)

    def _decided_ms(self) -> int:
        """Up to where the books are final."""
        undecided = self._idle_after_ms is not None and self.phase is Phase.RUNNING
        return self._last_input_ms if undecided else self.position_ms

    def _take_window(self) -> Window | None:
        end_ms = self._decided_ms()
        if end_ms <= self._window_start_ms:
            return None
        self._in_hand = window = self._open_window(end_ms)
        self.begin_after(window.elapsed_ms, window.ended_at_ms)
        return window

    def _open_window(self, end_ms: int) -> Window:
        began_at_ms = int(self._anchor.wall_ms)
        elapsed_ms = self._active.total_ms - self._active.after_ms(end_ms)
        return Window.checked(began_at_ms + self._window_start_ms, began_at_ms + end_ms, elapsed_ms)

    def _go(self, move: _Move) -> None:
        try:
            self.phase = _NEXT[self.phase, move]
        except KeyError:
            raise IllegalMoveError(f"{move.name} in {self.phase.name}") from None

"""The ledger of one session: a state machine that is told the time and never asks for it.

Theory of operation
-------------------

A session is a line of whole milliseconds that begins at 0 with `start()` (`line.py`). Everything
that happens is told to the ledger with a `Reading` of two clocks. For the window that is open it
knows which intervals were active; the rest of the window was paused.

The phase follows from the causes that hold the clock: none is RUNNING, any is PAUSED. The moves and
what they lead to are the table `NEXT`; a pair that is not in it can't happen and raises.

While the phase is RUNNING, a step from look to look is active: the page's own code was busy, and
the learner was there. Not so one that is longer than `stall_limit_ms`: nobody knows what happened
in it (on Windows and ChromeOS the monotonic clock runs on in sleep).

Much is known only afterwards: that nobody was there any more since the last input, that another tab
owned the run, what a busy worker was told late. So the ledger also keeps, for the open window, when
each cause held (`cause_history.py`) and when somebody gave a sign of life (`idleness.py`). What is
told late is put where it belongs among these, and the window is counted anew from them. Windows
that are cut are final; so while inputs are watched, `cut` closes a running window at the last sign
of life, and what follows stays open until the next one, or the lack of it, has decided what it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from timeback_web.timekeeping.cause_history import CauseHistory
from timeback_web.timekeeping.causes import NEXT, SHOWN_AGAIN, Cause, IllegalMoveError, Move, Phase
from timeback_web.timekeeping.idleness import Idleness
from timeback_web.timekeeping.intervals import Intervals
from timeback_web.timekeeping.line import Line
from timeback_web.timekeeping.window import Window

if TYPE_CHECKING:
    from collections.abc import Iterable

    from timeback_web.timekeeping.reading import Reading


_REMEMBERED = 20
"""How many reported spans are remembered; whoever asks for them has not been here for long."""


class Ledger:
    """Sums active and paused time of one session.

    Args:
        at: The reading at `start()`.
        held: Causes that hold from the beginning (a tab that is born hidden).
        stall_limit_ms: The longest step from look to look that still counts as active.
        drift_limit_ms: How far the wall clock may run ahead before the gap counts as paused.
        idle_after_ms: After so much active time without an input nobody is there; `None`: inputs
            are not watched.

    Attributes:
        phase: What passing time counts as. Only the ledger sets it, and `causes`.
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
        self._line = Line(at, drift_limit_ms)
        self.causes = frozenset(held)
        self.phase = Phase.PAUSED if self.causes else Phase.RUNNING
        self._stall_limit_ms = stall_limit_ms
        self._history = CauseHistory(self.causes, stall_limit_ms)
        self._idleness = None if idle_after_ms is None else Idleness(idle_after_ms)
        self._window_start_ms = 0
        self._closed_active_ms = 0
        self._active = Intervals()
        self._reported: list[tuple[int, int]] = []
        self._in_hand: Window | None = None

    # ── how it stands ────────────────────────────────────────────────────────────────────────

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
        return self._line.began_at_ms + self.position_ms

    @property
    def position_ms(self) -> int:
        """How far along the line the last reading was."""
        return self._line.measured_ms + self._line.jumped_ms

    @property
    def measured_at_ms(self) -> float:
        """Monotonic time at which the position was reached: the last reading, less a fraction."""
        return self._line.measured_at_ms

    @property
    def open_ms(self) -> int:
        """Length of the open window."""
        return self.position_ms - self._window_start_ms

    @property
    def open_active_ms(self) -> int:
        """Active milliseconds in the open window."""
        return self._active.total_ms

    @property
    def counted(self) -> list[tuple[int, int]]:
        """The last spans that were active, from when to when in wall time."""
        began_at_ms = self._line.began_at_ms
        spans = [*self._reported, *self._active.spans]
        return [(began_at_ms + start, began_at_ms + end) for start, end in spans[-_REMEMBERED:]]

    @property
    def decided_ms(self) -> int:
        """Up to where it is final, as far as the ledger can know."""
        if self._idleness is not None and self.phase is Phase.RUNNING:
            return self._idleness.last_sign_ms
        return self.position_ms

    @property
    def decides_anything(self) -> bool:
        """Whether a window that is cut now would hold something."""
        return self.decided_ms > self._window_start_ms

    def position_of(self, at: Reading) -> int:
        """Where a reading lies, that may be older than the last one."""
        return self._line.position_of(at)

    # ── what happens ─────────────────────────────────────────────────────────────────────────

    def observe(self, at: Reading) -> None:
        """Count the time since the last reading."""
        self._go(Move.PASS)
        line = self._line
        step_ms, began_ms = line.measure(at) - line.measured_ms, self.position_ms
        if step_ms <= 0:
            step_ms = 0
        elif self.phase is Phase.RUNNING:
            if step_ms <= self._stall_limit_ms:
                self._active.add(began_ms, began_ms + step_ms)
            else:
                self._history.miss(began_ms, began_ms + step_ms)
        slept_ms = line.move(step_ms, at.wall_ms)
        if slept_ms:
            self._history.sleep(self.position_ms - slept_ms, self.position_ms)
        if self._idleness is not None and self.phase is Phase.RUNNING:
            self._notice_idleness(self._idleness)

    def input(self, at: Reading) -> None:
        """The learner has done something: is there again, or still."""
        self.observe(at)
        self._sign(self.position_of(at))

    def hold(self, cause: Cause, at: Reading, *, since_ms: int | None = None) -> None:
        """Count no active time until `cause` is released.

        Args:
            cause: Why.
            at: Now; or, should it be told late, when that was.
            since_ms: The position from which it has held already, unknown to us: what the open
                window has counted as active since then was not.
        """
        self.observe(at)
        if since_ms is None:
            since_ms = self.position_of(at)
        self._history.begin(cause, since_ms)
        self.causes |= {cause}
        self._go(Move.HOLD)
        if since_ms < self.position_ms:
            self._history.see(since_ms)
            self._count_anew()

    def release(self, cause: Cause, at: Reading) -> None:
        """Lift `cause`, also if that is told late; nothing happens if it does not hold."""
        self.observe(at)
        if cause not in self.causes:
            return
        at_ms = self.position_of(at)
        self._history.end(cause, at_ms)
        self._lift(cause)
        if at_ms < self.position_ms:
            self._history.see(at_ms)
            self._history.miss(at_ms, self.position_ms)
            self._count_anew()
        # Whoever comes back, or goes on, has done something.
        if cause in SHOWN_AGAIN or Cause.IDLE not in self.causes:
            self._sign(at_ms)

    def counted_elsewhere(self, spans: Iterable[tuple[int, int]], until_ms: int) -> None:
        """Another tab had the run then (wall time), of which this one was not told in time.

        Args:
            spans: When.
            until_ms: Position from which on it was told.
        """
        for start_ms, end_ms in spans:
            start, end = (at_ms - self._line.began_at_ms for at_ms in (start_ms, end_ms))
            self._history.held(Cause.ELSEWHERE, start, min(end, until_ms))
        self._count_anew()

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
        end_ms = ended_at_ms - self._line.began_at_ms
        self._window_start_ms = start_ms = max(self._window_start_ms, end_ms)
        reported = [(start, min(end, start_ms)) for start, end in self._active.spans]
        self._reported += [span for span in reported if span[0] < span[1]]
        del self._reported[:-_REMEMBERED]
        self._active.remove(0, start_ms)
        self._history.forget_before(start_ms)
        if self._idleness is not None:
            self._idleness.begin_window(start_ms, idle=Cause.IDLE in self.causes)

    def cut(self, at: Reading) -> Window | None:
        """Close the open window and open the next; `None` when there is nothing to close."""
        self.observe(at)
        self._go(Move.CUT)
        return self._take_window(min(self.decided_ms, self.position_of(at)))

    def close(self, at: Reading) -> Window | None:
        """End the session; the last window, or `None` when no millisecond has passed."""
        self.observe(at)
        self._go(Move.CLOSE)
        return self._take_window(self.position_ms)

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
            if self._window_start_ms < window.ended_at_ms - self._line.began_at_ms:
                self.begin_after(window.elapsed_ms, window.ended_at_ms)
            self._active.remove(0, self._window_start_ms)
        return window

    # ── what it leads to ─────────────────────────────────────────────────────────────────────

    def _notice_idleness(self, idleness: Idleness) -> None:
        since_ms = idleness.last_sign_ms
        if self._active.between_ms(since_ms, self.position_ms) >= idleness.after_ms:
            self._active.remove(since_ms, self.position_ms)
            self.causes |= {Cause.IDLE}
            self._go(Move.HOLD)

    def _sign(self, at_ms: int) -> None:
        """Somebody was there at that position."""
        if self._idleness is None:
            return
        self._idleness.sign(at_ms)
        if at_ms < self.position_ms:
            self._history.see(at_ms)
            if Cause.IDLE in self.causes:
                self._history.miss(at_ms, self.position_ms)
            self._count_anew()
        elif Cause.IDLE in self.causes:
            self._lift(Cause.IDLE)

    def _lift(self, cause: Cause) -> None:
        self.causes -= {cause}
        self._go(Move.LIFT if self.causes else Move.FREE)

    def _count_anew(self) -> None:
        """Something was told late: what is active follows from all that is known by now."""
        counted = Intervals((self._window_start_ms, self.position_ms))
        self._history.take_out_of(counted)
        if self._idleness is not None:
            idle = self._idleness.take_out_of(counted, self.position_ms)
            if idle and Cause.IDLE not in self.causes:
                self.causes |= {Cause.IDLE}
                self._go(Move.HOLD)
            elif not idle and Cause.IDLE in self.causes:
                self._lift(Cause.IDLE)
        self._active = counted

    def _take_window(self, end_ms: int) -> Window | None:
        if end_ms <= self._window_start_ms:
            return None
        self._in_hand = window = self._open_window(end_ms)
        self.begin_after(window.elapsed_ms, window.ended_at_ms)
        return window

    def _open_window(self, end_ms: int) -> Window:
        began_at_ms, start_ms = self._line.began_at_ms, self._window_start_ms
        elapsed_ms = self._active.between_ms(start_ms, end_ms)
        return Window.checked(began_at_ms + start_ms, began_at_ms + end_ms, elapsed_ms)

    def _go(self, move: Move) -> None:
        try:
            self.phase = NEXT[self.phase, move]
        except KeyError:
            raise IllegalMoveError(f"{move.name} in {self.phase.name}") from None

"""The session clock: a ledger that is told the time of the page, and what it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from timeback_web.delivery.entry import Entry
from timeback_web.delivery.wire import heartbeat_body
from timeback_web.timekeeping.causes import Cause, Phase
from timeback_web.timekeeping.window import Window

if TYPE_CHECKING:
    from timeback_web.delivery.wire import ActivityRef
    from timeback_web.ports import Clock
    from timeback_web.timekeeping.ledger import Ledger
    from timeback_web.timekeeping.reading import Reading

_NOT_OURS = frozenset({Cause.ELSEWHERE})


class SessionClock:
    """Tells the ledger what happens, now, and makes heartbeats of its windows.

    Args:
        ledger: Of the session.
        clock: Of the page.
        ref: What the heartbeats are about.
        learner: The app's tag of the learner, or empty.
    """

    def __init__(self, ledger: Ledger, clock: Clock, ref: ActivityRef, learner: str) -> None:
        """Hold the parts."""
        self.ledger = ledger
        self._clock = clock
        self._ref = ref
        self._learner = learner

    @property
    def closed(self) -> bool:
        """Whether the session has ended."""
        return self.ledger.phase is Phase.CLOSED

    @property
    def running(self) -> bool:
        """Whether the time that passes now is active."""
        return self.ledger.phase is Phase.RUNNING

    @property
    def has_time(self) -> bool:
        """Whether it would be, if this tab has the run."""
        return not self.closed and self.ledger.causes <= _NOT_OURS

    def observe(self, at: Reading | None = None) -> None:
        """Time has passed, until now or until a moment ago."""
        if not self.closed:
            self.ledger.observe(at or self._clock.read())

    def input(self) -> None:
        """The learner has done something."""
        self.ledger.input(self._clock.read())

    def hold(self, cause: Cause, at: Reading | None = None, *, since_ms: int | None = None) -> None:
        """Count no active time from now on, or since a position on the line."""
        self.ledger.hold(cause, at or self._clock.read(), since_ms=since_ms)

    def release(self, cause: Cause) -> None:
        """Lift `cause`, if it holds."""
        if cause in self.ledger.causes:
            self.ledger.release(cause, self._clock.read())

    def cut(self, at: Reading | None = None) -> Entry | None:
        """Close the open window, and open the next."""
        return self._entry(self.ledger.cut(at or self._clock.read()))

    def pick_up(self) -> Entry | None:
        """What was cut, and not `handed_over`, because the browser stopped the handler midway."""
        return self._entry(self.ledger.pick_up())

    def handed_over(self) -> None:
        """What was cut is the delivery's now."""
        self.ledger.handed_over()

    def close(self) -> Entry | None:
        """End the session."""
        return self._entry(self.ledger.close(self._clock.read()))

    def preview(self) -> Entry | None:
        """The open window as it is now; `None` where none was active before, or after the end."""
        if self.closed or not self.ledger.open_active_ms:
            return None
        return self._entry(self.ledger.preview(self._clock.read()))

    def blank(self) -> Entry:
        """An entry like all others, with no time in it."""
        return self._make_entry(Window(0, 0, 0))

    def _entry(self, window: Window | None) -> Entry | None:
        return None if window is None else self._make_entry(window)

    def _make_entry(self, window: Window) -> Entry:
        return Entry(
            run_id=self._ref.run_id,
            started_at_ms=window.started_at_ms,
            ended_at_ms=window.ended_at_ms,
            elapsed_ms=window.elapsed_ms,
            body=heartbeat_body(self._ref, window),
            learner=self._learner,
        )

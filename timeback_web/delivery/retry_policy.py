"""When something may be tried again.

Four reasons to wait, each with its own end, all in monotonic milliseconds:

* the *line* does not answer: nobody's turn, whatever they want to send;
* the server asked for *quiet* (`Retry-After`): nothing makes that shorter;
* one *run* was refused. Its course may never be synced, so it is tried alone and more and more
  rarely, and the others pass;
* one *window* was refused. It may never be taken (two years of pause are too much for the
  platform), so it rests on its own as well, and the others of its run pass.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from timeback_web.delivery.backoff import Backoff

if TYPE_CHECKING:
    import random
_REFUSALS_IN_TURN = 3
"""How often a window is refused before others of its run go first."""


class RetryPolicy:
    """Knows for each run when it may be tried.

    Args:
        rng: Source of the jitter.
    """

    def __init__(self, rng: random.Random) -> None:
        """Begin with nothing to wait for."""
        self._rng = rng
        self._line = Backoff(rng)
        self._line_until_ms = 0.0
        self._quiet_until_ms = 0.0
        self._runs: dict[str, Backoff] = {}
        self._run_until_ms: dict[str, float] = {}
        self._windows: dict[tuple[str, int], Backoff] = {}
        self._window_until_ms: dict[tuple[str, int], float] = {}

    def free_at_ms(self, run_id: str) -> float:
        """When `run_id` may be tried; not later than now if it may be tried now."""
        run_until_ms = self._run_until_ms.get(run_id, 0.0)
        return max(self._line_until_ms, self._quiet_until_ms, run_until_ms)

    def window_free_at_ms(self, run_id: str, started_at_ms: int) -> float:
        """The same for one window of it."""
        window_until_ms = self._window_until_ms.get((run_id, started_at_ms), 0.0)
        return max(self.free_at_ms(run_id), window_until_ms)

    def disfavour(self, run_id: str, started_at_ms: int) -> int:
        """How far a window has to stand back behind others of its run."""
        backoff = self._windows.get((run_id, started_at_ms))
        return max(0, backoff.failures - _REFUSALS_IN_TURN) if backoff else 0

    def in_doubt(self, run_id: str) -> bool:
        """Whether nothing of `run_id` has been taken since something went wrong."""
        return self._line.failing or run_id in self._runs

    def no_answer(self, now_ms: float) -> None:
        """A request got none."""
        self._line_until_ms = now_ms + self._line.next_ms()

    def refused(self, run_id: str, now_ms: float, *, started_at_ms: int = 0) -> None:
        """A request of `run_id`, for the window that began then, was turned down for now."""
        window = (run_id, started_at_ms)
        run_backoff = self._runs.setdefault(run_id, Backoff(self._rng))
        window_backoff = self._windows.setdefault(window, Backoff(self._rng))
        self._run_until_ms[run_id] = now_ms + run_backoff.next_ms()
        self._window_until_ms[window] = now_ms + window_backoff.next_ms()

    def asked_for_quiet(self, quiet_ms: int, now_ms: float) -> None:
        """The server wants to hear nothing for `quiet_ms`."""
        self._quiet_until_ms = max(self._quiet_until_ms, now_ms + quiet_ms)

    def taken(self, run_id: str, *, started_at_ms: int = 0) -> None:
        """A request of `run_id` was dealt with, so the line is good as well."""
        self._line.reset()
        self._line_until_ms = 0.0
        self._runs.pop(run_id, None)
        self._run_until_ms.pop(run_id, None)
        self._windows.pop((run_id, started_at_ms), None)
        self._window_until_ms.pop((run_id, started_at_ms), None)

    def back_online(self, now_ms: float) -> None:
        """The network is back, for a whole classroom in the same second: hence the jitter."""
        self._line.reset()
        self._line_until_ms = now_ms + self._line.next_ms()

    def forget(self) -> None:
        """Nothing waits any more: neither the line nor a run is in doubt."""
        self._line.reset()
        self._line_until_ms = 0.0
        self._runs.clear()
        self._run_until_ms.clear()
        self._windows.clear()
        self._window_until_ms.clear()

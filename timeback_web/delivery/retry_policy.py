"""When something may be tried again.

Three reasons to wait, each with its own end, all in monotonic milliseconds:

* the *line* does not answer: nobody's turn, whatever they want to send;
* the server asked for *quiet* (`Retry-After`): nothing makes that shorter;
* one *run* was refused. Its course may never be synced, so it rests alone and more and more rarely,
  and the others pass.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from timeback_web.delivery.backoff import Backoff

if TYPE_CHECKING:
    import random


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

    def free_at_ms(self, run_id: str) -> float:
        """When `run_id` may be tried; not later than now if it may be tried now."""
        run_until_ms = self._run_until_ms.get(run_id, 0.0)
        return max(self._line_until_ms, self._quiet_until_ms, run_until_ms)

    def in_doubt(self, run_id: str) -> bool:
        """Whether nothing of `run_id` has been taken since something went wrong."""
        return self._line.failing or run_id in self._runs

    def no_answer(self, now_ms: float) -> None:
        """A request got none."""
        self._line_until_ms = now_ms + self._line.next_ms()

    def refused(self, run_id: str, now_ms: float) -> None:
        """A request of `run_id` was turned down for now."""
        backoff = self._runs.setdefault(run_id, Backoff(self._rng))
        self._run_until_ms[run_id] = now_ms + backoff.next_ms()

    def asked_for_quiet(self, quiet_ms: int, now_ms: float) -> None:
        """The server wants to hear nothing for `quiet_ms`."""
        self._quiet_until_ms = max(self._quiet_until_ms, now_ms + quiet_ms)

    def taken(self, run_id: str) -> None:
        """A request of `run_id` was dealt with, so the line is good as well."""
        self._line.reset()
        self._line_until_ms = 0.0
        self._runs.pop(run_id, None)
        self._run_until_ms.pop(run_id, None)

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

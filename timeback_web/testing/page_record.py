"""What the clients of a fake page know of each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from timeback_web.ports import Cancel


class FakePageRecord:
    """Remembers it as long as the page lives."""

    def __init__(self) -> None:
        """Nothing yet."""
        self._past_claimed = False
        self._ends_ms: dict[str, int] = {}
        self._learners: dict[str, str] = {}

    def claim_past(self) -> Cancel | None:
        """Claim what was seen of the page before its first session."""
        if self._past_claimed:
            return None
        self._past_claimed = True
        return self._give_back

    def run_ended(self, run: str, at_ms: int) -> None:
        """A session of `run` has ended here, at a wall time."""
        self._ends_ms[run] = at_ms

    def last_end_ms(self, run: str) -> int:
        """Wall time at which the last session of `run` ended here, 0 if there was none."""
        return self._ends_ms.get(run, 0)

    def signs_in(self, server: str, learner: str) -> None:
        """From now on requests to that server count for a learner."""
        self._learners[server] = learner

    def learner(self, server: str) -> str:
        """Who that is, empty if nobody has said."""
        return self._learners.get(server, "")

    def _give_back(self) -> None:
        self._past_claimed = False

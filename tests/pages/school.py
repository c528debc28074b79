"""Three learners and what they have done: the same data on every day that the tests run.

All of it comes in by HTTP, as from pages. Only the server's clock is held, so that what it notes
down by itself (when an event came, when a lesson was recorded) is the same each time, too.
"""

from __future__ import annotations

import time
import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from demo.server.times import iso, to_ms

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from tests.support.demo_server import DemoServer

MONDAY = datetime(2025, 11, 17, 9, 5, tzinfo=UTC)
TODAY = MONDAY + timedelta(days=4, seconds=80)
COURSE = {"subject": "Math", "grade": 3}
_HELD = ("caliper", "journal_stream", "lessons_api", "progress")


@dataclass
class Clock:
    """The server's clock, which stands still."""

    now: datetime = MONDAY

    def __call__(self) -> int:
        return to_ms(self.now)


@contextmanager
def at_a_fixed_time() -> Iterator[Clock]:
    clock = Clock()
    with pytest.MonkeyPatch.context() as patch:
        for module in _HELD:
            patch.setattr(f"demo.server.{module}.now_ms", clock)
        yield clock


class School:
    """A demo server, and the learners at it."""

    def __init__(self, server: DemoServer, clock: Clock) -> None:
        self.server = server
        self._clock = clock

    def make_history(self) -> None:
        """Ada has completed a lesson and works on it again; Grace is in the midst; Alan is new."""
        tuesday, wednesday, friday = (MONDAY + timedelta(days=days) for days in (1, 2, 4))
        with self.server.api("ada") as ada:
            first = self.start(ada, "fractions", MONDAY)
            self.session(ada, first, MONDAY, [(15, 0)] * 14 + [(5, 10), (0, 15), (0, 15), (12, 3)])
        with self.server.api("grace") as grace:
            run = self.start(grace, "fractions", tuesday)
            self.session(grace, run, tuesday, [(15, 0)] * 9 + [(0, 15)] * 3 + [(8, 0)])
            self.start(grace, "reading-clocks", tuesday + timedelta(minutes=5))
        with self.server.api("ada") as ada:
            self.session(ada, first, wednesday + timedelta(hours=1), [(15, 0)] * 20 + [(7, 0)])
            self.complete(ada, "fractions", first)
            ada.post("/api/lessons/fractions/attempts").raise_for_status()
            again = self.start(ada, "fractions", friday)
            self.session(ada, again, friday, [(15, 0), (15, 0), (6, 9), (15, 0), (15, 0)])

    def start(self, learner: httpx.Client, lesson: str, at: datetime = TODAY) -> str:
        """Save a run of the lesson, as a page does that starts it; the run."""
        self._clock.now = at
        run_id = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{lesson} {at}"))
        learner.post(f"/api/progress/{lesson}", json={"runId": run_id}).raise_for_status()
        return run_id

    def session(
        self, learner: httpx.Client, run_id: str, start: datetime, shares_s: list[tuple[int, int]]
    ) -> None:
        """Report windows, each with its active and paused seconds, as they end."""
        for active_s, paused_s in shares_s:
            end = start + timedelta(seconds=active_s + paused_s)
            self._clock.now = end
            heartbeat = {
                "id": "fractions",
                "name": "Fractions",
                "course": COURSE,
                "runId": run_id,
                "startedAt": iso(to_ms(start)),
                "endedAt": iso(to_ms(end)),
                "elapsedMs": active_s * 1000,
                "pausedMs": paused_s * 1000,
            }
            answer = learner.post("/api/timeback/activity/heartbeat", json=heartbeat)
            assert answer.status_code == 204, answer.text
            start = end

    def complete(self, learner: httpx.Client, lesson: str, run_id: str) -> None:
        """Answer every question with its first choice, and wait until that is recorded."""
        for question in learner.get(f"/api/lessons/{lesson}").json()["questions"]:
            answer = {"runId": run_id, "question": question["id"], "choice": 0}
            learner.post(f"/api/lessons/{lesson}/answers", json=answer).raise_for_status()
        deadline = time.monotonic() + 20
        while learner.get(f"/api/progress/{lesson}").json()["completion"]["state"] != "recorded":
            assert time.monotonic() < deadline, "the lesson was not recorded in time"
            time.sleep(0.05)

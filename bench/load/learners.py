"""Virtual learners: each beats as a page does, from a run of its own, until the lesson ends."""

import asyncio
import random
import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from bench.load.school import learner_id

_COURSE = {"subject": "Math", "grade": 3}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TRIES = 5


@dataclass(slots=True)
class Log:
    """What a group of learners saw of the server.

    Attributes:
        beats_s: How long each heartbeat took, until its answer.
        flushes_s: The same for the last one of each learner, which all send at once.
        retries: How many heartbeats had to be sent again.
        windows: What was sent and taken: run, end of the window (ms), active milliseconds.
        given_up: Windows that were never taken.
    """

    beats_s: list[float] = field(default_factory=list)
    flushes_s: list[float] = field(default_factory=list)
    retries: int = 0
    windows: list[tuple[str, int, int]] = field(default_factory=list)
    given_up: int = 0


class VirtualLearner:
    """One page.

    Args:
        number: Which learner.
        client: With a cookie jar of its own.
        log: Where it notes what it saw.
    """

    def __init__(self, number: int, client: httpx.AsyncClient, log: Log) -> None:
        self._id = learner_id(number)
        self._client = client
        self._log = log
        self._run_id = str(uuid.uuid4())
        self._window_began_ms = 0

    async def sign_in(self) -> None:
        """Sign in, and save a run."""
        answer = await self._client.post("/api/signin", json={"learner": self._id})
        answer.raise_for_status()
        saved = await self._client.post("/api/progress/fractions", json={"runId": self._run_id})
        saved.raise_for_status()

    async def work(self, seconds: float, beat_s: float, dice: random.Random) -> None:
        """Beat every `beat_s`, the first time somewhere in it, and flush at the end."""
        began = time.monotonic()
        self._window_began_ms = _now_ms()
        due = dice.uniform(0, beat_s)
        while due < seconds:
            await asyncio.sleep(began + due - time.monotonic())
            self._log.beats_s.append(await self._beat())
            due += beat_s
        await asyncio.sleep(began + seconds - time.monotonic())
        self._log.flushes_s.append(await self._beat())

    async def _beat(self) -> float:
        """Report the time since the last window; return how long the answer took, in seconds."""
        ended_ms = _now_ms()
        body = self._window(self._window_began_ms, ended_ms)
        began = time.monotonic()
        taken = await self._deliver(body)
        took = time.monotonic() - began
        if taken:
            self._log.windows.append((self._run_id, ended_ms, body["elapsedMs"]))
        else:
            self._log.given_up += 1
        self._window_began_ms = ended_ms
        return took

    async def _deliver(self, body: dict[str, Any]) -> bool:
        for attempt in range(_TRIES):
            try:
                answer = await self._client.post("/api/timeback/activity/heartbeat", json=body)
            except httpx.HTTPError:
                pass
            else:
                if answer.status_code in {200, 204}:
                    return True
            self._log.retries += 1
            await asyncio.sleep(2**attempt)
        return False

    def _window(self, began_ms: int, ended_ms: int) -> dict[str, Any]:
        return {
            "id": "fractions",
            "name": "Fractions",
            "course": _COURSE,
            "runId": self._run_id,
            "startedAt": _iso(began_ms),
            "endedAt": _iso(ended_ms),
            "elapsedMs": ended_ms - began_ms,
            "pausedMs": 0,
        }


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _iso(at_ms: int) -> str:
    return (_EPOCH + timedelta(milliseconds=at_ms)).isoformat(timespec="milliseconds")

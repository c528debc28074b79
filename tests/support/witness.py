"""An independent witness: what a learner did, in sums of spans, and what became of it.

It is no ledger. It sees the fake world only: the page's clock, whether somebody looks, what the app
asked for, who is signed in; and then what a server has booked, what storage holds, and what
`on_error` was told. It never asks an activity how much it has counted: whoever asks makes the books
look at the clock, and hides what happens to those that nobody looks at.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from timeback_web.ports import Answer
from timeback_web.testing import FakeServer

if TYPE_CHECKING:
    from timeback_web import ErrorContext, TimebackError
    from timeback_web.ports import Request
    from timeback_web.testing import FakeBrowser, FakeStorage

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Sitting:
    """One session of a run, in one page: how much of it was the learner's work.

    Args:
        browser: The page.
        run_id: The run.
        hidden: Whether nobody could see it in the beginning.

    Attributes:
        active_ms: The sum of the spans in which nothing was in the way of the learner.
        doubt_ms: How much of it nobody can know (what was before a standstill of the page, or a
            crash).
        began_ms: Wall time.
        ended_ms: Likewise; it is open until then.
    """

    def __init__(self, browser: FakeBrowser, run_id: str, *, hidden: bool = False) -> None:
        self.run_id = run_id
        self.active_ms = self.doubt_ms = 0.0
        self._clock = browser.clock
        self.began_ms, self.ended_ms = int(browser.clock.wall_ms), math.inf
        self._seen_ms = browser.clock.monotonic_ms
        self._in_the_way = {"hidden"} if hidden else set[str]()

    @property
    def works(self) -> bool:
        return self.ended_ms == math.inf and not self._in_the_way

    def claim(self, before_ms: float, *, within_ms: float, doubt_ms: float = 0) -> None:
        """The learner was there before it began, within a span, and that is asked for."""
        self.active_ms += before_ms
        self.doubt_ms += doubt_ms
        self.began_ms -= int(within_ms)

    def look(self) -> None:
        """Add what has passed."""
        now_ms = self._clock.monotonic_ms
        if self.works:
            self.active_ms += now_ms - self._seen_ms
        self._seen_ms = now_ms

    def hinder(self, reason: str) -> None:
        """Something comes in the way of the learner: `hidden`, `away`, `app`."""
        self.look()
        self._in_the_way.add(reason)

    def free(self, reason: str) -> None:
        """It is gone."""
        self.look()
        self._in_the_way.discard(reason)

    def stood_still(self, doubt_ms: float) -> None:
        """What has passed since the last look was too long for anybody to know what it was."""
        if self.works:
            self.doubt_ms += doubt_ms
        self._seen_ms = self._clock.monotonic_ms

    def end(self, *, doubt_ms: float = 0) -> None:
        """Nothing of it counts from now on."""
        self.look()
        self.ended_ms = self._clock.wall_ms
        self.doubt_ms += doubt_ms


class Booked(NamedTuple):
    """A window that the server has taken, and for whom."""

    learner: str
    run_id: str
    start: int
    end: int
    active: int


class School(FakeServer):
    """A server that books for whoever is signed in.

    Attributes:
        signed_in: Whose cookie the browser has.
        down: What it answers instead; `None`: it is well.
        booked: What it has taken.
        progress: The runs that the app's own route has saved, by address.
        saves: Whether it takes a new one.
        knows: Whether it tells which there is.
    """

    def __init__(self) -> None:
        super().__init__()
        self.signed_in = "ada"
        self.down: Answer | None = None
        self.booked: list[Booked] = []
        self.progress: dict[str, str] = {}
        self.saves = self.knows = True

    def calm_down(self) -> None:
        """All trouble is over."""
        self.down = None
        self.saves = self.knows = True
        self._next.clear()

    def handle(self, request: Request) -> Answer:
        if "/progress/" in request.url:
            return self._progress(request)
        if self.down is not None:
            return self.down
        before = len(self.heartbeats)
        answer = super().handle(request)
        if len(self.heartbeats) > before:
            beat = self.heartbeats[-1]
            start, end = _ms(beat.started_at), _ms(beat.ended_at)
            assert beat.elapsed_ms >= 0 <= beat.paused_ms
            assert end - start == beat.elapsed_ms + beat.paused_ms
            window = Booked(self.signed_in, beat.run_id, start, end, beat.elapsed_ms)
            self.booked.append(window)
        return answer

    def _progress(self, request: Request) -> Answer:
        if request.body is None:
            known = json.dumps({"runId": self.progress.get(request.url)})
            return Answer(200, known) if self.knows else Answer(503)
        if not self.saves:
            return Answer(503)
        run_id = json.loads(request.body)["runId"]
        kept = self.progress.setdefault(request.url, run_id)
        return Answer(204 if kept == run_id else 409)


@dataclass
class Witness:
    """What happened, and what came of it.

    Attributes:
        server: What was delivered.
        storage: What waits.
        owners: The learner of each run.
        sittings: All sessions.
        lost: What was told lost, by run.
        lost_somehow: Runs of which it was told that time is lost, but not how much.
    """

    server: School
    storage: FakeStorage
    owners: dict[str, str] = field(default_factory=dict)
    sittings: list[Sitting] = field(default_factory=list)
    lost: Counter[str] = field(default_factory=Counter)
    lost_somehow: set[str] = field(default_factory=set)

    def sit_down(self, sitting: Sitting, learner: str) -> Sitting:
        """A session begins."""
        assert self.owners.setdefault(sitting.run_id, learner) == learner
        self.sittings.append(sitting)
        return sitting

    def on_error(self, error: TimebackError, context: ErrorContext) -> None:
        """What the app is told."""
        if context.operation == "heartbeat" and not context.will_retry:
            self.lost[context.run_id] += context.elapsed_ms

    # ── what came of it ──────────────────────────────────────────────────────────────────────

    @property
    def waiting(self) -> list[Booked]:
        """What lies in storage, in the outbox or put aside for a crash."""
        found = [json.loads(text) for key, text in self.storage.items.items() if _is_ours(key)]
        names = ("learner", "run_id", "started_at_ms", "ended_at_ms", "elapsed_ms")
        return [Booked(*(one[name] for name in names)) for one in found]

    def check_sign_ins(self) -> None:
        """Nobody gets the time of somebody else."""
        wrong = [one for one in self.server.booked if self.owners[one.run_id] != one.learner]
        assert not wrong, "booked for somebody else"

    def check_windows(self) -> None:
        """The windows of a run never overlap."""
        for run_id in {one.run_id for one in self.server.booked}:
            mine = [one for one in self.server.booked if one.run_id == run_id]
            spans = sorted((one.start, one.end) for one in mine)
            for (_, end), (start, _) in pairwise(spans):
                assert end <= start, "windows of a run overlap"

    def check_sums(self) -> None:
        """Delivered, waiting or told lost: together what was counted, and no more."""
        known = [*self.server.booked, *self.waiting]
        for run_id in self.owners:
            windows = [one for one in known if one.run_id == run_id]
            mine = [one for one in self.sittings if one.run_id == run_id]
            if run_id in self.lost_somehow:
                mine[0].doubt_ms = math.inf
            self._compare(sum(one.active for one in windows) + self.lost[run_id], mine)
            if not self.lost[run_id] and run_id not in self.lost_somehow:
                for one in mine:
                    within = [w.active for w in windows if one.began_ms <= w.start < one.ended_ms]
                    self._compare(sum(within), [one])

    def _compare(self, found_ms: int, sittings: list[Sitting]) -> None:
        counted_ms = sum(one.active_ms for one in sittings)
        doubt_ms = sum(one.doubt_ms for one in sittings) + len(sittings)  # and fractions
        assert found_ms <= counted_ms + len(sittings), "more than was worked"
        assert found_ms >= counted_ms - doubt_ms, "time is lost"


def check_nothing_left(browser: FakeBrowser) -> None:
    """No timer, listener, channel, lock or request."""
    assert browser.timers.pending == 0, "a timer is left"
    assert browser.lifecycle.listeners == 0, "a listener is left"
    assert browser.channels.open_channels == 0, "a channel is left"
    assert browser.locks.held == [], "a lock is left"
    assert browser.network.armed == [], "something is left with the browser"
    assert browser.network.in_flight == 0, "a request is left"


def _is_ours(key: str) -> bool:
    return key.startswith(("timeback_web/outbox/", "timeback_web/journal/"))


def _ms(stamp: str) -> int:
    return (datetime.fromisoformat(stamp) - _EPOCH) // timedelta(milliseconds=1)

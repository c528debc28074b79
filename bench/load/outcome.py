"""What arrived, held against what was sent."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from bench.stats import percentile
from demo.server.journal import window_of
from demo.server.tables import PlatformEvent

if TYPE_CHECKING:
    from bench.load.learners import Log

type Window = tuple[str, int, int]
"""A run, when the window ended (ms since 1970), and its active milliseconds."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one run went.

    Attributes:
        name: The database.
        log: What the learners saw.
        seconds: How long they worked.
        cpu_s: Processor time of the server, start and sign-ins included.
        lost: Windows that were sent and are not stored, or not with their very time.
        doubled: Windows that are stored more often than they were worked.
    """

    name: str
    log: Log
    seconds: float
    cpu_s: float
    lost: int
    doubled: int

    @classmethod
    def of(cls, name: str, log: Log, stored: Counter[Window], seconds: float, cpu_s: float) -> Self:
        """Compare."""
        sent = Counter(log.windows)
        lost = (sent - stored).total() + log.given_up
        return cls(name, log, seconds, cpu_s, lost, (stored - sent).total())


def windows_of(database_url: str) -> Counter[Window]:
    """All windows that the platform has kept."""
    engine = create_engine(database_url)
    try:
        with Session(engine) as session:
            events = session.scalars(select(PlatformEvent))
            return Counter(
                (event.run_id or "", event.event_time_ms, window_of(event).active_ms)
                for event in events
            )
    finally:
        engine.dispose()


def table(outcomes: list[Outcome]) -> list[str]:
    """The lines of a table, for docs/benchmarks.md."""
    return [
        "| | heartbeats | per second | median | p95 | slowest | all at once: p95 | sent again "
        "| lost | counted twice | server CPU |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
        *map(_row, outcomes),
    ]


def _row(outcome: Outcome) -> str:
    log = outcome.log
    beats = log.beats_s
    cells = [
        outcome.name,
        f"{len(log.windows):,}",
        f"{len(beats) / outcome.seconds:.1f}",
        _ms(percentile(beats, 50)),
        _ms(percentile(beats, 95)),
        _ms(max(beats)),
        _ms(percentile(log.flushes_s, 95)),
        str(log.retries),
        str(outcome.lost),
        str(outcome.doubled),
        f"{outcome.cpu_s:.0f} s",
    ]
    return f"| {' | '.join(cells)} |"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"

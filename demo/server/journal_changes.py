"""Which runs of some learners have changed: asked again and again by a page that stays open.

The answer comes from the database alone. So it is the same at every process of the server,
whichever of them took the heartbeat, and needs nothing that only one kind of database has.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Self

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from .caliper import Source
from .learners import Person
from .tables import Attempt, PlatformEvent
from .times import now_ms

SETTLE_MS = 30_000
"""Rows are numbered when they are written and seen when they are committed, so on PostgreSQL a
lower number can show up after a higher one. After this long none is left that could."""

_POSITION = re.compile(r"(\d{1,18})-(\d{1,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Position:
    """How far a reader has come; as text it is the id of a server-sent event.

    Attributes:
        floor: Every event up to this number has been seen, and no more of them will come.
        runs: How many runs the learners had saved.
    """

    floor: int
    runs: int

    def __str__(self) -> str:
        return f"{self.floor}-{self.runs}"

    @classmethod
    def parse(cls, text: str | None) -> Self | None:
        """The position that `str()` wrote, or `None` for anything else."""
        match = _POSITION.fullmatch(text or "")
        return cls(int(match[1]), int(match[2])) if match else None


class Changes:
    """Follows the runs of some learners. Synchronous: call it from threads, one call at a time."""

    def __init__(self, source: Source, learners: Collection[Person]) -> None:
        self._source = source
        self._ids = [person.id for person in learners]
        self._id_by_email = {person.email: person.id for person in learners}
        self._floor = 0
        self._seen: set[int] = set()
        self._run_ids: set[str] = set()

    @property
    def position(self) -> Position:
        """Where a reader goes on that got everything so far."""
        return Position(self._floor, len(self._run_ids))

    def begin(self, session: Session) -> None:
        """Start here. Read everything *after* this call, then nothing falls between the two."""
        self._floor = self._settled(session)
        self._seen = {seq for seq, _, _ in self._above_floor(session)}
        self._run_ids = set(self._saved_runs(session))

    def resume(self, session: Session, position: Position) -> bool:
        """Go on at a position; `False` when that is none of this database: then `begin` anew."""
        newest = session.scalar(select(func.max(PlatformEvent.seq))) or 0
        run_ids = set(self._saved_runs(session))
        if position.floor > newest or position.runs != len(run_ids):
            return False
        self._floor, self._seen, self._run_ids = position.floor, set(), run_ids
        return True

    def look(self, session: Session) -> Mapping[str, set[str]]:
        """The runs that have changed since the last look, by the id of their learner."""
        changed: dict[str, set[str]] = defaultdict(set)
        settled = self._settled(session)
        rows = self._above_floor(session)
        for seq, email, run_id in rows:
            if seq not in self._seen and run_id:
                changed[self._id_by_email[email]].add(run_id)
        # Only now: what was numbered below the new floor, but seen just now, has been reported.
        self._floor = max(self._floor, settled)
        self._seen = {seq for seq, _, _ in rows if seq > self._floor}
        if self._count_runs(session) != len(self._run_ids):
            saved = self._saved_runs(session)
            for run_id in saved.keys() - self._run_ids:
                changed[saved[run_id]].add(run_id)
            self._run_ids = set(saved)
        return changed

    def _settled(self, session: Session) -> int:
        """The newest event that is old enough; the primary key leads to it within a few rows."""
        old_enough = PlatformEvent.received_at_ms < now_ms() - SETTLE_MS
        newest = select(PlatformEvent.seq).where(old_enough).order_by(PlatformEvent.seq.desc())
        return session.scalar(newest.limit(1)) or 0

    def _above_floor(self, session: Session) -> list[tuple[int, str, str | None]]:
        query = select(PlatformEvent.seq, PlatformEvent.email, PlatformEvent.run_id).where(
            PlatformEvent.seq > self._floor,
            PlatformEvent.source == self._source,
            PlatformEvent.email.in_(self._id_by_email),
        )
        return [(seq, email, run_id) for seq, email, run_id in session.execute(query)]

    def _count_runs(self, session: Session) -> int:
        query = select(func.count(Attempt.run_id)).where(Attempt.learner_id.in_(self._ids))
        return session.scalar(query) or 0

    def _saved_runs(self, session: Session) -> dict[str, str]:
        query = select(Attempt.run_id, Attempt.learner_id).where(
            Attempt.learner_id.in_(self._ids), Attempt.run_id.is_not(None)
        )
        return {run_id: learner_id for run_id, learner_id in session.execute(query) if run_id}

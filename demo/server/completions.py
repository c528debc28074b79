"""Completions on their way to Timeback: who may send one, what was sent, how it ended.

Several servers can share a database. A server takes a *lease* on a completion before it works on
it, and everything it writes later asks for that lease again: a server that lost it to another one
(because it was slow) changes nothing any more.
"""

import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session
from timeback.server.types import ActivityRecordInput, ActivityRecordTimeInput

from .catalogue import Catalogue
from .database import Database
from .tables import Completion
from .times import iso, now_ms

LEASE_MS = 60_000
"""How long a server may work on one completion; a crashed server holds it no longer than that."""


class LeaseLostError(Exception):
    """Another server works on this completion now."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to record one completion, and all that is needed for it."""

    run_id: str
    lease: str
    tries: int
    attempt: int
    completed_at: str
    activity_taken: bool
    record: ActivityRecordInput
    """The argument of `timeback.activity.record()`."""


class CompletionQueue:
    """The pending completions in the database. Synchronous: call it from threads."""

    def __init__(self, database: Database, catalogue: Catalogue) -> None:
        self._database = database
        self._catalogue = catalogue

    def claim_next(self) -> Claim | None:
        """Take the lease on a completion that is due, or return `None`."""
        now = now_ms()
        due = (
            Completion.state == "pending",
            Completion.next_try_at_ms <= now,
            Completion.leased_until_ms <= now,
        )
        oldest = select(Completion.run_id).where(*due).order_by(Completion.next_try_at_ms).limit(1)
        with self._database.reading() as session:
            run_id = session.scalar(oldest)
        if run_id is None:
            return None
        with self._database.writing() as session:
            # Another server may have found the same row. The one whose UPDATE still hits has it.
            lease = secrets.token_hex(16)
            taken = _change(
                session,
                (Completion.run_id == run_id, *due),
                lease=lease,
                leased_until_ms=now + LEASE_MS,
                tries=Completion.tries + 1,
            )
            return self._claim(session, run_id) if taken else None

    def seal(self, claim: Claim, column: str, event: dict[str, Any]) -> dict[str, Any]:
        """Keep an event before it is sent for the first time; on a retry, return that first one.

        So a retry sends the same event with the same id, and who has it already knows it again.

        Args:
            claim: The right to send.
            column: `activity_event` or `time_event`.
            event: The event as the SDK has built it now.

        Raises:
            LeaseLostError: Another server took over; nothing must be sent.
        """
        with self._database.writing() as session:
            completion = session.scalar(select(Completion).where(*_held(claim)).with_for_update())
            if completion is None:
                raise LeaseLostError(claim.run_id)
            sealed: dict[str, Any] | None = getattr(completion, column)
            if sealed is None:
                setattr(completion, column, event)
            return sealed or event

    def activity_taken(self, claim: Claim) -> None:
        """Note that the platform has the completion event, whatever happens to the rest."""
        self._update(claim, activity_taken=True)

    def recorded(self, claim: Claim) -> None:
        """Note that the platform has everything."""
        self._update(claim, state="recorded", error=None, activity_taken=True, lease=None)

    def failed(self, claim: Claim, reason: str) -> None:
        """Give up on a completion that can never be recorded."""
        self._update(claim, state="failed", error=reason, lease=None)

    def retry(self, claim: Claim, reason: str, delay_ms: int) -> None:
        """Try again after a delay."""
        due = now_ms() + delay_ms
        self._update(claim, error=reason, next_try_at_ms=due, leased_until_ms=0, lease=None)

    def _update(self, claim: Claim, **values: object) -> None:
        with self._database.writing() as session:
            _change(session, _held(claim), **values)

    def _claim(self, session: Session, run_id: str) -> Claim:
        completion = session.get_one(Completion, run_id)
        return Claim(
            run_id=run_id,
            lease=completion.lease or "",
            tries=completion.tries,
            attempt=completion.attempt.number,
            completed_at=iso(completion.completed_at_ms),
            activity_taken=completion.activity_taken,
            record=self._record_input(completion),
        )

    def _record_input(self, completion: Completion) -> ActivityRecordInput:
        attempt = completion.attempt
        lesson = self._catalogue.get(attempt.lesson_id)
        arguments: ActivityRecordInput = {
            "user": {"email": attempt.learner.email},
            "activity": {
                "id": attempt.lesson_id,
                "name": lesson.name if lesson else attempt.lesson_id,
                # A lesson whose file is gone has no course: the SDK refuses that for good.
                "course": lesson.course.model_dump() if lesson else {},
            },
            "metrics": {
                "total_questions": completion.total_questions,
                "correct_questions": completion.correct_questions,
                "xp_earned": completion.xp_earned,
            },
            "run_id": completion.run_id,
        }
        time = _time(completion)
        if time:
            arguments["time"] = time
        return arguments


def _time(completion: Completion) -> ActivityRecordTimeInput | None:
    """The time that the server kept; `None` where the page's heartbeats have reported it already.

    Passing `time` for those too would count it twice.
    """
    if completion.started_at_ms is None:
        return None
    return {
        "started_at": iso(completion.started_at_ms),
        "ended_at": iso(completion.completed_at_ms),
        "active_ms": completion.active_ms or 0,
        "inactive_ms": completion.inactive_ms or 0,
    }


def _held(claim: Claim) -> tuple[ColumnElement[bool], ...]:
    return (Completion.run_id == claim.run_id, Completion.lease == claim.lease)


def _change(session: Session, where: tuple[ColumnElement[bool], ...], **values: object) -> bool:
    statement = update(Completion).where(*where).values(**values)
    return bool(session.connection().execute(statement).rowcount)

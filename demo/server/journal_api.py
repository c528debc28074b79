"""Route: the learner's journal."""

from collections import defaultdict
from typing import Any
from urllib.parse import unquote

from fastapi import APIRouter
from sqlalchemy import select
from sqlalchemy.orm import Session

from .caliper import Source, events_of
from .errors import ApiError
from .journal import completion_of, sessions_of
from .learners import Person
from .services import Parts, SignedIn
from .tables import Attempt, PlatformEvent

router = APIRouter(prefix="/api")


@router.get("/journal")
def journal(
    parts: Parts, person: SignedIn, run_id: str | None = None
) -> list[dict[str, Any]] | dict[str, Any]:
    """All runs of the learner, newest first; or one run with its events."""
    source = parts.event_source
    with parts.database.reading() as session:
        if run_id is None:
            return _all_runs(session, source, person)
        return _one_run(session, source, person, run_id.lower())


def _all_runs(session: Session, source: Source, person: Person) -> list[dict[str, Any]]:
    events: dict[str, list[PlatformEvent]] = defaultdict(list)
    for event in events_of(session, source, person.email):
        if event.run_id:
            events[event.run_id].append(event)
    attempts = _attempts(session, person)
    # Runs without an attempt are those that a page has reported on but never saved.
    order = {run_id: attempt.opened_at_ms for run_id, attempt in attempts.items()}
    for run_id, first in ((run_id, found[0]) for run_id, found in events.items()):
        order.setdefault(run_id, first.received_at_ms)
    newest_first = sorted(order, key=lambda run_id: order[run_id], reverse=True)
    return [
        _run_json(source, run_id, attempts.get(run_id), events[run_id]) for run_id in newest_first
    ]


def _one_run(session: Session, source: Source, person: Person, run_id: str) -> dict[str, Any]:
    attempt = _attempts(session, person).get(run_id)
    events = events_of(session, source, person.email, run_id)
    if attempt is None and not events:
        raise ApiError(404, "UNKNOWN_RUN", "There is no such run of yours.")
    shown = _run_json(source, run_id, attempt, events)
    return shown | {"events": [event.body for event in events]}


def _attempts(session: Session, person: Person) -> dict[str, Attempt]:
    own = select(Attempt).where(Attempt.learner_id == person.id, Attempt.run_id.is_not(None))
    return {attempt.run_id: attempt for attempt in session.scalars(own) if attempt.run_id}


def _run_json(
    source: Source, run_id: str, attempt: Attempt | None, events: list[PlatformEvent]
) -> dict[str, Any]:
    sessions = sessions_of(events)
    return {
        "runId": run_id,
        "lesson": attempt.lesson_id if attempt else _activity_id(events[0]),
        "attempt": attempt.number if attempt else None,
        "sessions": [each.to_json() for each in sessions],
        "activeMs": sum(each.span.active_ms for each in sessions),
        "inactiveMs": sum(each.span.inactive_ms for each in sessions),
        "completion": completion_of(events),
        "source": source,
    }


def _activity_id(event: PlatformEvent) -> str:
    """The id that the page gave its activity: the last part of the activity's URL."""
    url: str = event.body["object"]["id"]
    return unquote(url.rpartition("/")[2])

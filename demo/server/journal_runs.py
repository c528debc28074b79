"""Runs as the journal shows them, read from the database: one learner's, or one run."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from sqlalchemy import select
from sqlalchemy.orm import Session

from .caliper import Source, events_of
from .catalogue import Catalogue
from .journal import completion_of, sessions_of
from .learners import Person
from .tables import Attempt, PlatformEvent
from .times import iso

type RunJson = dict[str, Any]


@dataclass(frozen=True, slots=True)
class JournalReader:
    """Reads journals; `source` says whose record of the events they are made from."""

    source: Source
    catalogue: Catalogue

    def all_runs(self, session: Session, person: Person) -> list[RunJson]:
        """All runs of a learner, newest first."""
        events: dict[str, list[PlatformEvent]] = defaultdict(list)
        for event in events_of(session, self.source, person.email):
            if event.run_id:
                events[event.run_id].append(event)
        attempts = _attempts(session, person)
        # Runs without an attempt are those that a page has reported on but never saved.
        order = {run_id: attempt.opened_at_ms for run_id, attempt in attempts.items()}
        for run_id, first in ((run_id, found[0]) for run_id, found in events.items()):
            order.setdefault(run_id, first.received_at_ms)
        newest_first = sorted(order, key=lambda run_id: order[run_id], reverse=True)
        return [
            self._shown(run_id, attempts.get(run_id), events[run_id]) for run_id in newest_first
        ]

    def some_runs(
        self, session: Session, person: Person, run_ids: Collection[str]
    ) -> list[RunJson]:
        """Those of the learner's runs that are asked for, in no particular order."""
        attempts = _attempts(session, person)
        found = (
            (run_id, attempts.get(run_id), events_of(session, self.source, person.email, run_id))
            for run_id in run_ids
        )
        return [self._shown(*each) for each in found if each[1] or each[2]]

    def run_with_events(self, session: Session, person: Person, run_id: str) -> RunJson | None:
        """One run with its raw events, or `None` when the learner has no such run."""
        attempt = _attempts(session, person).get(run_id)
        events = events_of(session, self.source, person.email, run_id)
        if attempt is None and not events:
            return None
        return self._shown(run_id, attempt, events) | {"events": [each.body for each in events]}

    def _shown(
        self, run_id: str, attempt: Attempt | None, events: Sequence[PlatformEvent]
    ) -> RunJson:
        sessions = sessions_of(events)
        activity_id = attempt.lesson_id if attempt else _activity_id(events[0])
        lesson = self.catalogue.get(activity_id)
        last = max((event.received_at_ms for event in events), default=None)
        return {
            "runId": run_id,
            "lesson": activity_id,
            "name": lesson.name if lesson else activity_id,
            "attempt": attempt.number if attempt else None,
            "sessions": [each.to_json() for each in sessions],
            "activeMs": sum(each.span.active_ms for each in sessions),
            "inactiveMs": sum(each.span.inactive_ms for each in sessions),
            "lastReceivedAt": iso(last) if last is not None else None,
            "completion": completion_of(events),
            "source": self.source,
        }


def _attempts(session: Session, person: Person) -> dict[str, Attempt]:
    own = select(Attempt).where(Attempt.learner_id == person.id, Attempt.run_id.is_not(None))
    return {attempt.run_id: attempt for attempt in session.scalars(own) if attempt.run_id}


def _activity_id(event: PlatformEvent) -> str:
    """The id that the page gave its activity: the last part of the activity's URL."""
    url: str = event.body["object"]["id"]
    return unquote(url.rpartition("/")[2])

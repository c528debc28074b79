"""Time that the server keeps by itself, for a lesson without heartbeats.

The server sees requests. The time from one to the next was spent on the lesson when it is short,
and away from it when it is long. An attempt has one open session at most: a second tab takes over,
so no minute is counted twice.
"""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from .journal import Span
from .tables import Attempt, LessonSession

GAP_MS = 2 * 60 * 1000
"""A longer gap between two requests counts as inactive."""


def open_session(session: Session, attempt: Attempt, now: int) -> str:
    """Open a session, ending the one that is open, and return its id."""
    previous = _open_one(session, attempt)
    if previous:
        # After a long silence that page is gone: its session ended with its last request.
        quiet = now - previous.last_seen_at_ms > GAP_MS
        _close(previous, previous.last_seen_at_ms if quiet else now)
    opened = LessonSession(
        id=str(uuid.uuid4()), attempt_id=attempt.id, opened_at_ms=now, last_seen_at_ms=now
    )
    session.add(opened)
    return opened.id


def touch(session: Session, attempt: Attempt, now: int) -> None:
    """Book the time since the last request of the open session, if one is open."""
    current = _open_one(session, attempt)
    if current:
        _book(current, now)


def close_open(session: Session, attempt: Attempt, now: int) -> None:
    """Close the open session, if one is open."""
    current = _open_one(session, attempt)
    if current:
        _close(current, now)


def close_session(
    session: Session, learner_id: str, lesson_id: str, session_id: str, now: int
) -> bool:
    """Close a session of that learner and lesson; say whether there is such a session."""
    found = session.scalar(
        select(LessonSession)
        .join(Attempt)
        .where(
            LessonSession.id == session_id,
            Attempt.learner_id == learner_id,
            Attempt.lesson_id == lesson_id,
        )
    )
    if found and found.closed_at_ms is None:
        _close(found, now)
    return found is not None


def spans_of(attempt: Attempt) -> list[Span]:
    """The sessions of an attempt, oldest first."""
    return [
        Span(each.opened_at_ms, each.last_seen_at_ms, each.active_ms, each.inactive_ms)
        for each in attempt.sessions
    ]


def _open_one(session: Session, attempt: Attempt) -> LessonSession | None:
    return session.scalar(
        select(LessonSession).where(
            LessonSession.attempt_id == attempt.id, LessonSession.closed_at_ms.is_(None)
        )
    )


def _book(current: LessonSession, now: int) -> None:
    # The wall clock may have been set back; time that went backwards was no time at all.
    gap = max(0, now - current.last_seen_at_ms)
    if gap > GAP_MS:
        current.inactive_ms += gap
    else:
        current.active_ms += gap
    current.last_seen_at_ms += gap


def _close(current: LessonSession, now: int) -> None:
    _book(current, now)
    current.closed_at_ms = current.last_seen_at_ms

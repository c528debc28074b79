"""Progress as the API shows it."""

from typing import Any, Literal

from sqlalchemy.orm import Session

from .caliper import Source, events_of
from .catalogue import Lesson
from .journal import Span, sessions_of
from .learners import Person
from .lesson_sessions import spans_of
from .tables import Attempt, Completion
from .times import iso


def progress_json(
    session: Session, source: Source, person: Person, lesson: Lesson, attempt: Attempt | None
) -> dict[str, Any]:
    """Progress in the current attempt; `attempt` is `None` before the first."""
    answers = attempt.answers if attempt else []
    completion = attempt.completion if attempt else None
    spans = _spans(session, source, person, lesson, attempt) if attempt else []
    return {
        "lessonId": lesson.id,
        "attempt": attempt.number if attempt else 1,
        "runId": attempt.run_id if attempt else None,
        "total": len(lesson.questions),
        "correct": sum(each.correct for each in answers),
        "answers": [
            {"question": each.question_id, "choice": each.choice, "correct": each.correct}
            for each in answers
        ],
        "completed": completion is not None,
        "completion": _completion_json(completion) if completion else None,
        "sessions": [span.to_json() for span in spans],
        "activeMs": sum(span.active_ms for span in spans),
    }


def status_of(attempt: Attempt | None) -> Literal["new", "started", "completed"]:
    """How far the current attempt is."""
    if attempt is None or attempt.run_id is None:
        return "new"
    return "completed" if attempt.completion else "started"


def _spans(
    session: Session, source: Source, person: Person, lesson: Lesson, attempt: Attempt
) -> list[Span]:
    if lesson.time == "server":
        return spans_of(attempt)
    if attempt.run_id is None:
        return []
    events = events_of(session, source, person.email, attempt.run_id)
    return [each.span for each in sessions_of(events)]


def _completion_json(completion: Completion) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "state": completion.state,
        "metrics": {
            "totalQuestions": completion.total_questions,
            "correctQuestions": completion.correct_questions,
            "xpEarned": completion.xp_earned,
        },
        "completedAt": iso(completion.completed_at_ms),
    }
    if completion.state == "failed":
        shown["error"] = completion.error
    return shown

"""A learner's progress in a lesson: the run, the answers, the attempts.

Every function here works in a transaction of the caller. Those that write lock the learner's row
first, so the writes of one learner happen one after another, whatever tabs and servers they come
from; what two learners could both want (a run id) is unique in the table.
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from . import lesson_sessions
from .catalogue import Lesson, Question
from .errors import ApiError
from .tables import Answer, Attempt, Completion, Learner
from .times import now_ms


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as it comes in: the index of the choice for a question."""

    run_id: str
    question_id: str
    choice: int


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of an answer; `completed` when it was the one that completed the lesson."""

    attempt: Attempt
    question: Question
    correct: bool
    completed: bool


def current_attempt(session: Session, learner_id: str, lesson_id: str) -> Attempt | None:
    """The latest attempt, or `None` before the first."""
    return session.scalar(
        select(Attempt)
        .where(Attempt.learner_id == learner_id, Attempt.lesson_id == lesson_id)
        .order_by(Attempt.number.desc())
        .limit(1)
    )


def ensure_attempt(session: Session, learner_id: str, lesson_id: str) -> Attempt:
    """The latest attempt, made when there is none; the learner is locked."""
    _lock(session, learner_id)
    attempt = current_attempt(session, learner_id, lesson_id)
    return attempt or _add_attempt(session, learner_id, lesson_id, 1)


def start_run(session: Session, learner_id: str, lesson_id: str, run_id: str) -> Attempt:
    """Give the current attempt its run; the same run again changes nothing.

    Raises:
        ApiError: 409 `RUN_EXISTS`; its `runId` names the run that is open here, and is null when
            the run is already known somewhere else.
    """
    attempt = ensure_attempt(session, learner_id, lesson_id)
    if attempt.run_id is None:
        attempt.run_id = run_id
        try:
            session.flush()
        except IntegrityError:
            message = "This run belongs to another attempt."
            raise ApiError(409, "RUN_EXISTS", message, runId=None) from None
    elif attempt.run_id != run_id:
        message = "Another run of this lesson is open."
        raise ApiError(409, "RUN_EXISTS", message, runId=attempt.run_id)
    return attempt


def answer(session: Session, learner_id: str, lesson: Lesson, given: Given) -> Answered:
    """Take the first answer to a question; complete the lesson with the last one.

    Raises:
        ApiError: 400 for a question or choice that is not there, 409 when the run is not open.
    """
    question = lesson.question(given.question_id)
    if question is None or given.choice not in range(len(question.choices)):
        raise ApiError(400, "UNKNOWN_CHOICE", "The lesson has no such question or choice.")
    _lock(session, learner_id)
    attempt = current_attempt(session, learner_id, lesson.id)
    if attempt is None or attempt.run_id != given.run_id:
        raise ApiError(409, "RUN_NOT_OPEN", "This run is not the open one of the lesson.")
    first = next((each for each in attempt.answers if each.question_id == question.id), None)
    if first:
        return Answered(attempt, question, first.correct, completed=False)
    now = now_ms()
    correct = given.choice == question.answer
    attempt.answers.append(
        Answer(question_id=question.id, choice=given.choice, correct=correct, answered_at_ms=now)
    )
    lesson_sessions.touch(session, attempt, now)
    completed = len(attempt.answers) == len(lesson.questions)
    if completed:
        _complete(session, lesson, attempt, now)
    return Answered(attempt, question, correct, completed)


def next_attempt(session: Session, learner_id: str, lesson_id: str) -> Attempt:
    """Open the next attempt, which gets a run of its own.

    Raises:
        ApiError: 409 `NOT_COMPLETED` while the current one is not completed.
    """
    _lock(session, learner_id)
    attempt = current_attempt(session, learner_id, lesson_id)
    if attempt is None or attempt.completion is None:
        raise ApiError(409, "NOT_COMPLETED", "The current attempt is not completed.")
    return _add_attempt(session, learner_id, lesson_id, attempt.number + 1)


def owner_of(session: Session, run_id: str) -> Attempt | None:
    """The attempt that a run belongs to, if it is known."""
    return session.scalar(select(Attempt).where(Attempt.run_id == run_id))


def _lock(session: Session, learner_id: str) -> None:
    # PostgreSQL locks the row. SQLite has no row locks, and needs none: see `Database.writing`.
    session.execute(select(Learner.id).where(Learner.id == learner_id).with_for_update())


def _add_attempt(session: Session, learner_id: str, lesson_id: str, number: int) -> Attempt:
    attempt = Attempt(
        learner_id=learner_id, lesson_id=lesson_id, number=number, opened_at_ms=now_ms()
    )
    session.add(attempt)
    session.flush()
    return attempt


def _complete(session: Session, lesson: Lesson, attempt: Attempt, now: int) -> None:
    correct = sum(each.correct for each in attempt.answers)
    completion = Completion(
        total_questions=len(lesson.questions),
        correct_questions=correct,
        xp_earned=correct * lesson.xp_per_correct,
        completed_at_ms=now,
        next_try_at_ms=now,
    )
    if lesson.time == "server":
        lesson_sessions.close_open(session, attempt, now)
        spans = lesson_sessions.spans_of(attempt)
        completion.started_at_ms = min([now, *(span.started_at_ms for span in spans)])
        completion.active_ms = sum(span.active_ms for span in spans)
        completion.inactive_ms = sum(span.inactive_ms for span in spans)
    attempt.completion = completion
    session.flush()

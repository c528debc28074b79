"""Routes: lessons, progress, answers, attempts, server-managed sessions."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from pydantic import Field

from . import lesson_sessions, progress
from .bodies import Wire, json_body
from .errors import ApiError, refusals
from .progress_view import progress_json, status_of
from .services import Parts, RequestedLesson, SignedIn
from .times import now_ms

router = APIRouter(prefix="/api")

# The shape that the SDK asks for. Lower case, so that one run has one spelling in the tables.
RunId = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]


class _Run(Wire):
    run_id: RunId


class _Answer(Wire):
    run_id: RunId
    question: str
    choice: int


@router.get("/lessons")
def lessons(parts: Parts, person: SignedIn) -> list[dict[str, Any]]:
    """All lessons, and how far the learner is."""
    with parts.database.reading() as session:
        return [
            {
                "id": lesson.id,
                "name": lesson.name,
                "summary": lesson.summary,
                "time": lesson.time,
                "total": len(lesson.questions),
                "status": status_of(progress.current_attempt(session, person.id, lesson.id)),
            }
            for lesson in parts.catalogue.values()
        ]


@router.get("/lessons/{lesson_id}")
def lesson_content(_person: SignedIn, lesson: RequestedLesson) -> dict[str, Any]:
    """A lesson without its answers."""
    return {
        "id": lesson.id,
        "name": lesson.name,
        "summary": lesson.summary,
        "time": lesson.time,
        "course": lesson.course.model_dump(),
        "questions": [question.shown() for question in lesson.questions],
    }


@router.get("/progress/{lesson_id}")
def load_progress(parts: Parts, person: SignedIn, lesson: RequestedLesson) -> dict[str, Any]:
    """Progress in the current attempt."""
    with parts.database.reading() as session:
        attempt = progress.current_attempt(session, person.id, lesson.id)
        return progress_json(session, parts.event_source, person, lesson, attempt)


@router.post("/progress/{lesson_id}", responses=refusals(409))
def save_run(
    parts: Parts,
    person: SignedIn,
    lesson: RequestedLesson,
    body: Annotated[_Run, Depends(json_body(_Run))],
) -> dict[str, Any]:
    """Save the run on a first start."""
    with parts.database.writing() as session:
        attempt = progress.start_run(session, person.id, lesson.id, body.run_id)
        return progress_json(session, parts.event_source, person, lesson, attempt)


@router.post("/lessons/{lesson_id}/answers", responses=refusals(409))
def answer(
    parts: Parts,
    person: SignedIn,
    lesson: RequestedLesson,
    body: Annotated[_Answer, Depends(json_body(_Answer))],
) -> dict[str, Any]:
    """Answer a question."""
    with parts.database.writing() as session:
        given = progress.Given(body.run_id, body.question, body.choice)
        answered = progress.answer(session, person.id, lesson, given)
        reply = {
            "correct": answered.correct,
            "explanation": answered.question.explanation,
            "answer": answered.question.answer,
            "progress": progress_json(
                session, parts.event_source, person, lesson, answered.attempt
            ),
        }
    if answered.completed:
        # Only now: before the commit the recorder would not see the completion.
        parts.recorder.wake()
    return reply


@router.post("/lessons/{lesson_id}/attempts", responses=refusals(409))
def open_attempt(parts: Parts, person: SignedIn, lesson: RequestedLesson) -> dict[str, Any]:
    """Open the next attempt."""
    with parts.database.writing() as session:
        attempt = progress.next_attempt(session, person.id, lesson.id)
        return progress_json(session, parts.event_source, person, lesson, attempt)


@router.post("/lessons/{lesson_id}/sessions", responses=refusals(409))
def open_session(parts: Parts, person: SignedIn, lesson: RequestedLesson) -> dict[str, str]:
    """Open a session of a lesson whose time the server keeps."""
    if lesson.time != "server":
        raise ApiError(409, "TIME_BY_HEARTBEATS", "The page counts the time of this lesson.")
    with parts.database.writing() as session:
        attempt = progress.ensure_attempt(session, person.id, lesson.id)
        if attempt.completion:
            raise ApiError(409, "COMPLETED", "This attempt is completed; open the next one.")
        return {"sessionId": lesson_sessions.open_session(session, attempt, now_ms())}


@router.post("/lessons/{lesson_id}/sessions/{session_id}/close", status_code=204)
def close_session(
    parts: Parts, person: SignedIn, lesson: RequestedLesson, session_id: str
) -> Response:
    """Close a session; harmless twice."""
    with parts.database.writing() as session:
        found = lesson_sessions.close_session(session, person.id, lesson.id, session_id, now_ms())
    if not found:
        raise ApiError(404, "UNKNOWN_SESSION", "There is no such session.")
    return Response(status_code=204)

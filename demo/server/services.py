"""The parts of the running server, and how routes get at them."""

import asyncio
from dataclasses import dataclass, field
from typing import Annotated, cast

from fastapi import Depends, Request
from timeback.server.adapters.fastapi import TimebackFastAPI

from .caliper import Source
from .catalogue import Catalogue, Lesson
from .database import Database
from .errors import ApiError
from .journal_runs import JournalReader
from .learners import Person
from .recorder import Recorder
from .settings import Settings
from .signin import SignIn
from .teachers import Teacher


@dataclass(frozen=True, slots=True)
class Services:
    """One of each."""

    settings: Settings
    database: Database
    catalogue: Catalogue
    sign_in: SignIn
    timeback: TimebackFastAPI
    recorder: Recorder
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the server stops: answers that would go on for ever end then."""

    @property
    def event_source(self) -> Source:
        """Whose events the journal shows: in the real cloud we have only what we sent."""
        return "sent" if self.settings.cloud else "platform"

    @property
    def journal_reader(self) -> JournalReader:
        """Reads journals from those events."""
        return JournalReader(self.event_source, self.catalogue)


def _services(request: Request) -> Services:
    return cast("Services", request.app.state.services)


Parts = Annotated[Services, Depends(_services)]


def signed_in(request: Request, parts: Parts) -> Person:
    """The learner who is signed in. A teacher is none: no lesson and no run is a teacher's.

    Raises:
        ApiError: 401 `UNAUTHORIZED`.
    """
    person = parts.sign_in.person(request)
    if person is None:
        raise ApiError(401, "UNAUTHORIZED", "Sign in first.")
    return person


def signed_in_teacher(request: Request, parts: Parts) -> Teacher:
    """The teacher who is signed in.

    Raises:
        ApiError: 401 `UNAUTHORIZED`; 403 `TEACHERS_ONLY` for a learner.
    """
    teacher = parts.sign_in.teacher(request)
    if teacher is None:
        if parts.sign_in.person(request):
            raise ApiError(403, "TEACHERS_ONLY", "Only a teacher sees the journal of a class.")
        raise ApiError(401, "UNAUTHORIZED", "Sign in first.")
    return teacher


def requested_lesson(lesson_id: str, parts: Parts) -> Lesson:
    """The lesson that the path names.

    Raises:
        ApiError: 404 `UNKNOWN_LESSON`.
    """
    lesson = parts.catalogue.get(lesson_id)
    if lesson is None:
        raise ApiError(404, "UNKNOWN_LESSON", "There is no such lesson.")
    return lesson


SignedIn = Annotated[Person, Depends(signed_in)]
SignedInTeacher = Annotated[Teacher, Depends(signed_in_teacher)]
RequestedLesson = Annotated[Lesson, Depends(requested_lesson)]

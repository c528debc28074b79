"""The parts of the running server, and how routes get at them."""

from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request
from timeback.server.adapters.fastapi import TimebackFastAPI

from .caliper import Source
from .catalogue import Catalogue, Lesson
from .database import Database
from .errors import ApiError
from .learners import Person
from .recorder import Recorder
from .settings import Settings
from .signin import SignIn


@dataclass(frozen=True, slots=True)
class Services:
    """One of each."""

    settings: Settings
    database: Database
    catalogue: Catalogue
    sign_in: SignIn
    timeback: TimebackFastAPI
    recorder: Recorder

    @property
    def event_source(self) -> Source:
        """Whose events the journal shows: in the real cloud we have only what we sent."""
        return "sent" if self.settings.cloud else "platform"


def _services(request: Request) -> Services:
    return cast("Services", request.app.state.services)


Parts = Annotated[Services, Depends(_services)]


def signed_in(request: Request, parts: Parts) -> Person:
    """The learner who is signed in.

    Raises:
        ApiError: 401 `UNAUTHORIZED`.
    """
    person = parts.sign_in.person(request)
    if person is None:
        raise ApiError(401, "UNAUTHORIZED", "Sign in first.")
    return person


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
RequestedLesson = Annotated[Lesson, Depends(requested_lesson)]

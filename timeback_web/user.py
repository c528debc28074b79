"""`timeback.user`: who is signed in, as Timeback knows them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from timeback_web.answers import Verdict, judge, to_error
from timeback_web.errors import DeliveryError

if TYPE_CHECKING:
    from timeback_web.endpoint import Endpoint
    from timeback_web.ports import Answer, Browser


class _Read(BaseModel):
    # Newer servers may say more: what they add stays reachable, and breaks nothing.
    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_name=True,
        extra="allow",
        frozen=True,
        defer_build=True,  # few pages ask for any of these
    )


class School(_Read):
    """The learner's school."""

    id: str
    name: str = ""


class ProfileCourse(_Read):
    """A course the learner is enrolled in."""

    id: str
    code: str = ""
    name: str = ""


class Goals(_Read):
    """What the learner is to reach each day."""

    daily_xp: float | None = None
    daily_lessons: float | None = None
    daily_active_minutes: float | None = None
    daily_accuracy: float | None = None
    daily_mastered_units: float | None = None


class Xp(_Read):
    """Experience points."""

    today: float = 0
    all: float = 0


class Profile(_Read):
    """The signed-in learner (`GET /user/me`)."""

    id: str
    email: str
    name: str | None = None
    school: School | None = None
    grade: int | None = None
    courses: list[ProfileCourse] = []
    goals: Goals | None = None
    xp: Xp | None = None


class Verification(_Read):
    """Whether Timeback knows the signed-in learner (`GET /user/verify`)."""

    verified: bool
    timeback_id: str | None = None


class User:
    """Reached as `timeback.user`."""

    def __init__(self, browser: Browser, endpoint: Endpoint) -> None:
        """Hold the parts of the client."""
        self._browser = browser
        self._endpoint = endpoint

    async def profile(self) -> Profile:
        """The signed-in learner's profile.

        Raises:
            RefusedError: Nobody is signed in (401), or Timeback does not know them (404, 409).
            UnreachableError: No answer came.
        """
        return await self._get("/user/me", Profile)

    async def verify(self) -> Verification:
        """Whether Timeback knows the signed-in learner; cheaper than `profile()`.

        Raises:
            RefusedError: Nobody is signed in (401), or the answer is not clear (409, 502).
            UnreachableError: No answer came.
        """
        return await self._get("/user/verify", Verification)

    def sign_in(self) -> None:
        """Leave the page for the server's sign-in."""
        self._browser.navigation.go(self._endpoint.url("/identity/signin"))

    def sign_out(self) -> None:
        """Leave the page for the server's sign-out."""
        self._browser.navigation.go(self._endpoint.url("/identity/signout"))

    async def _get[Model: _Read](self, path: str, model: type[Model]) -> Model:
        waiter: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()

        def answered(answer: Answer) -> None:
            if not waiter.done():
                waiter.set_result(answer)

        self._browser.network.fetch(self._endpoint.request(path), answered)
        answer = await waiter
        if judge(answer) is not Verdict.DELIVERED:
            raise to_error(answer)
        try:
            return model.model_validate_json(answer.body)
        except ValidationError as error:
            raise DeliveryError(f"{path}: the server's answer makes no sense: {error}") from error

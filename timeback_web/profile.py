"""What the server says about the learner, read by pydantic.

Few pages ask, and none before the learner has begun: so `timeback.user` imports this when it is
first asked. To name these classes in annotations, import them for the type checker only
(`typing.TYPE_CHECKING`), as a page may not have pydantic yet.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Said(BaseModel):
    """Base of the server's answers.

    Newer servers may say more: what they add stays reachable, and breaks nothing.
    """

    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_name=True, extra="allow", frozen=True
    )


class School(Said):
    """The learner's school."""

    id: str
    name: str = ""


class ProfileCourse(Said):
    """A course the learner is enrolled in."""

    id: str
    code: str = ""
    name: str = ""


class Goals(Said):
    """What the learner is to reach each day."""

    daily_xp: float | None = None
    daily_lessons: float | None = None
    daily_active_minutes: float | None = None
    daily_accuracy: float | None = None
    daily_mastered_units: float | None = None


class Xp(Said):
    """Experience points."""

    today: float = 0
    all: float = 0


class Profile(Said):
    """The signed-in learner (`GET /user/me`)."""

    id: str
    email: str
    name: str | None = None
    school: School | None = None
    grade: int | None = None
    courses: list[ProfileCourse] = []
    goals: Goals | None = None
    xp: Xp | None = None


class Verification(Said):
    """Whether Timeback knows the signed-in learner (`GET /user/verify`)."""

    verified: bool
    timeback_id: str | None = None

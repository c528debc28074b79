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
    """The learner's school.

    Attributes:
        id: As the roster has it.
        name: For people; may be empty.
    """

    id: str
    name: str = ""


class ProfileCourse(Said):
    """A course the learner is enrolled in.

    Attributes:
        id: As the roster has it.
        code: Such as `MATH-3`; may be empty.
        name: For people; may be empty.
    """

    id: str
    code: str = ""
    name: str = ""


class Goals(Said):
    """What the learner is to reach each day; each is `None` where no goal is set.

    Attributes:
        daily_xp: Experience points.
        daily_lessons: Lessons.
        daily_active_minutes: Active time, in minutes.
        daily_accuracy: How many answers are to be right, as the server counts it.
        daily_mastered_units: Units.
    """

    daily_xp: float | None = None
    daily_lessons: float | None = None
    daily_active_minutes: float | None = None
    daily_accuracy: float | None = None
    daily_mastered_units: float | None = None


class Xp(Said):
    """Experience points.

    Attributes:
        today: Of today.
        all: Of all days.
    """

    today: float = 0
    all: float = 0


class Profile(Said):
    """The signed-in learner (`GET /user/me`).

    Attributes:
        id: Timeback's id of the learner.
        email: What they are known by.
        name: The full name, if Timeback has one.
        school: Where they are enrolled, if anywhere.
        grade: Their grade, if they have one.
        courses: What they are enrolled in.
        goals: What they are to reach each day, if that is set.
        xp: The points they have.
    """

    id: str
    email: str
    name: str | None = None
    school: School | None = None
    grade: int | None = None
    courses: list[ProfileCourse] = []
    goals: Goals | None = None
    xp: Xp | None = None


class Verification(Said):
    """Whether Timeback knows the signed-in learner (`GET /user/verify`).

    Attributes:
        verified: Whether it does.
        timeback_id: Timeback's id of the learner, if it does.
    """

    verified: bool
    timeback_id: str | None = None

"""Bodies as the official server reads them: strictly, by pydantic.

The page writes them without it (`timeback_web.delivery.wire`), so that a page need not load it;
what is read here has been checked by somebody else.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class _Body(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", frozen=True, strict=True)


class CourseSelector(_Body):
    """`{subject, grade}` or `{code}`."""

    subject: str | None = None
    grade: int | None = None
    code: str | None = None


class _About(_Body):
    id: str
    name: str
    course: CourseSelector
    run_id: str


class Heartbeat(_About):
    """Body of `POST {base_url}/activity/heartbeat`: one window.

    Attributes:
        id: The activity.
        name: For people.
        course: Its `subject` and `grade`, or its `code`.
        run_id: The run.
        started_at: When it begins, as ISO 8601 in UTC.
        ended_at: When it ends.
        elapsed_ms: Active milliseconds.
        paused_ms: The others.
    """

    started_at: str
    ended_at: str
    elapsed_ms: int
    paused_ms: int


class SubmitMetrics(_Body):
    """The `metrics` of a submit."""

    xp_earned: int | float
    total_questions: int | None = None
    correct_questions: int | None = None
    mastered_units: int | None = None


class Submit(_About):
    """Body of `POST {base_url}/activity/submit`: the completion of a single-session activity.

    Attributes:
        id: The activity.
        name: For people.
        course: Its `subject` and `grade`, or its `code`.
        run_id: The run.
        ended_at: When it was completed, as ISO 8601 in UTC.
        metrics: `xp_earned`, `total_questions`, `correct_questions`, `mastered_units`.
        pct_complete: In per cent, if it was given.
        process: As given to `start()`.
    """

    ended_at: str
    metrics: SubmitMetrics
    pct_complete: int | float | None = None
    process: bool | None = None

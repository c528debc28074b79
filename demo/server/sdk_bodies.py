"""What the SDK's routes read, for the description of the interface. The SDK itself checks it."""

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, Field

from .bodies import Wire

SDK = "/api/timeback"

Text = Annotated[str, Field(min_length=1)]
Milliseconds = Annotated[int, Field(ge=0)]


class ByGrade(Wire):
    """A course by its subject and grade."""

    subject: Text
    grade: Annotated[int, Field(ge=0, le=12)]


class ByCode(Wire):
    """A course by its code."""

    code: Text


class _Activity(Wire):
    id: Text
    name: Text
    course: ByGrade | ByCode
    run_id: Annotated[str, Field(pattern=r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")]
    ended_at: AwareDatetime


class Heartbeat(_Activity):
    """A window of a run: `[startedAt, endedAt)`, active and paused."""

    started_at: AwareDatetime
    elapsed_ms: Milliseconds
    paused_ms: Milliseconds


class SubmittedMetrics(Wire):
    """How it went."""

    xp_earned: float
    total_questions: Annotated[int, Field(ge=0)] | None = None
    correct_questions: Annotated[int, Field(ge=0)] | None = None
    mastered_units: Annotated[int, Field(ge=0)] | None = None


class Submit(_Activity):
    """The completion of an activity of a single session."""

    metrics: SubmittedMetrics
    pct_complete: float | None = None
    process: bool | None = None


SDK_BODIES: dict[str, type[BaseModel]] = {
    "/activity/heartbeat": Heartbeat,
    "/activity/submit": Submit,
}
"""By path below `SDK`."""

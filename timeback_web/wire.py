"""What goes on the wire, exactly as the official server reads it.

Field names are camelCase, times ISO 8601 in UTC with milliseconds, durations JSON integers (the
server refuses `15000.0`). Source: `timeback-sdk` 0.4.0, `server/handlers/activity/schema.py`.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Self

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

if TYPE_CHECKING:
    from timeback_web.options import Course, Metrics
    from timeback_web.window import Window

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def iso_ms(wall_ms: int) -> str:
    """Milliseconds since the epoch as ISO 8601: integers all the way, no float may round."""
    moment = _EPOCH + timedelta(milliseconds=wall_ms)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class _Wire(BaseModel):
    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        frozen=True,
        defer_build=True,  # built when first used: a page that boots has better things to do
    )

    def encode(self) -> str:
        """As JSON text; what is `None` is left out."""
        return self.model_dump_json(by_alias=True, exclude_none=True)


class WireCourse(_Wire):
    """`{subject, grade}` or `{code}`."""

    subject: str | None = None
    grade: int | None = None
    code: str | None = None


class ActivityRef(_Wire):
    """Which activity, and which run of it."""

    id: str
    name: str
    course: WireCourse
    run_id: str


class Heartbeat(ActivityRef):
    """Body of `POST {base_url}/activity/heartbeat`; `started_at` and `ended_at` are ISO 8601."""

    started_at: str
    ended_at: str
    elapsed_ms: int
    paused_ms: int

    @classmethod
    def of(cls, activity: ActivityRef, window: Window) -> Self:
        """The heartbeat that reports `window`."""
        return cls(
            id=activity.id,
            name=activity.name,
            course=activity.course,
            run_id=activity.run_id,
            started_at=iso_ms(window.started_at_ms),
            ended_at=iso_ms(window.ended_at_ms),
            elapsed_ms=window.elapsed_ms,
            paused_ms=window.paused_ms,
        )


class SubmitMetrics(_Wire):
    """The `metrics` of a submit."""

    xp_earned: int | float
    total_questions: int | None = None
    correct_questions: int | None = None
    mastered_units: int | None = None


class Submit(ActivityRef):
    """Body of `POST {base_url}/activity/submit`."""

    ended_at: str
    metrics: SubmitMetrics
    pct_complete: int | float | None = None
    process: bool | None = None

    @classmethod
    def of(
        cls, activity: ActivityRef, metrics: Metrics, *, ended_at_ms: int, process: bool | None
    ) -> Self:
        """The completion of a single-session activity."""
        return cls(
            id=activity.id,
            name=activity.name,
            course=activity.course,
            run_id=activity.run_id,
            ended_at=iso_ms(ended_at_ms),
            metrics=SubmitMetrics(
                xp_earned=metrics.xp_earned,
                total_questions=metrics.total_questions,
                correct_questions=metrics.correct_questions,
                mastered_units=metrics.mastered_units,
            ),
            pct_complete=metrics.pct_complete,
            process=process,
        )


def wire_course(course: Course) -> WireCourse:
    """The selector as the server reads it."""
    return WireCourse(subject=course.subject, grade=course.grade, code=course.code)

"""What `start()` and `end(metrics)` take, as pydantic says it: somebody else's word for our checks.

The page goes without pydantic (`timeback_web.validation` says why), so here is the same, declared.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StringConstraints,
    model_validator,
)
from pydantic.alias_generators import to_camel


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be blank")
    return text


type Text = Annotated[
    str, StringConstraints(strict=True, max_length=2_000), AfterValidator(_not_blank)
]
type Number = StrictInt | Annotated[float, Field(strict=True, allow_inf_nan=False)]
type Count = Annotated[StrictInt, Field(ge=0)]


class _Model(BaseModel):
    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_name=True, validate_by_alias=True, extra="forbid"
    )


class CourseModel(_Model):
    subject: Text | None = None
    grade: StrictInt | None = None
    code: Text | None = None

    @model_validator(mode="after")
    def _is_one_selector(self) -> Self:
        if self.code is None and (self.subject is None or self.grade is None):
            raise ValueError("half a selector")
        if self.code is not None and (self.subject is not None or self.grade is not None):
            raise ValueError("two selectors")
        return self


class TimeModel(_Model):
    heartbeat_ms: Annotated[StrictInt, Field(ge=100, le=600_000)] = 15_000
    stall_limit_ms: Annotated[StrictInt, Field(ge=1_000)] = 60_000
    idle_after_ms: Annotated[StrictInt, Field(ge=1_000)] | None = None
    since: Literal["start", "navigation"] = "start"


class StartModel(_Model):
    id: Text
    name: Text
    course: CourseModel | None = None
    run_id: Text | None = None
    time: TimeModel | StrictBool = True
    process: StrictBool | None = None
    on_error: Callable[..., object] | None = None
    on_pause: Callable[..., object] | None = None
    on_resume: Callable[..., object] | None = None
    on_flush: Callable[..., object] | None = None


class MetricsModel(_Model):
    xp_earned: Number
    total_questions: Count | None = None
    correct_questions: Count | None = None
    mastered_units: Count | None = None
    pct_complete: Number | None = None

    @model_validator(mode="after")
    def _questions_come_together(self) -> Self:
        if (self.total_questions is None) != (self.correct_questions is None):
            raise ValueError("one without the other")
        if (self.correct_questions or 0) > (self.total_questions or 0):
            raise ValueError("more than there are")
        return self

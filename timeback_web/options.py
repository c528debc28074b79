"""What the app passes in: validated by pydantic before anything else happens.

Every model takes snake_case names or the camelCase of the TypeScript reference, so that a snippet
translates key for key. The browser must not be stricter than the server it talks to (newer servers
know more subjects than older ones): values are checked for their shape, not against lists.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StrictInt,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic.alias_generators import to_camel

from timeback_web.errors import InvalidOptionsError

MAX_TEXT_CHARS = 2_000
"""A heartbeat must fit many times into the 64 KiB that a closing page may have in flight."""


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be blank")
    return text


type Text = Annotated[
    str, StringConstraints(strict=True, max_length=MAX_TEXT_CHARS), AfterValidator(_not_blank)
]
type WholeNumber = Annotated[int, Field(strict=True)]
type Number = StrictInt | Annotated[float, Field(strict=True, allow_inf_nan=False)]


class Options(BaseModel):
    """Base of the models that the app fills in.

    Where the app gives a mapping, what is wrong raises `InvalidOptionsError`; making one of these
    directly raises pydantic's `ValidationError` (a `ValueError`, too).
    """

    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        extra="forbid",
        frozen=True,
        arbitrary_types_allowed=True,
        hide_input_in_errors=True,
        defer_build=True,  # most pages use two of these
    )


class Course(Options):
    """A course: by `subject` and `grade`, or by `code`.

    Use the same selector as the server's `record()`: the platform makes different objects of
    `{"subject": "Math", "grade": 3}` and `{"code": "MATH-3"}`.
    """

    subject: Text | None = None
    grade: WholeNumber | None = None
    code: Text | None = None

    @model_validator(mode="after")
    def _is_one_selector(self) -> Self:
        by_grade = self.subject is not None and self.grade is not None
        by_code = self.code is not None
        parts = (self.subject, self.grade)
        if by_code == by_grade or (by_code and parts != (None, None)):
            raise ValueError("give either subject and grade, or code")
        return self


class TimeOptions(Options):
    """How time is tracked.

    Attributes:
        heartbeat_ms: Length of a window while the learner works; 15,000 as in the reference client.
            From 100 to 600,000: seconds given by mistake are refused.
        stall_limit_ms: The longest standstill of a visible page that still counts as active.
        idle_after_ms: After so much time in sight without any input (keys, pointer, touch, wheel,
            scrolling) nobody is there: what was counted since the last input is taken back. From
            1,000; left out, inputs are not watched, for who reads or listens makes none.
        since: `"navigation"` also counts what the learner saw of the page before `start()`, while
            Python was booting; for the first session of a client, and where the browser lists its
            visibility changes (Chromium). `"start"`: from the call on.
    """

    heartbeat_ms: Annotated[int, Field(strict=True, ge=100, le=600_000)] = 15_000
    stall_limit_ms: Annotated[int, Field(strict=True, ge=1_000)] = 60_000
    idle_after_ms: Annotated[int, Field(strict=True, ge=1_000)] | None = None
    since: Literal["start", "navigation"] = "start"


class Metrics(Options):
    """The result of a single-session activity, for `end(metrics)`.

    `xp_earned` may be negative. `total_questions` and `correct_questions` come together. The
    reference client's `time` is not taken: the submit route has no field for it, and the time is
    what the heartbeats counted.
    """

    xp_earned: Number
    total_questions: Annotated[int, Field(strict=True, ge=0)] | None = None
    correct_questions: Annotated[int, Field(strict=True, ge=0)] | None = None
    mastered_units: Annotated[int, Field(strict=True, ge=0)] | None = None
    pct_complete: Number | None = None

    @model_validator(mode="after")
    def _questions_come_together(self) -> Self:
        total, correct = self.total_questions, self.correct_questions
        if (total is None) != (correct is None):
            raise ValueError("total_questions and correct_questions come together")
        if total is not None and correct is not None and correct > total:
            raise ValueError("correct_questions is more than total_questions")
        return self


class StartOptions(Options):
    """Everything `activity.start()` takes."""

    id: Text
    name: Text
    course: Course | None = None
    run_id: Text | None = None
    time: TimeOptions | Annotated[bool, Field(strict=True)] = True
    process: Annotated[bool, Field(strict=True)] | None = None
    on_error: Callable[..., object] | None = None
    on_pause: Callable[..., object] | None = None
    on_resume: Callable[..., object] | None = None
    on_flush: Callable[..., object] | None = None

    @property
    def time_options(self) -> TimeOptions | None:
        """How to track time; `None` for `time=False`."""
        if isinstance(self.time, TimeOptions):
            return self.time
        return TimeOptions() if self.time else None


def parse[Model: Options](
    model: type[Model], given: Mapping[str, Any] | Model, *, name: str = "options", prefix: str = ""
) -> Model:
    """Validate what the app gave.

    Args:
        model: What it should be.
        given: What it is.
        name: What the app calls all of it.
        prefix: What goes before the names of its fields.

    Raises:
        InvalidOptionsError: Naming the first field that is wrong, in the app's own spelling.
    """
    if isinstance(given, model):
        return given
    if not isinstance(given, Mapping):
        raise InvalidOptionsError(name, f"expected a mapping, got {type(given).__name__}")
    _refuse_both_spellings(model, given)
    try:
        return model.model_validate(dict(given))
    except ValidationError as error:
        field, reason = _first_problem(error, given)
        raise InvalidOptionsError(prefix + field if field else name, reason) from None


def _refuse_both_spellings(model: type[Options], given: Mapping[str, Any]) -> None:
    for name in model.model_fields:
        if to_camel(name) != name and name in given and to_camel(name) in given:
            raise InvalidOptionsError(name, f"given twice, also as {to_camel(name)}")


_BRANCHES = frozenset({"TimeOptions", "bool", "int", "float"})
"""A union puts the branch it tried into the path of an error; the app has never heard of it."""


def _first_problem(error: ValidationError, given: Mapping[str, Any]) -> tuple[str, str]:
    """Dotted name of the first field that is wrong, and what is wrong with it."""
    problem = error.errors(include_url=False, include_context=False, include_input=False)[0]
    path = [part for level, part in enumerate(problem["loc"]) if not level or part not in _BRANCHES]
    reason = problem["msg"].removeprefix("Value error, ")
    if problem["type"] == "extra_forbidden":
        reason = "there is no such option"
    return _as_spelled(path, given), reason


def _as_spelled(path: list[str | int], given: Mapping[str, Any]) -> str:
    """Pydantic reports aliases; the app may have written the snake_case name."""
    names = []
    level: Any = given
    for part in path:
        snake = "".join(f"_{char.lower()}" if char.isupper() else char for char in str(part))
        spelled = str(part) if isinstance(level, Mapping) and part in level else snake
        names.append(spelled)
        level = level.get(spelled) if isinstance(level, Mapping) else None
    return ".".join(names)

"""What the app passes in: checked before anything else happens.

Everything takes snake_case names or the camelCase of the TypeScript reference, so that a snippet
translates key for key. The browser must not be stricter than the server it talks to (newer servers
know more subjects than older ones): values are checked for their shape, not against lists.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, fields
from typing import Any, Literal

from timeback_web.errors import InvalidOptionsError
from timeback_web.validation import flag, function, number, text, whole


class Options:
    """Base of what the app fills in, as keywords of its own or as a mapping (`parse`).

    Raises:
        InvalidOptionsError: A value is wrong. `field` is empty where no single one is to blame.
    """

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Course(Options):
    """A course: by `subject` and `grade`, or by `code`.

    Use the same selector as the server's `record()`: the platform makes different objects of
    `{"subject": "Math", "grade": 3}` and `{"code": "MATH-3"}`.

    Attributes:
        subject: Such as `"Math"`; which ones there are is the server's to say.
        grade: A whole number, given with `subject`.
        code: Such as `"MATH-3"`, instead of the other two.
    """

    subject: str | None = None
    grade: int | None = None
    code: str | None = None

    def __post_init__(self) -> None:
        """Check the parts, then the whole."""
        _unless_none(text, self, "subject", "code")
        _unless_none(whole, self, "grade")
        by_grade = self.subject is not None and self.grade is not None
        by_code = self.code is not None
        parts = (self.subject, self.grade)
        if by_code == by_grade or (by_code and parts != (None, None)):
            raise InvalidOptionsError("", "give either subject and grade, or code")


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeOptions(Options):
    """How time is tracked.

    Attributes:
        heartbeat_ms: Length of a window while the learner works; 15,000 as in the reference client.
            From 100 to 600,000: seconds given by mistake are refused.
        stall_limit_ms: The longest standstill of a visible page that still counts as active;
            60,000. From 1,000.
        idle_after_ms: After so much time in sight without any input (keys, pointer, touch, wheel,
            scrolling) nobody is there: what was counted since the last input is taken back. From
            1,000; left out, inputs are not watched, for who reads or listens makes none.
        since: `"navigation"` also counts what the learner saw of the page before `start()`, while
            Python was booting; for the first session of a client, and where the browser lists its
            visibility changes (Chromium). `"start"`: from the call on.
    """

    heartbeat_ms: int = 15_000
    stall_limit_ms: int = 60_000
    idle_after_ms: int | None = None
    since: Literal["start", "navigation"] = "start"

    def __post_init__(self) -> None:
        """Check the values."""
        whole("heartbeat_ms", self.heartbeat_ms, at_least=100, at_most=600_000)
        whole("stall_limit_ms", self.stall_limit_ms, at_least=1_000)
        if self.idle_after_ms is not None:
            whole("idle_after_ms", self.idle_after_ms, at_least=1_000)
        if self.since not in ("start", "navigation"):
            raise InvalidOptionsError("since", "expected 'start' or 'navigation'")


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics(Options):
    """The result of a single-session activity, for `end(metrics)`.

    The reference client's `time` is not taken: the submit route has no field for it, and the time
    is what the heartbeats counted.

    Attributes:
        xp_earned: Experience points; may be negative.
        total_questions: How many there were; given with `correct_questions`.
        correct_questions: How many of them were answered rightly.
        mastered_units: How many units the learner has mastered by it, from 0.
        pct_complete: How much of the course is done, in per cent; the server keeps it in 0 to 100.
    """

    xp_earned: int | float
    total_questions: int | None = None
    correct_questions: int | None = None
    mastered_units: int | None = None
    pct_complete: int | float | None = None

    def __post_init__(self) -> None:
        """Check the values, then that they go together."""
        number("xp_earned", self.xp_earned)
        _unless_none(number, self, "pct_complete")
        for name in ("total_questions", "correct_questions", "mastered_units"):
            if (value := getattr(self, name)) is not None:
                whole(name, value, at_least=0)
        total, correct = self.total_questions, self.correct_questions
        if (total is None) != (correct is None):
            raise InvalidOptionsError("", "total_questions and correct_questions come together")
        if total is not None and correct is not None and correct > total:
            raise InvalidOptionsError("", "correct_questions is more than total_questions")


@dataclass(frozen=True, slots=True, kw_only=True)
class StartOptions(Options):
    """Everything `activity.start()` takes; made by `parse`, which reads the nested ones, too.

    Attributes:
        id: The activity, the same in each session and in the server's `record()`.
        name: For people.
        course: By subject and grade, or by code; may be left out when the client has a
            `default_course`.
        run_id: The run to resume: any unique string. `None` makes a new one, a UUID 4.
        time: `True`, or `TimeOptions`. `False` where the server keeps the time: no heartbeat, no
            timer, no listener.
        process: Passed on with `end(metrics)`: whether the server is to process the result.
        on_error: `on_error(error, context)`, a `TimebackError` and an `ErrorContext`: trouble with
            delivery, or a callback that has failed. Else the client's `on_error`, else logged.
        on_pause: `on_pause()`: active time has stopped.
        on_resume: `on_resume()`: it goes on.
        on_flush: `on_flush(elapsed_ms)`: a window with so many active milliseconds was delivered.
    """

    id: str
    name: str
    course: Course | None = None
    run_id: str | None = None
    time: TimeOptions | bool = True
    process: bool | None = None
    on_error: Callable[..., object] | None = None
    on_pause: Callable[..., object] | None = None
    on_resume: Callable[..., object] | None = None
    on_flush: Callable[..., object] | None = None

    def __post_init__(self) -> None:
        """Check the values, and read the nested ones."""
        text("id", self.id)
        text("name", self.name)
        _unless_none(text, self, "run_id")
        _unless_none(flag, self, "process")
        _unless_none(function, self, "on_error", "on_pause", "on_resume", "on_flush")
        if self.course is not None:
            self._set("course", parse(Course, self.course, name="course", prefix="course."))
        if not isinstance(self.time, bool):
            self._set("time", parse(TimeOptions, self.time, name="time", prefix="time."))

    @property
    def time_options(self) -> TimeOptions | None:
        """How to track time; `None` for `time=False`."""
        if isinstance(self.time, TimeOptions):
            return self.time
        return TimeOptions() if self.time else None

    def _set(self, name: str, value: Options) -> None:
        object.__setattr__(self, name, value)  # frozen for everybody else


def parse[Model: (Course, TimeOptions, Metrics, StartOptions)](
    model: type[Model], given: Mapping[str, Any] | Model, *, name: str = "options", prefix: str = ""
) -> Model:
    """Check what the app gave, and read it.

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
    spelled = _spellings(model, given, prefix)
    try:
        return model(**{field: given[spelling] for field, spelling in spelled.items()})
    except InvalidOptionsError as error:
        field, dot, rest = error.field.partition(".")
        wrong = f"{prefix}{spelled[field]}{dot}{rest}" if field else name
        raise InvalidOptionsError(wrong, error.reason) from None


def _spellings(model: type[Options], given: Mapping[str, Any], prefix: str) -> dict[str, str]:
    """Which field each name of `given` stands for, as `{field: name}`; every required one is."""
    spelled: dict[str, str] = {}
    names, required = _names(model)
    for name in given:
        field = names.get(name)
        if field is None:
            raise InvalidOptionsError(f"{prefix}{name}", "there is no such option")
        if field in spelled:
            raise InvalidOptionsError(prefix + field, f"given twice, also as {_camel(field)}")
        spelled[field] = name
    for field in required:
        if field not in spelled:
            raise InvalidOptionsError(prefix + field, "required")
    return spelled


def _names(model: type[Any]) -> tuple[dict[str, str], list[str]]:
    """`{name: field}` with both spellings of every field, and the fields that are required."""
    found: tuple[Field[Any], ...] = fields(model)
    names = {spelling: one.name for one in found for spelling in (one.name, _camel(one.name))}
    return names, [one.name for one in found if one.default is MISSING]


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.title() for part in rest)


def _unless_none(check: Callable[[str, object], None], options: Options, *names: str) -> None:
    for name in names:
        if (value := getattr(options, name)) is not None:
            check(name, value)

"""The lessons: data files in `demo/lessons`, checked when the server starts."""

import tomllib
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Text = Annotated[str, Field(min_length=1)]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]


class _Content(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Shaded(_Content, ABC):
    """What is cut into parts, the first of them shaded.

    Class attributes:
        max_wholes: How many of it are drawn at most: a fraction may be bigger than one.
    """

    max_wholes: ClassVar[int] = 1
    shaded: int = Field(ge=0)

    @property
    @abstractmethod
    def all_parts(self) -> int:
        """How many parts a whole has."""

    @model_validator(mode="after")
    def _not_more_than_there_are(self) -> Self:
        if self.shaded > self.all_parts * self.max_wholes:
            raise ValueError("shaded must not exceed the parts that there are")
        return self


class Parts(_Shaded):
    """A bar or a pie in equal parts."""

    shape: Literal["bar", "pie"]
    parts: int = Field(ge=1, le=24)

    @property
    def all_parts(self) -> int:
        """As many as are said."""
        return self.parts


class Wholes(_Shaded):
    """Circles in equal parts, as many as the shaded parts need."""

    max_wholes = 4
    shape: Literal["wholes"]
    parts: int = Field(ge=2, le=12)

    @property
    def all_parts(self) -> int:
        """Of one circle."""
        return self.parts


class Grid(_Shaded):
    """Squares in rows and columns."""

    shape: Literal["grid"]
    rows: int = Field(ge=1, le=8)
    columns: int = Field(ge=1, le=8)

    @property
    def all_parts(self) -> int:
        """All squares."""
        return self.rows * self.columns


class Things(_Shaded):
    """A set of stars, some of them filled in."""

    shape: Literal["set"]
    count: int = Field(ge=1, le=16)

    @property
    def all_parts(self) -> int:
        """All stars."""
        return self.count


class Cut(_Shaded):
    """A bar in parts of different widths: to see that thirds have to be equal."""

    shape: Literal["cut"]
    widths: list[Annotated[int, Field(ge=1, le=12)]] = Field(min_length=2, max_length=12)

    @property
    def all_parts(self) -> int:
        """All parts, wide or not."""
        return len(self.widths)

    @model_validator(mode="after")
    def _not_equal(self) -> Self:
        if len(set(self.widths)) == 1:
            raise ValueError("parts of one width are a bar")
        return self


class NumberLine(_Content):
    """A line from 0 to `wholes`, each whole in equal steps, with a dot `mark` steps from 0."""

    shape: Literal["line"]
    parts: int = Field(ge=2, le=12)
    wholes: int = Field(ge=1, le=3)
    mark: int = Field(ge=0)

    @model_validator(mode="after")
    def _dot_is_on_the_line(self) -> Self:
        if self.mark > self.parts * self.wholes:
            raise ValueError("mark must not lie beyond the line")
        return self


class Clock(_Content):
    """The face of a clock."""

    shape: Literal["clock"]
    hour: int = Field(ge=1, le=12)
    minute: int = Field(ge=0, le=59)


class Pair(_Content):
    """Two pictures to compare, named A and B."""

    shape: Literal["pair"]
    a: Annotated[Parts | Cut, Field(discriminator="shape")]
    b: Annotated[Parts | Cut, Field(discriminator="shape")]


type Picture = Annotated[
    Parts | Wholes | Grid | Things | Cut | NumberLine | Clock | Pair, Field(discriminator="shape")
]


class Course(_Content):
    """The one course selector of a lesson, the same for heartbeats and completion.

    With two selectors the platform would see two activities: the selector is part of `object.id`.
    """

    subject: Text
    grade: int = Field(ge=0, le=12)


class Question(_Content):
    """A question with choices, one of them right."""

    id: Slug
    prompt: Text
    picture: Picture | None = None
    choices: list[Text] = Field(min_length=2, max_length=6)
    answer: int = Field(ge=0)
    explanation: Text

    @model_validator(mode="after")
    def _answer_is_a_choice(self) -> Self:
        if self.answer >= len(self.choices):
            raise ValueError("answer must be the index of a choice")
        if len(set(self.choices)) < len(self.choices):
            raise ValueError("two choices are the same")
        return self

    def shown(self) -> dict[str, Any]:
        """The question as the page gets it: without its answer."""
        hidden = {"answer", "explanation"}
        return self.model_dump(exclude=hidden, exclude_none=True)


class Lesson(_Content):
    """A lesson. `time` says who counts it: the page's `heartbeats`, or the `server`."""

    id: Slug
    name: Text
    summary: Text
    time: Literal["heartbeats", "server"]
    xp_per_correct: int = Field(ge=0)
    course: Course
    questions: list[Question] = Field(min_length=1)

    @model_validator(mode="after")
    def _question_ids_are_unique(self) -> Self:
        if len({question.id for question in self.questions}) < len(self.questions):
            raise ValueError("two questions have the same id")
        return self

    def question(self, question_id: str) -> Question | None:
        """The question of that id, if the lesson has it."""
        return next((each for each in self.questions if each.id == question_id), None)


type Catalogue = Mapping[str, Lesson]
"""Lessons by id, in the order of the file names."""


def load_catalogue(folder: Path) -> Catalogue:
    """Read all lessons of a folder.

    Raises:
        ValueError: A file is not TOML, or not a lesson, or its id is not the file's name.
    """
    lessons = [_load(path) for path in sorted(folder.glob("*.toml"))]
    return {lesson.id: lesson for lesson in lessons}


def _load(path: Path) -> Lesson:
    try:
        lesson = Lesson.model_validate(tomllib.loads(path.read_text("utf-8")))
    except ValueError as error:
        raise ValueError(f"{path.name}: {error}") from error
    if lesson.id != path.stem:
        raise ValueError(f"{path.name}: the id is {lesson.id!r}, not the name of the file")
    return lesson

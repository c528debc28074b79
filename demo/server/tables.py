"""The tables. What must be unique is unique here, so races are decided by the database.

Times are whole milliseconds since 1970 (`_ms`).
"""

from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

# SQLite numbers rows by itself only in a column of the very type INTEGER.
RowId = BigInteger().with_variant(Integer, "sqlite")


class Base(DeclarativeBase):
    """All tables of the demo."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {int: BigInteger, dict[str, Any]: JSON}


class Learner(Base):
    """Somebody who can sign in."""

    __tablename__ = "learners"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    email: Mapped[str] = mapped_column(String(254), unique=True)


class Attempt(Base):
    """A learner's progress in one attempt at a lesson; named by `run_id` once it is started."""

    __tablename__ = "attempts"
    __table_args__ = (UniqueConstraint("learner_id", "lesson_id", "number"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    learner_id: Mapped[str] = mapped_column(ForeignKey("learners.id"))
    lesson_id: Mapped[str] = mapped_column(String(80))
    number: Mapped[int]
    run_id: Mapped[str | None] = mapped_column(String(36), unique=True)
    opened_at_ms: Mapped[int]

    learner: Mapped[Learner] = relationship()
    answers: Mapped[list["Answer"]] = relationship(order_by="Answer.answered_at_ms")
    sessions: Mapped[list["LessonSession"]] = relationship(order_by="LessonSession.opened_at_ms")
    completion: Mapped["Completion | None"] = relationship(back_populates="attempt")


class Answer(Base):
    """The first answer to a question; it stands."""

    __tablename__ = "answers"

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"), primary_key=True)
    question_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    choice: Mapped[int]
    correct: Mapped[bool]
    answered_at_ms: Mapped[int]


class LessonSession(Base):
    """One session of a lesson whose time the server keeps."""

    __tablename__ = "lesson_sessions"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"), index=True)
    opened_at_ms: Mapped[int]
    last_seen_at_ms: Mapped[int]
    closed_at_ms: Mapped[int | None]
    active_ms: Mapped[int] = mapped_column(default=0)
    inactive_ms: Mapped[int] = mapped_column(default=0)


class Completion(Base):
    """A finished run, and how far the news of it has got.

    `state` is `pending` until the platform has taken all events, then `recorded`; `failed` when
    the SDK refuses it for good (`error` says why). The time columns are set only where the server
    keeps the time. `activity_event` and `time_event` are the events as first sent: a retry sends
    these very ones.
    """

    __tablename__ = "completions"
    __table_args__ = (Index("completions_due", "state", "next_try_at_ms"),)

    run_id: Mapped[str] = mapped_column(ForeignKey("attempts.run_id"), primary_key=True)
    state: Mapped[str] = mapped_column(String(10), default="pending")
    error: Mapped[str | None]
    total_questions: Mapped[int]
    correct_questions: Mapped[int]
    xp_earned: Mapped[int]
    completed_at_ms: Mapped[int]
    started_at_ms: Mapped[int | None]
    active_ms: Mapped[int | None]
    inactive_ms: Mapped[int | None]

    tries: Mapped[int] = mapped_column(default=0)
    next_try_at_ms: Mapped[int]
    lease: Mapped[str | None] = mapped_column(String(32))
    leased_until_ms: Mapped[int] = mapped_column(default=0)
    activity_event: Mapped[dict[str, Any] | None]
    activity_taken: Mapped[bool] = mapped_column(default=False)
    time_event: Mapped[dict[str, Any] | None]

    attempt: Mapped[Attempt] = relationship(back_populates="completion")


class HeartbeatWindow(Base):
    """A window that a heartbeat has reported, and how far it has got.

    `under_way_until_ms` is 0 once the window is counted; until then it says how long whoever passes
    it on may take. `id` names the learner, the run and the start: see `count_once`.
    """

    __tablename__ = "heartbeat_windows"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    first_seen_at_ms: Mapped[int] = mapped_column(index=True)
    under_way_until_ms: Mapped[int]


class PlatformEvent(Base):
    """One Caliper event. `source` says who kept it: the local `platform`, or we as we `sent` it."""

    __tablename__ = "platform_events"
    __table_args__ = (
        UniqueConstraint("source", "event_id"),
        Index("platform_events_of_run", "email", "run_id"),
    )

    seq: Mapped[int] = mapped_column(RowId, primary_key=True)
    source: Mapped[str] = mapped_column(String(8))
    event_id: Mapped[str] = mapped_column(String(200))
    type: Mapped[str] = mapped_column(String(40))
    email: Mapped[str] = mapped_column(String(254))
    run_id: Mapped[str | None] = mapped_column(String(200))
    event_time_ms: Mapped[int]
    received_at_ms: Mapped[int]
    body: Mapped[dict[str, Any]]


class GradebookEntry(Base):
    """A line item or a result in the local platform's gradebook."""

    __tablename__ = "gradebook_entries"
    __table_args__ = (Index("gradebook_results", "line_item_id", "student_id"),)

    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    id: Mapped[str] = mapped_column(String(200), primary_key=True)
    line_item_id: Mapped[str | None] = mapped_column(String(200))
    student_id: Mapped[str | None] = mapped_column(String(200))
    body: Mapped[dict[str, Any]]

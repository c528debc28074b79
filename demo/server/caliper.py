"""Caliper events: the shape that is taken, and the rows they are kept in."""

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from .database import insert_new
from .tables import PlatformEvent
from .times import EPOCH, LATEST, now_ms, to_ms

type Source = Literal["platform", "sent"]
"""Who kept an event: the local platform as it arrived, or this server as it sent it."""

YEAR_S = 366 * 24 * 3600
RUN_URN = r"^urn:uuid:[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
Text = Annotated[str, Field(min_length=1, max_length=1000)]


class _Shape(BaseModel):
    """Fields that are read here; others may come along."""

    model_config = ConfigDict(extra="allow", frozen=True)


class Actor(_Shape):
    """Who did it."""

    id: Text
    type: Literal["TimebackUser"]
    email: Text


class Context(_Shape):
    """The activity it was done in."""

    id: Text
    type: Literal["TimebackActivityContext"]
    subject: Text
    app: dict[str, Any]
    process: bool = True


class TimeMetric(_Shape):
    """Seconds of one kind."""

    type: Literal["active", "inactive", "waste", "unknown", "anti-pattern"]
    value: float = Field(ge=0, le=YEAR_S, allow_inf_nan=False)


class TimeMetrics(_Shape):
    """How the time was spent."""

    id: Text
    type: Literal["TimebackTimeSpentMetricsCollection"]
    items: list[TimeMetric] = Field(min_length=1)


class ActivityMetric(_Shape):
    """One result."""

    type: Literal["xpEarned", "totalQuestions", "correctQuestions", "masteredUnits"]
    value: float = Field(allow_inf_nan=False)


class ActivityMetrics(_Shape):
    """How the activity went."""

    id: Text
    type: Literal["TimebackActivityMetricsCollection"]
    items: list[ActivityMetric] = Field(min_length=1)
    attempt: int | None = Field(default=None, ge=1)


class _Event(_Shape):
    id: Annotated[str, Field(pattern=r"^urn:uuid:\S+$", max_length=200)]
    actor: Actor
    object: Context
    event_time: Annotated[AwareDatetime, Field(alias="eventTime", ge=EPOCH, lt=LATEST)]
    profile: Literal["TimebackProfile"]
    session: Annotated[str, Field(pattern=RUN_URN)] | None = None
    extensions: dict[str, Any] | None = None

    @property
    def run_id(self) -> str | None:
        """The run it belongs to, in lower case."""
        return self.session.removeprefix("urn:uuid:").lower() if self.session else None


class TimeSpent(_Event):
    """So much time, up to `event_time`."""

    type: Literal["TimeSpentEvent"]
    action: Literal["SpentTime"]
    generated: TimeMetrics


class ActivityCompleted(_Event):
    """The activity is done."""

    type: Literal["ActivityEvent"]
    action: Literal["Completed"]
    generated: ActivityMetrics


type Event = Annotated[TimeSpent | ActivityCompleted, Field(discriminator="type")]
EVENT: TypeAdapter[TimeSpent | ActivityCompleted] = TypeAdapter(Event)
"""Reads one event, and refuses what is none with a `pydantic.ValidationError`."""


class Envelope(_Shape):
    """What the SDK posts: events, and the sensor that saw them."""

    sensor: Annotated[str, Field(pattern=r"^https?://")]
    send_time: Annotated[AwareDatetime, Field(alias="sendTime")]
    data_version: Annotated[
        Literal["http://purl.imsglobal.org/ctx/caliper/v1p2"], Field(alias="dataVersion")
    ]
    data: list[Event] = Field(min_length=1, max_length=100)


def keep(
    session: Session, source: Source, event: TimeSpent | ActivityCompleted, body: dict[str, Any]
) -> bool:
    """Keep an event once, however often it comes; say whether it is new.

    Args:
        session: A writing transaction.
        source: Who keeps it.
        event: The event as read.
        body: The event as it came, which is what is kept.
    """
    return insert_new(
        session,
        PlatformEvent,
        source=source,
        event_id=event.id,
        type=event.type,
        email=event.actor.email,
        run_id=event.run_id,
        event_time_ms=to_ms(event.event_time),
        received_at_ms=now_ms(),
        body=body,
    )


def events_of(
    session: Session, source: Source, email: str, run_id: str | None = None
) -> list[PlatformEvent]:
    """A learner's events in order of arrival, of one run or of all."""
    query = select(PlatformEvent).where(
        PlatformEvent.source == source, PlatformEvent.email == email
    )
    if run_id is not None:
        query = query.where(PlatformEvent.run_id == run_id)
    return list(session.scalars(query.order_by(PlatformEvent.seq)))

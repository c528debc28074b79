"""What of a heartbeat or a submit can be judged before the SDK works on it.

The SDK checks most of it and answers 400. What it takes and its platform then refuses it calls a
502, with the platform's words in it, and a client would send the same again and again.
"""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict

from .times import EPOCH, LATEST

_LONGEST_ID = 500
_LONGEST_NAME = 2_000
_LARGEST = 10**12


def _moment(value: object) -> object:
    """A date that there is, from 1970 to 2200; what is no text the SDK refuses itself."""
    if isinstance(value, str):
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            raise ValueError("must be a date and time in ISO 8601") from None
        if not EPOCH <= (at if at.tzinfo else at.replace(tzinfo=UTC)) < LATEST:
            raise ValueError("must be from 1970 to 2200")
    return value


def _at_most(characters: int) -> AfterValidator:
    def check(value: object) -> object:
        if isinstance(value, str) and len(value) > characters:
            raise ValueError(f"must have at most {characters} characters")
        return value

    return AfterValidator(check)


def _sensible(value: object) -> object:
    """No number that overflows somewhere on its way, at any depth."""
    if isinstance(value, dict):
        for inner in value.values():
            _sensible(inner)
    elif isinstance(value, int | float) and not -_LARGEST <= value <= _LARGEST:
        raise ValueError(f"must be a number of at most {_LARGEST}")
    return value


type _Moment = Annotated[Any, AfterValidator(_moment)]
type _Id = Annotated[Any, _at_most(_LONGEST_ID)]
type _Name = Annotated[Any, _at_most(_LONGEST_NAME)]
type _Sensible = Annotated[Any, AfterValidator(_sensible)]


class Report(BaseModel):
    """The fields that matter here, whatever else it says; those that are missing are the SDK's."""

    model_config = ConfigDict(frozen=True)

    id: _Id = None
    name: _Name = None
    runId: _Id = None  # noqa: N815 - the names are those on the wire
    startedAt: _Moment = None  # noqa: N815
    endedAt: _Moment = None  # noqa: N815
    elapsedMs: _Sensible = None  # noqa: N815
    pausedMs: _Sensible = None  # noqa: N815
    metrics: _Sensible = None
    pctComplete: _Sensible = None  # noqa: N815

"""Time as whole milliseconds since 1970 (`_ms`), and as ISO text at the borders."""

import time
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
"""No clock is as wrong as this. Somewhere beyond, a date is in year 10000 of another time zone."""
_MILLISECOND = timedelta(milliseconds=1)


def now_ms() -> int:
    """The wall clock."""
    return time.time_ns() // 1_000_000


def iso(at_ms: int) -> str:
    """`2026-11-22T10:00:00.000Z`; exact for any year from 1 to 9999."""
    at = EPOCH + at_ms * _MILLISECOND
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def to_ms(at: datetime) -> int:
    """Milliseconds of an aware datetime, without the rounding of floats."""
    return (at - EPOCH) // _MILLISECOND

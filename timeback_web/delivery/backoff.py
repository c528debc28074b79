"""How long to wait before the next try.

Exponential backoff with full jitter: a school that lost its network together must not come back
together (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/). A
`Retry-After` of the server is a lower bound (RFC 9110, 10.2.3).
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

BASE_MS = 1_000
CAP_MS = 60_000
"""Well under the five minutes for which the server remembers a window: a try whose reply was lost
is repeated while it can still be recognised."""
RETRY_AFTER_CAP_MS = 3_600_000


class Backoff:
    """Counts failures in a row and draws the delay after each.

    Args:
        rng: Source of the jitter.
    """

    def __init__(self, rng: random.Random) -> None:
        """Start without a failure."""
        self._rng = rng
        self._failures = 0

    @property
    def failures(self) -> int:
        """How many there were in a row."""
        return self._failures

    @property
    def failing(self) -> bool:
        """Whether the last try failed."""
        return self._failures > 0

    def reset(self) -> None:
        """A try has worked."""
        self._failures = 0

    def next_ms(self, *, at_least_ms: int = 0) -> int:
        """The delay after one more failure, `at_least_ms` or more."""
        ceiling_ms = min(CAP_MS, BASE_MS << min(self._failures, 16))
        self._failures += 1
        return at_least_ms + int(self._rng.uniform(0, ceiling_ms))


def retry_after_ms(header: str, *, now_ms: float) -> int:
    """A `Retry-After` header (seconds or a date) in milliseconds; 0 when it says nothing usable."""
    text = header.strip()
    if text.isascii() and text.isdigit():
        return min(int(text[:9]) * 1000, RETRY_AFTER_CAP_MS)
    # Imported when needed: the email package would make every page load slower.
    from email.utils import parsedate_to_datetime

    try:
        moment = parsedate_to_datetime(text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        wait_ms = int(moment.timestamp() * 1000 - now_ms)
    except (ValueError, OverflowError):
        return 0
    return max(0, min(wait_ms, RETRY_AFTER_CAP_MS))

"""A worker that hears of its page late ends up with the sums of one that heard at once.

The worker is busy now and then. What the page goes through meanwhile it hears when it is at rest,
as of then; what the app does in its own code happens at once, in between. The witness adds up the
spans from what has happened, in order, and knows nothing of when it was told.
"""

from __future__ import annotations

from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from tests.property.effort import effort
from timeback_web.timekeeping.ledger import Cause, Ledger
from timeback_web.timekeeping.reading import Reading

STALL_LIMIT_MS = 10**9
PAGE = ("hidden", "visible", "leaving", "returned", "sleep")
APP = ("pause", "resume", "look")


class Event(NamedTuple):
    """Something that happens.

    Attributes:
        after_ms: How long after the one before.
        what: Of the page, or of the app in its own code.
        busy: Whether the worker is busy from here on, until one that finds it at rest.
    """

    after_ms: int
    what: str
    busy: bool


CAUSES = {"hidden": Cause.HIDDEN, "leaving": Cause.AWAY, "pause": Cause.APP}
GOES = {"hidden": ("visible", "returned"), "leaving": ("returned",), "pause": ("resume",)}
"""What comes in the way of the learner, and with what it is gone."""
STEPS = st.one_of(st.integers(0, 900), st.integers(1, 30_000))
HISTORIES = st.lists(
    st.builds(Event, STEPS, st.sampled_from(PAGE + APP), st.booleans()), max_size=12
)
SLEEP_MS = 100_000


def possible(history: list[Event]) -> list[Event]:
    """Leave out what a page does not do: be shown while it is put away, or hidden twice."""
    hidden = away = False
    left = []
    for event in history:
        what = event.what
        wrong = {
            "hidden": hidden or away,
            "visible": not hidden or away,
            "leaving": away,
            "returned": not away,
        }
        if wrong.get(what, False):
            event = event._replace(what="look")  # noqa: PLW2901 - the times stay
        what = event.what
        hidden = (hidden or what == "hidden") and what not in ("visible", "returned")
        away = (away or what == "leaving") and what != "returned"
        left.append(event)
    return left


def witnessed(history: list[Event], rest_ms: int) -> int:
    """Active time: the sum of the spans in which nothing was in the way."""
    total_ms, in_the_way = 0, set()
    for event in [*history, Event(rest_ms, "look", busy=False)]:
        if not in_the_way:
            total_ms += event.after_ms
        in_the_way |= {event.what} & set(GOES)
        in_the_way -= {comes for comes, goes in GOES.items() if event.what in goes}
    return total_ms


def told(history: list[Event], rest_ms: int) -> int:
    """The same in the books of a worker that hears late."""
    now = Reading(5_000.25, 1_763_978_400_000)
    books = Ledger(now, stall_limit_ms=STALL_LIMIT_MS)
    untold: list[tuple[Reading, str]] = []
    for event in [*history, Event(rest_ms, "look", busy=False)]:
        now = Reading(now.monotonic_ms + event.after_ms, now.wall_ms + event.after_ms)
        if event.what == "sleep":
            now = now._replace(wall_ms=now.wall_ms + SLEEP_MS)
        elif event.what in APP:
            tell(books, now, event.what)
        else:
            untold.append((now, event.what))
        if not event.busy:
            for at, what in untold:
                tell(books, at, what)
            untold.clear()
            books.observe(now)
    books.close(now)
    return books.active_ms


def tell(books: Ledger, at: Reading, what: str) -> None:
    if what in CAUSES:
        books.hold(CAUSES[what], at)
    elif what == "look":
        books.observe(at)
    for comes, goes in GOES.items():
        if what in goes:
            books.release(CAUSES[comes], at)


@effort(80)
@given(history=HISTORIES.map(possible), rest_ms=st.integers(0, 20_000))
def test_late_news_come_to_the_same_sum(history, rest_ms):
    assert told(history, rest_ms) == witnessed(history, rest_ms)

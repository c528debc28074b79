"""A ledger that hears of its page late ends up with the books of one that heard at once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from timeback_web.timekeeping.ledger import Cause, Ledger
from timeback_web.timekeeping.reading import Reading

WALL_MS = 1_763_978_400_000
STALL_LIMIT_MS = 10**9


def at(ms):
    return Reading(5_000.25 + ms, WALL_MS + ms)


def ledger():
    return Ledger(at(0), stall_limit_ms=STALL_LIMIT_MS)


def tell(books, hidden, happened_ms):
    change = books.hold if hidden else books.release
    change(Cause.HIDDEN, at(happened_ms))


@given(
    steps=st.lists(st.integers(1, 5_000), min_size=1, max_size=12),
    delays=st.lists(st.integers(0, 8_000), min_size=12, max_size=12),
    looks=st.lists(st.integers(0, 60_000), max_size=8),
)
def test_late_news_come_to_the_same_books(steps, delays, looks):
    """Hidden and shown in turns; each is told after a delay, in order, with looks in between."""
    on_time, late = ledger(), ledger()
    moments = [sum(steps[: index + 1]) for index in range(len(steps))]
    told = []
    for index, moment in enumerate(moments):
        tell(on_time, index % 2 == 0, moment)
        heard_ms = max([moment + delays[index], *(ms for ms, _ in told)])
        told.append((heard_ms, lambda i=index, m=moment: tell(late, i % 2 == 0, m)))
    look_at = [(ms, lambda m=ms: late.observe(at(m))) for ms in looks]
    for _, happen in sorted(told + look_at, key=lambda one: one[0]):
        happen()
    end_ms = max(60_000, *(ms for ms, _ in told))
    assert late.close(at(end_ms)) == on_time.close(at(end_ms))
    assert (late.active_ms, late.paused_ms) == (on_time.active_ms, on_time.paused_ms)

"""A window that stands still while the learner works in another one of the same run."""

import pytest

from tests.support.desk import Desk


@pytest.fixture(params=[True, False], ids=["fetchLater", "journal"])
def desk(request):
    return Desk(delay_ms=0, fetch_later=request.param, has_locks=True)


def stand_still(desk, for_ms, *, after_ms):
    """The second of two windows stops, and the learner turns to the first; their sessions."""
    first, second = desk.open(hidden=False), desk.open(hidden=False)
    for tab in (first, second):
        tab.start()
        desk.advance(3)
    second.focus()
    desk.advance(after_ms)
    second.frozen = True
    first.focus()
    desk.advance(for_ms)
    second.frozen = False
    desk.advance(500)
    return first, second


def counted_ms(*tabs):
    return sum(tab.session.activity.elapsed_ms for tab in tabs)


def test_told_to_yield_too_late_it_counts_nothing_of_it(desk):
    tabs = stand_still(desk, 10_000, after_ms=3_000)
    assert desk.worked_ms - 2_100 <= counted_ms(*tabs) <= desk.worked_ms


def test_what_it_had_put_aside_is_sent_once_and_the_rest_after_it(desk):
    tabs = stand_still(desk, 10_000, after_ms=7_500)
    desk.advance(8_000)
    activities = [tab.session.activity for tab in tabs]
    for tab in tabs:
        tab.end()
        desk.advance(3)
    counted = sum(activity.elapsed_ms for activity in activities)
    assert desk.received_ms == counted
    assert desk.worked_ms - 2_100 <= counted <= desk.worked_ms


def test_standing_still_again_while_it_listens_it_listens_again(desk):
    first, second = desk.open(hidden=False), desk.open(hidden=False)
    for tab in (first, second):
        tab.start()
        desk.advance(3)
    desk.advance(3_000)
    second.frozen = True
    desk.advance(1_500)
    second.frozen = False
    desk.advance(50)  # it has moved, and listens before it looks
    second.frozen = True
    desk.advance(200)
    first.focus()
    desk.advance(5_000)
    second.frozen = False
    desk.advance(500)
    assert desk.worked_ms - 4_000 <= counted_ms(first, second) <= desk.worked_ms

"""Credit for the time before Python was ready."""

import pytest

from tests.unit.helpers import RUN, Page, assert_tiles, ms, spans
from tests.unit.test_run_lock import Desk

READY_MS = 5_000.0
"""When Python is ready, on the monotonic clock of a fake page."""
BEGAN_MS = 400.0


def booted(past, *, hidden=False):
    page = Page(hidden=hidden)
    assert page.browser.clock.monotonic_ms == READY_MS
    page.browser.lifecycle.past = past
    return page


def start(page, **time):
    return page.start(time={"since": "navigation", **time})


def test_what_was_seen_while_python_booted_counts():
    page = booted([(BEGAN_MS, False)])
    activity = start(page)
    assert activity.elapsed_ms == READY_MS - BEGAN_MS
    page.browser.advance(3_000)
    activity.end()
    assert spans(page.heartbeats) == [(READY_MS - BEGAN_MS + 3_000, 0)]
    [beat] = page.heartbeats
    assert ms(beat.ended_at) == page.browser.clock.wall_ms


def test_only_what_was_in_sight_counts():
    page = booted([(BEGAN_MS, True), (1_000.0, False), (2_500.0, True), (4_000.0, False)])
    activity = start(page)
    activity.end()
    assert spans(page.heartbeats) == [(1_500 + 1_000, 600 + 1_500)]


def test_a_page_that_is_hidden_by_now_starts_paused_with_what_it_had():
    page = booted([(BEGAN_MS, False), (2_000.0, True)], hidden=True)
    activity = start(page)
    page.browser.advance(1_000)
    assert (activity.elapsed_ms, activity.paused) == (1_600, True)


def test_without_being_asked_nothing_before_the_call_counts():
    page = booted([(BEGAN_MS, False)])
    assert page.start().elapsed_ms == 0


def test_a_browser_without_a_list_counts_from_the_call():
    page = booted([])
    assert start(page).elapsed_ms == 0


def test_a_long_stretch_without_a_sign_is_paused_as_everywhere():
    page = booted([(BEGAN_MS, False)])
    page.browser.clock.move(100_000)
    activity = start(page)
    assert (activity.elapsed_ms, activity.paused_ms) == (0, READY_MS - BEGAN_MS + 100_000)


def test_it_is_credited_once():
    page = booted([(BEGAN_MS, False)])
    start(page).end()
    page.browser.advance(10_000)
    again = start(page)
    assert again.elapsed_ms == 0
    again.end()
    page.start(None, time={"since": "navigation"}).end()
    assert sum(active for active, _ in spans(page.heartbeats)) == READY_MS - BEGAN_MS


def test_whoever_starts_something_is_not_idle():
    page = booted([(BEGAN_MS, False)])
    activity = start(page, idle_after_ms=2_000)
    assert not activity.paused
    assert activity.elapsed_ms == 0  # nobody had touched anything for longer than that
    page.browser.advance(1_000)
    activity.end()
    assert_tiles(page.heartbeats)
    assert spans(page.heartbeats) == [(1_000, READY_MS - BEGAN_MS)]


def test_while_another_window_has_the_run_it_is_not_counted_twice():
    desk = Desk()
    first = desk.open()
    first.start(RUN)
    desk.advance(8_000)
    first.browser.lifecycle.focused = False
    second = desk.open()
    second.browser.clock.move(0)
    second.browser.lifecycle.past = [(BEGAN_MS, False)]
    activity = second.start(RUN, time={"since": "navigation"})
    desk.advance(100)
    assert activity.elapsed_ms < 200


@pytest.mark.parametrize("since", ["boot", "", None, 0])
def test_another_word_is_refused(since):
    with pytest.raises(ValueError, match="since"):
        start(booted([]), since=since)

"""What a session counts, and when it sends it."""

import itertools

import pytest

from tests.unit.helpers import HEARTBEAT_MS, RUN, Page, assert_tiles, ms, spans
from timeback_web.ports import PageEvent
from timeback_web.session.ticker import TICK_MS

MOVES = {
    "hide": lambda page, _: page.browser.hide(),
    "show": lambda page, _: page.browser.show(),
    "pause": lambda _, activity: activity.pause(),
    "resume": lambda _, activity: activity.resume(),
}


# ── heartbeats ───────────────────────────────────────────────────────────────────────────────────


def test_a_heartbeat_every_fifteen_seconds():
    page = Page()
    page.start()
    page.browser.advance(HEARTBEAT_MS - 1)
    assert page.heartbeats == []
    page.browser.advance(1)
    assert spans(page.heartbeats) == [(HEARTBEAT_MS, 0)]
    page.browser.advance(3 * HEARTBEAT_MS)
    assert spans(page.heartbeats) == [(HEARTBEAT_MS, 0)] * 4
    assert_tiles(page.heartbeats)


def test_a_heartbeat_says_which_activity_and_which_run():
    page = Page()
    page.start()
    page.browser.advance(HEARTBEAT_MS)
    [beat] = page.heartbeats
    assert (beat.id, beat.name, beat.run_id) == ("lesson-1", "Fractions", RUN)
    assert beat.course.model_dump(exclude_none=True) == {"subject": "Math", "grade": 3}
    assert ms(beat.started_at) == int(page.browser.clock.wall_ms) - HEARTBEAT_MS


def test_the_length_of_a_window_may_be_chosen():
    page = Page()
    page.start(time={"heartbeat_ms": 4_000})
    page.browser.advance(12_000)
    assert spans(page.heartbeats) == [(4_000, 0)] * 3


@pytest.mark.parametrize("stall_ms", [1_500, 14_999, 40_000, 60_000])
def test_a_page_busy_for_a_while_was_working(stall_ms):
    page = Page()
    activity = page.start()
    page.browser.stall(stall_ms)
    page.browser.advance(1_000)
    activity.end()
    assert sum(beat.elapsed_ms for beat in page.heartbeats) == stall_ms + 1_000
    assert_tiles(page.heartbeats)


def test_a_page_that_stood_still_beyond_the_limit_was_not():
    page = Page()
    activity = page.start(time={"stall_limit_ms": 10_000})
    page.browser.stall(10_001 + TICK_MS)  # nobody knows when within a tick it began
    page.browser.advance(1_000)
    assert (activity.elapsed_ms, activity.paused_ms) == (1_000, 10_001 + TICK_MS)


def test_sleep_does_not_count():
    page = Page()
    activity = page.start()
    page.browser.advance(5_000)
    page.browser.sleep(8 * 3_600_000)
    page.browser.advance(5_000)
    activity.end()
    assert sum(beat.elapsed_ms for beat in page.heartbeats) == 10_000
    assert sum(beat.paused_ms for beat in page.heartbeats) == 8 * 3_600_000
    assert_tiles(page.heartbeats)


def test_time_in_hand_is_known_at_every_moment():
    page = Page()
    activity = page.start()
    page.browser.advance(700)
    assert (activity.elapsed_ms, activity.paused_ms, activity.paused) == (700, 0, False)
    activity.pause()
    page.browser.advance(300)
    assert (activity.elapsed_ms, activity.paused_ms, activity.paused) == (700, 300, True)
    activity.resume()
    page.browser.advance(HEARTBEAT_MS)
    assert (activity.elapsed_ms, activity.paused_ms) == (700 + HEARTBEAT_MS, 300)
    activity.end()
    page.browser.advance(5_000)
    assert (activity.elapsed_ms, activity.paused_ms) == (700 + HEARTBEAT_MS, 300)


def test_asking_for_the_time_changes_nothing():
    quiet, curious = Page(), Page()
    quiet.start()
    asked = curious.start()
    quiet.browser.advance(40_000)
    for _ in range(400):
        curious.browser.advance(100)
        assert asked.elapsed_ms + asked.paused_ms > 0
    assert curious.heartbeats == quiet.heartbeats


# ── visible, hidden, paused ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("order", list(itertools.permutations(MOVES)), ids="-".join)
@pytest.mark.parametrize("born_hidden", [False, True])
def test_time_is_active_only_while_visible_and_not_paused(order, born_hidden):
    page = Page(hidden=born_hidden)
    activity = page.start()
    hidden, held, active_ms = born_hidden, False, 0
    for move in (None, *order, *order):
        if move:
            MOVES[move](page, activity)
            hidden = {"hide": True, "show": False}.get(move, hidden)
            held = {"pause": True, "resume": False}.get(move, held)
        assert activity.paused is (hidden or held)
        page.browser.advance(1_300)
        active_ms += 0 if hidden or held else 1_300
        assert activity.elapsed_ms == active_ms
    activity.end()
    assert sum(beat.elapsed_ms for beat in page.heartbeats) == active_ms
    assert sum(beat.paused_ms for beat in page.heartbeats) == 9 * 1_300 - active_ms
    assert_tiles(page.heartbeats)


def test_hiding_flushes_at_once_by_beacon():
    page = Page()
    page.start()
    page.browser.advance(7_000)
    page.browser.hide()
    assert page.ways == ["beacon"]
    assert spans(page.heartbeats) == [(7_000, 0)]


def test_a_hidden_page_is_silent():
    page = Page()
    page.start()
    page.browser.advance(7_000)
    page.browser.hide()
    assert page.browser.timers.pending == 0
    page.browser.advance(3_600_000)
    assert len(page.heartbeats) == 1


def test_time_in_the_background_is_paused_in_the_next_window():
    page = Page()
    page.start()
    page.browser.advance(7_000)
    page.browser.hide()
    page.browser.advance(60_000)
    page.browser.show()
    page.browser.advance(HEARTBEAT_MS)
    assert spans(page.heartbeats) == [(7_000, 0), (HEARTBEAT_MS, 60_000)]
    assert_tiles(page.heartbeats)


def test_flicking_between_tabs_without_work_sends_nothing():
    page = Page(hidden=True)
    page.start()
    for _ in range(10):
        page.browser.advance(1_000)
        page.browser.show()
        page.browser.hide()
    assert page.browser.network.sent == []


def test_a_paused_window_with_work_in_it_is_not_held_back():
    page = Page()
    activity = page.start()
    page.browser.advance(7_000)
    activity.pause()
    page.browser.advance(8_000)
    assert spans(page.heartbeats) == [(7_000, 8_000)]
    assert page.browser.timers.pending == 0


def test_hiding_a_paused_page_flushes_the_work_before_the_pause():
    page = Page()
    activity = page.start()
    page.browser.advance(3_000)
    activity.pause()
    page.browser.advance(2_000)
    page.browser.hide()
    assert spans(page.heartbeats) == [(3_000, 2_000)]


# ── leaving ──────────────────────────────────────────────────────────────────────────────────────


def test_closing_a_visible_page_flushes_exactly_once():
    page = Page()
    page.start()
    page.browser.advance(7_000)
    page.browser.leave()
    assert page.ways == ["beacon"]
    assert spans(page.heartbeats) == [(7_000, 0)]


def test_closing_a_hidden_page_reports_the_time_in_the_background():
    page = Page()
    page.start()
    page.browser.advance(7_000)
    page.browser.hide()
    page.browser.advance(5_000)
    page.browser.leave()
    assert spans(page.heartbeats) == [(7_000, 0), (0, 5_000)]
    assert_tiles(page.heartbeats)


def test_closing_a_page_with_nothing_to_report_sends_nothing():
    page = Page()
    page.start()
    page.browser.leave()
    assert page.browser.network.sent == []


def test_time_in_the_back_forward_cache_is_paused():
    page = Page()
    activity = page.start()
    page.browser.advance(7_000)
    page.browser.leave()
    page.browser.advance(120_000)
    page.browser.come_back()
    assert activity.paused is False
    page.browser.advance(HEARTBEAT_MS)
    assert spans(page.heartbeats) == [(7_000, 0), (HEARTBEAT_MS, 120_000)]
    assert_tiles(page.heartbeats)


def test_a_page_frozen_in_the_cache_while_its_clock_stood_still_counts_nothing():
    page = Page()
    activity = page.start()
    page.browser.advance(7_000)
    page.browser.leave()
    page.browser.sleep(120_000)
    page.browser.come_back()
    page.browser.advance(1_000)
    assert (activity.elapsed_ms, activity.paused_ms) == (8_000, 120_000)


def test_a_page_that_returns_into_a_tab_in_the_background_stays_paused():
    page = Page()
    activity = page.start()
    page.browser.leave()
    page.browser.lifecycle.tell(PageEvent.RETURNED)
    assert activity.paused is True
    page.browser.show()
    assert activity.paused is False


def test_the_apps_pause_outlives_the_back_forward_cache():
    page = Page()
    activity = page.start()
    activity.pause()
    page.browser.leave()
    page.browser.come_back()
    assert activity.paused is True
    activity.resume()
    assert activity.paused is False


# ── runs of many sessions ────────────────────────────────────────────────────────────────────────


def test_sessions_of_one_run_follow_one_another():
    page = Page()
    for _ in range(5):
        activity = page.start()
        page.browser.advance(4_000)
        activity.end()
    assert_tiles(page.heartbeats)
    assert len(set(page.starts)) == 5


def test_starts_grow_within_a_run_even_if_the_clock_is_set_back_between_sessions():
    page = Page()
    for _ in range(2):
        activity = page.start()
        page.browser.advance(4_000)
        activity.end()
        page.browser.clock.wall_ms -= 4_000
    assert spans(page.heartbeats) == [(4_000, 0)] * 2
    assert page.starts == sorted(set(page.starts))


def test_a_page_that_is_hidden_without_an_event_is_noticed_at_the_next_tick():
    page = Page()
    activity = page.start()
    page.browser.advance(7 * TICK_MS + 1)
    page.browser.lifecycle.hidden = True
    page.browser.advance(10_000)
    assert activity.paused
    assert activity.elapsed_ms == 8 * TICK_MS
    assert spans(page.heartbeats) == [(8 * TICK_MS, 0)]


def test_time_counts_from_the_call_however_long_its_checks_take():
    page = Page()
    is_hidden = page.browser.lifecycle.is_hidden

    def slow():
        page.browser.clock.move(120)
        return is_hidden()

    page.browser.lifecycle.is_hidden = slow
    activity = page.start()
    page.browser.lifecycle.is_hidden = is_hidden
    activity.end()
    assert sum(active for active, _ in spans(page.heartbeats)) == 120

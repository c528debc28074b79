"""Idle detection: off unless asked for, and then the idle tail does not count."""

import pytest

from tests.unit.helpers import HEARTBEAT_MS, Page, assert_tiles, spans
from timeback_web.session.ticker import TICK_MS

IDLE_MS = 60_000


def watched(page=None, **options):
    page = page or Page()
    return page, page.start(time={"idle_after_ms": IDLE_MS, **options})


def work(page, duration_ms, every_ms=5_000):
    """The learner does something at the beginning of every step, and at the end."""
    for _ in range(duration_ms // every_ms):
        page.browser.act()
        page.browser.advance(every_ms)
    page.browser.act()


def active(page):
    return sum(active for active, _ in spans(page.heartbeats))


def test_nobody_watches_inputs_unless_asked_to():
    page = Page()
    activity = page.start()
    listeners = page.browser.lifecycle.listeners
    page.browser.advance(10 * IDLE_MS)
    assert activity.elapsed_ms == 10 * IDLE_MS
    activity.end()
    watched(page)
    assert page.browser.lifecycle.listeners == listeners + 1


def test_the_idle_tail_is_taken_back_to_the_last_input():
    page, activity = watched()
    work(page, 20_000)
    page.browser.advance(IDLE_MS + TICK_MS)
    assert activity.paused
    assert activity.elapsed_ms == 20_000
    page.browser.advance(100_000)
    activity.end()
    assert active(page) == 20_000
    assert_tiles(page.heartbeats)


def test_a_pause_for_thought_counts():
    page, activity = watched()
    for _ in range(4):
        page.browser.act()
        page.browser.advance(IDLE_MS - 1)
    page.browser.act()
    activity.end()
    assert active(page) == 4 * (IDLE_MS - 1)


def test_whoever_comes_back_counts_from_there():
    told = []
    page = Page()
    activity = page.start(
        time={"idle_after_ms": IDLE_MS},
        on_pause=lambda: told.append("paused"),
        on_resume=lambda: told.append("resumed"),
    )
    work(page, 10_000)
    page.browser.advance(300_000)
    assert told == ["paused"]
    page.browser.act()
    assert told == ["paused", "resumed"]
    page.browser.advance(7_000)
    activity.end()
    assert active(page) == 17_000


def test_heartbeats_go_on_while_the_learner_works():
    page, _ = watched()
    work(page, 4 * HEARTBEAT_MS)
    assert len(page.heartbeats) >= 3
    assert active(page) >= 3 * HEARTBEAT_MS


def test_a_heartbeat_ends_at_the_last_input_for_nobody_knows_what_follows():
    page, _ = watched()
    page.browser.advance(4_000)
    page.browser.act()
    page.browser.advance(HEARTBEAT_MS)
    assert spans(page.heartbeats) == [(4_000, 0)]


@pytest.mark.parametrize("leave", ["hide", "close", "end"])
def test_whoever_leaves_was_there_until_then(leave):
    page, activity = watched()
    work(page, 10_000)
    page.browser.advance(8_000)
    activity.end() if leave == "end" else getattr(page.browser, leave)()
    assert active(page) == 18_000


def test_showing_the_page_again_is_a_sign_of_life():
    page, activity = watched()
    work(page, 10_000)
    page.browser.hide()
    page.browser.advance(500_000)
    page.browser.show()
    page.browser.advance(IDLE_MS - 1)
    activity.end()
    assert active(page) == 10_000 + IDLE_MS - 1


def test_a_sleep_of_the_machine_is_no_idleness():
    page, activity = watched()
    work(page, 10_000)
    page.browser.advance(20_000)
    page.browser.sleep(8 * 3_600_000)
    page.browser.advance(1_000)
    page.browser.act()
    activity.end()
    assert active(page) == 31_000


def test_asking_for_the_time_makes_nobody_less_idle():
    page, activity = watched()
    work(page, 10_000)
    for _ in range(200):
        page.browser.advance(500)
        activity.elapsed_ms  # noqa: B018
    activity.end()
    assert active(page) == 10_000


def test_a_crash_counts_the_learner_as_there():
    page, _ = watched()
    work(page, 10_000)
    page.browser.advance(6_000)
    page.browser.crash()
    assert 16_000 - active(page) < 1_000


def test_nothing_is_left_behind():
    page, activity = watched()
    work(page, 10_000)
    activity.end()
    assert page.traces == (0, 0, 0, 0)


def test_an_idle_window_lets_the_other_one_count():
    page, activity = watched()
    work(page, 10_000)
    page.browser.advance(2 * IDLE_MS)
    assert page.browser.locks.held == []
    page.browser.act()
    page.browser.advance(0)
    assert len(page.browser.locks.held) == 1
    activity.end()

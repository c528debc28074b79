"""Idleness and what else happens to the page: it is shown again, it stands still, it is killed."""

import pytest

from tests.unit.helpers import HEARTBEAT_MS, Page

IDLE_MS = 60_000


def idle_page():
    page = Page()
    activity = page.start(time={"idle_after_ms": IDLE_MS})
    page.browser.advance(IDLE_MS + 10_000)
    assert activity.paused
    return page, activity


@pytest.mark.parametrize(("away", "back"), [("hide", "show"), ("leave", "come_back")])
@pytest.mark.parametrize("away_ms", [0, 5_000, 600_000])
def test_being_shown_again_ends_idleness(away, back, away_ms):
    page, activity = idle_page()
    getattr(page.browser, away)()
    page.browser.advance(away_ms)
    getattr(page.browser, back)()
    before = activity.elapsed_ms
    page.browser.advance(30_000)
    assert not activity.paused
    assert activity.elapsed_ms - before == 30_000
    page.browser.act()
    page.browser.advance(1_000)
    activity.end()
    assert sum(beat.elapsed_ms for beat in page.heartbeats) == before + 31_000


def test_shown_again_and_idle_again_nobody_was_there():
    page, activity = idle_page()
    page.browser.hide()
    page.browser.advance(5_000)
    page.browser.show()
    before = activity.elapsed_ms
    page.browser.advance(IDLE_MS + 10_000)
    assert activity.paused
    assert activity.elapsed_ms == before


def test_a_glance_away_while_paused_by_the_app_too():
    page, activity = idle_page()
    activity.pause()
    page.browser.hide()
    page.browser.show()
    activity.resume()
    before = activity.elapsed_ms
    page.browser.advance(30_000)
    assert activity.elapsed_ms - before == 30_000


@pytest.mark.parametrize("idle_after_ms", [None, 30_000, 120_000])
@pytest.mark.parametrize("acts_every_ms", [None, 25_000])
def test_a_killed_browser_loses_one_heartbeat_at_most(idle_after_ms, acts_every_ms):
    """Nothing that was armed survives; storage does, up to its last seconds."""
    page = Page()
    page.start(time={"idle_after_ms": idle_after_ms} if idle_after_ms else True)
    worked_ms = 24_000 if idle_after_ms == 30_000 and not acts_every_ms else 119_000
    for _ in range(0, worked_ms, 1_000):
        page.browser.advance(1_000)
        since_start_ms = int(page.browser.clock.monotonic_ms) - 5_000
        if acts_every_ms and since_start_ms % acts_every_ms == 0:
            page.browser.act()
    page.browser.network.armed.clear()
    page.browser.crash()
    storage, server = page.browser.storage, page.browser.server
    later = Page(storage=storage, server=server, later_ms=worked_ms + 60_000)
    later.start()
    later.browser.advance(5_000)
    later.timeback.close()
    arrived_ms = sum(beat.elapsed_ms for beat in page.heartbeats) - 5_000
    assert worked_ms - HEARTBEAT_MS - 1_000 <= arrived_ms <= worked_ms


@pytest.mark.parametrize("still_ms", [900, 1_500, 20_000])
def test_at_the_least_limit_whoever_acts_every_moment_is_there(still_ms):
    page = Page()
    activity = page.start(time={"idle_after_ms": 1_000})
    for _ in range(20):
        page.browser.advance(900)
        page.browser.act()
    page.browser.stall(still_ms)  # no input is heard meanwhile: it comes late
    page.browser.act()
    for _ in range(20):
        page.browser.advance(900)
        page.browser.act()
    activity.end()
    counted_ms = sum(beat.elapsed_ms for beat in page.heartbeats)
    expected_ms = 2 * 20 * 900 + (still_ms if still_ms < 1_000 else 0)
    assert counted_ms == expected_ms

"""A page that is busy in slices: whoever waits for a quiet moment has to go on without one.

A lesson that animates or redraws computes for a while, rests for a moment, and goes on so for as
long as it is open. Timers fire in the rests, each of them late.
"""

import json

import pytest

from tests.unit.helpers import HEARTBEAT_MS, RUN, Page
from tests.unit.test_worker import Worker
from timeback_web.testing import FakeBrowser

TICK_MS = 400
RHYTHMS = [(250, 50), (120, 30), (450, 10), (900, 100), (2_000, 50)]
ONCE = [0, 1_000, 1_100, 10_000]


def work_in_slices(browser: FakeBrowser, for_ms: int, *, busy_ms: int, rest_ms: int) -> int:
    """Let the page be busy for at least so long; how long it was."""
    worked_ms = 0
    while worked_ms < for_ms:
        browser.stall(busy_ms)
        browser.advance(rest_ms)
        worked_ms += busy_ms + rest_ms
    return worked_ms


def active(page: Page) -> int:
    return sum(beat.elapsed_ms for beat in page.heartbeats)


@pytest.mark.parametrize("once_ms", ONCE)
@pytest.mark.parametrize(("busy_ms", "rest_ms"), RHYTHMS)
def test_an_animation_is_counted_and_reported_as_it_goes_on(busy_ms, rest_ms, once_ms):
    page = Page()
    activity = page.start()
    page.browser.advance(5_000)
    page.browser.stall(once_ms)
    before = len(page.heartbeats)
    worked_ms = work_in_slices(page.browser, 300_000, busy_ms=busy_ms, rest_ms=rest_ms)
    expected_beats = worked_ms // (HEARTBEAT_MS + busy_ms + 2 * TICK_MS)
    assert len(page.heartbeats) - before >= expected_beats - 1
    page.browser.advance(2_000)
    activity.end()
    assert active(page) == 5_000 + once_ms + worked_ms + 2_000


@pytest.mark.parametrize("has_fetch_later", [True, False], ids=["fetchLater", "journal"])
@pytest.mark.parametrize("once_ms", ONCE)
@pytest.mark.parametrize(("busy_ms", "rest_ms"), [(250, 50), (450, 10)])
def test_a_crash_amid_an_animation_loses_less_than_a_second(
    busy_ms, rest_ms, once_ms, has_fetch_later
):
    page = Page()
    page.browser.network.has_fetch_later = has_fetch_later
    page.start()
    page.browser.advance(5_000)
    page.browser.stall(once_ms)
    worked_ms = work_in_slices(page.browser, 40_000, busy_ms=busy_ms, rest_ms=rest_ms)
    page.browser.crash()
    server, storage = page.browser.server, page.browser.storage
    later = Page(server=server, storage=storage, later_ms=60_000 + worked_ms)
    later.start()
    later.browser.advance(5_000)
    later.browser.close()
    counted_ms = 5_000 + once_ms + worked_ms
    assert counted_ms - 1_000 <= active(later) - 5_000 <= counted_ms


def test_a_page_that_is_busy_for_too_long_at_once_is_paused_each_time():
    page = Page()
    activity = page.start(time={"stall_limit_ms": 1_000})
    page.browser.advance(800)
    for _ in range(10):
        page.browser.stall(5_000)
        page.browser.advance(800)
    activity.end()
    assert 11 * 800 - 11 * TICK_MS <= active(page) <= 11 * 800


def test_while_it_is_busy_another_window_can_take_the_run():
    """What the news are waited for: the standstill may have cost it the run."""
    first = Page()
    activity = first.start()
    first.browser.advance(5_000)
    first.browser.stall(1_100)
    work_in_slices(first.browser, 9_000, busy_ms=250, rest_ms=50)
    assert activity.elapsed_ms == 15_100
    assert not activity.paused


@pytest.mark.parametrize("once_ms", [0, 1_100])
def test_a_worker_that_is_busy_in_slices_reports_as_it_goes_on(once_ms):
    worker = Worker()
    worker.start()
    worker.advance(5_000)
    worker.page.stall(once_ms)
    reported_ms, answered = 0, 0
    for _ in range(1_000):
        worker.page.stall(250)
        worker.advance(50)
        for request in worker.all("fetch")[answered:]:
            reported_ms += json.loads(request["body"])["elapsedMs"]
            answered += 1
            worker.answer(204, request["id"])
    counted_ms = 5_000 + once_ms + 300_000
    assert counted_ms - HEARTBEAT_MS - 1_000 <= reported_ms <= counted_ms
    assert worker.last("window")["run"] == RUN
    told_until_ms = worker.last("window")["ended"]
    assert worker.page.clock.wall_ms - told_until_ms <= 1_000, "the guard stands in for a crash"


def lasted(phase_ms: int, still_ms: int, limit_ms: int) -> int:
    """Active time of a session that stands still once, so long after a look at the clock."""
    page = Page()
    activity = page.start(time={"stall_limit_ms": limit_ms})
    page.browser.advance(4_800 + phase_ms)
    page.browser.stall(still_ms)
    page.browser.advance(1_000)
    activity.end()
    return active(page) - 5_800 - phase_ms


@pytest.mark.parametrize(
    ("limit_ms", "still_ms"),
    [(60_000, 59_700), (60_000, 60_000), (1_000, 700), (1_000, 990), (5_000, 5_000)],
)
def test_a_standstill_within_the_limit_counts_whenever_it_begins(limit_ms, still_ms):
    counted = {phase: lasted(phase, still_ms, limit_ms) for phase in range(0, TICK_MS, 20)}
    assert counted == dict.fromkeys(counted, still_ms)


@pytest.mark.parametrize(("limit_ms", "still_ms"), [(60_000, 60_500), (1_000, 1_500)])
def test_one_beyond_the_limit_is_paused_and_what_was_before_stays(limit_ms, still_ms):
    # Nobody knows what was since the last look, which is less than a tick before.
    for phase in range(0, TICK_MS, 20):
        assert -TICK_MS <= lasted(phase, still_ms, limit_ms) <= 0

"""One run open in several tabs: the one that the learner works in counts."""

import pytest

from tests.unit.helpers import HEARTBEAT_MS, LateLocks, Page, ms
from timeback_web.ports import PageEvent
from timeback_web.testing import FakeServer, FakeStorage
from timeback_web.testing.channels import FakeChannels
from timeback_web.testing.locks import FakeLocks

STEP_MS = 5


class Desk:
    """The tabs of one browser, and time that passes in all of them."""

    def __init__(self, *, late_locks=False):
        self.shared = {
            "storage": FakeStorage(),
            "server": FakeServer(),
            "locks": FakeLocks(),
            "channels": FakeChannels(),
        }
        self.late_locks = late_locks
        self.pages = []
        self.now_ms = 0

    def open(self, *, hidden=False):
        page = Page(hidden=hidden, later_ms=self.now_ms, **self.shared)
        page.browser.lifecycle.focused = not hidden
        if self.late_locks:
            page.browser.locks = LateLocks(page.browser.timers, page.browser.locks)
        self.pages.append(page)
        return page

    def advance(self, duration_ms, *, frozen=()):
        for _ in range(0, duration_ms, STEP_MS):
            self.now_ms += STEP_MS
            for page in self.pages:
                if page in frozen:
                    page.browser.clock.move(STEP_MS)
                else:
                    page.browser.advance(STEP_MS)

    def turn_to(self, page):
        """The learner clicks into a window; the others stay in sight."""
        for other in self.pages:
            if other is not page:
                other.browser.blur()
        page.browser.focus()

    def switch(self, here, there):
        """The learner changes tabs: for a moment both are in sight, as in Chromium."""
        there.browser.show()
        self.advance(STEP_MS)
        here.browser.hide()

    @property
    def windows(self):
        return [
            (ms(beat.started_at), ms(beat.ended_at), beat.elapsed_ms)
            for beat in self.shared["server"].heartbeats
        ]

    @property
    def active_ms(self):
        return sum(active for _, _, active in self.windows)


@pytest.fixture(params=[False, True], ids=["locks at once", "late locks"])
def desk(request):
    return Desk(late_locks=request.param)


def near(expected_ms, within_ms=100):
    return pytest.approx(expected_ms, abs=within_ms)


def test_alone_every_millisecond_counts_from_the_call(desk):
    page = desk.open()
    activity = page.start()
    desk.advance(10_000)
    activity.end()
    assert desk.active_ms == 10_000


def test_alone_hiding_and_showing_costs_nothing(desk):
    page = desk.open()
    activity = page.start()
    for _ in range(20):
        desk.advance(200)
        page.browser.hide()
        desk.advance(100)
        page.browser.show()
    activity.end()
    assert desk.active_ms == 20 * 200


def test_two_windows_in_sight_count_once(desk):
    first, second = desk.open(), desk.open()
    one = first.start()
    desk.advance(5_000)
    first.browser.blur()
    other = second.start()
    desk.advance(5_000)
    assert one.paused
    assert not other.paused
    one.end()
    other.end()
    assert desk.active_ms == near(10_000)
    assert desk.active_ms <= 10_000


def test_a_second_window_that_nobody_turns_to_does_not_take_the_run(desk):
    first, second = desk.open(), desk.open()
    one = first.start()
    desk.advance(5_000)
    second.browser.blur()
    other = second.start()
    desk.advance(5_000)
    assert (one.elapsed_ms, other.elapsed_ms) == (10_000, 0)
    assert other.paused


def test_the_run_goes_to_and_fro_with_the_learner(desk):
    first, second = desk.open(), desk.open()
    one = first.start()
    second.browser.blur()
    desk.advance(1_000)
    other = second.start()
    for _ in range(5):
        desk.advance(1_000)
        desk.turn_to(second)
        desk.advance(1_000)
        desk.turn_to(first)
    one.end()
    other.end()
    assert desk.active_ms == near(11_000, within_ms=10 * 2 * STEP_MS * 3)
    assert desk.active_ms <= 11_000
    assert other.elapsed_ms == near(5_000)


def test_changing_tabs_counts_no_moment_twice(desk):
    first = desk.open()
    one = first.start()
    desk.advance(1_000)
    second = desk.open(hidden=True)
    other = second.start()
    here, there = first, second
    for _ in range(6):
        desk.advance(2_000)
        desk.switch(here, there)
        here, there = there, here
    desk.advance(2_000)
    one.end()
    other.end()
    assert_no_moment_twice(desk)
    assert desk.active_ms == near(15_000, within_ms=6 * 4 * STEP_MS)


def assert_no_moment_twice(desk):
    """No two windows must both have counted a moment, whatever they booked as paused."""
    for index, (start, end, active) in enumerate(desk.windows):
        for other_start, other_end, other_active in desk.windows[index + 1 :]:
            both = min(end, other_end) - max(start, other_start)
            if both > 0:
                paused = (end - start - active) + (other_end - other_start - other_active)
                assert paused >= both


def test_when_the_owner_ends_the_window_in_sight_goes_on(desk):
    first, second = desk.open(), desk.open()
    one = first.start()
    second.browser.blur()
    other = second.start()
    desk.advance(3_000)
    one.end()
    desk.advance(3_000)
    assert other.elapsed_ms == near(3_000)


@pytest.mark.parametrize("leave", ["hide", "leave", "close", "crash"])
def test_whoever_goes_lets_go(desk, leave):
    first, second = desk.open(), desk.open()
    first.start()
    second.browser.blur()
    other = second.start()
    desk.advance(3_000)
    getattr(first.browser, leave)()
    desk.advance(3_000)
    assert other.elapsed_ms == near(3_000)


def test_the_app_s_pause_lets_the_other_window_count(desk):
    first, second = desk.open(), desk.open()
    one = first.start()
    second.browser.blur()
    other = second.start()
    desk.advance(2_000)
    one.pause()
    desk.advance(2_000)
    one.resume()
    desk.advance(2_000)
    # Focus is where it was: in the first window, which takes the run back.
    assert (one.elapsed_ms, other.elapsed_ms) == (near(4_000), near(2_000))


def test_a_window_that_stands_still_is_robbed_and_counts_nothing_of_it(desk):
    first, second = desk.open(), desk.open()
    one = first.start()
    second.browser.blur()
    other = second.start()
    desk.advance(3_000)
    first_page = desk.pages[0]
    deaf(first_page)
    desk.turn_to(second)
    desk.advance(6_000, frozen=[first])
    assert other.elapsed_ms == near(5_000, within_ms=200)
    first.browser.advance(STEP_MS)  # its late tick comes before the news that it was robbed
    desk.advance(500)
    one.end()
    other.end()
    assert one.elapsed_ms <= 3_000
    assert_no_moment_twice(desk)


def deaf(page):
    """Its channel hears nothing any more, as of a page that stands still."""
    for channel in page.browser.channels._mine:
        channel.on_message = lambda message: None


def test_without_locks_each_window_counts_for_itself(desk):
    first, second = desk.open(), desk.open()
    for page in (first, second):
        getattr(page.browser.locks, "_inner", page.browser.locks).available = False
    one, other = first.start(), second.start()
    desk.advance(2_000)
    assert (one.elapsed_ms, other.elapsed_ms) == (2_000, 2_000)
    assert (one.paused, other.paused) == (False, False)


def test_other_runs_and_other_servers_are_nobody_s_business(desk):
    pages = [desk.open() for _ in range(3)]
    pages[2] = Page(base_url="/elsewhere", **desk.shared)
    desk.pages[2] = pages[2]
    activities = [pages[0].start("one"), pages[1].start("two"), pages[2].start("one")]
    desk.advance(2_000)
    assert [activity.elapsed_ms for activity in activities] == [2_000] * 3


def test_the_same_run_again_in_the_same_page_loses_nothing(desk):
    page = desk.open()
    for _ in range(5):
        activity = page.start()
        desk.advance(1_000)
        activity.end()
    assert desk.active_ms == 5_000


def test_a_page_in_the_cache_hears_nothing_and_holds_nothing(desk):
    page = desk.open()
    activity = page.start()
    desk.advance(1_000)
    page.browser.leave()
    assert page.browser.channels.open_channels == 0
    assert page.traces[1] == 1  # the lifecycle, to come back
    page.browser.come_back()
    desk.advance(1_000)
    activity.end()
    assert activity.elapsed_ms == 2_000
    assert page.traces == (0, 0, 0, 0)


def test_the_app_hears_of_a_run_that_went_elsewhere(desk):
    told = []
    first, second = desk.open(), desk.open()
    first.start(on_pause=lambda: told.append("paused"), on_resume=lambda: told.append("resumed"))
    desk.advance(1_000)
    first.browser.blur()
    second.start()
    desk.advance(1_000)
    assert told == ["paused"]
    desk.turn_to(first)
    desk.advance(1_000)
    assert told == ["paused", "resumed"]


def test_focus_that_comes_while_nothing_is_to_be_had_changes_nothing(desk):
    page = desk.open(hidden=True)
    activity = page.start()
    page.browser.lifecycle.tell(PageEvent.FOCUSED)
    desk.advance(HEARTBEAT_MS)
    assert (activity.elapsed_ms, activity.paused) == (0, True)


def test_three_windows_take_turns(desk):
    pages = [desk.open() for _ in range(3)]
    activities = []
    for page in pages:
        desk.turn_to(page)
        activities.append(page.start())
        desk.advance(1_000)
    for page in [*pages, *reversed(pages)]:
        desk.turn_to(page)
        desk.advance(1_000)
        assert [one.paused for one in activities].count(False) == 1
    for activity in activities:
        activity.end()
    assert_no_moment_twice(desk)
    assert desk.active_ms == near(9_000, within_ms=300)


@pytest.mark.parametrize("fetch_later", [True, False], ids=["fetchLater", "journal"])
@pytest.mark.parametrize("pause_ms", [10, 500, 3_000])
def test_a_crash_soon_after_a_pause_loses_nothing_of_what_was_before(desk, fetch_later, pause_ms):
    page = desk.open()
    page.browser.network.has_fetch_later = fetch_later
    activity = page.start()
    desk.advance(9_000)
    activity.pause()
    desk.advance(pause_ms)
    page.browser.crash()
    assert desk.active_ms == 9_000


def test_a_page_that_is_busy_when_it_starts_counts_nothing_of_another_s_time(desk):
    first = desk.open()
    one = first.start()
    desk.advance(2_000)
    first.browser.blur()
    second = desk.open()
    other = second.start()
    desk.advance(5_000, frozen=[second])
    one.end()
    desk.advance(1_000, frozen=[second])
    desk.advance(1_000)
    other.end()
    assert desk.active_ms <= 9_000
    assert_no_moment_twice(desk)

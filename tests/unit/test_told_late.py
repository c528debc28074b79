"""A worker that was busy hears late what has happened, with other things in between.

What it hears of late is dealt with as of then; the books come to what they would have, had all of
it been heard in time.
"""

import pytest

from tests.unit.helpers import LESSON
from tests.unit.test_worker import Worker
from timeback_web import Timeback, TimeOptions
from timeback_web.testing import FakeBrowser

SECOND_MS = 1_000


def listen_late(told, *, until_s, end_s, **time):
    """Be busy until a moment, in which the app acts; hear then of the page what came before.

    Args:
        told: `(at_s, what)`; `pause` and `resume` are the app's own, and heard at once.
        until_s: When the worker listens.
        end_s: When it is asked.
        **time: Options.
    """
    worker = Worker()
    activity = worker.start(time=TimeOptions(**time))
    began_ms = worker.page.clock.monotonic_ms

    def move_to(second):
        worker.page.clock.move(began_ms + second * SECOND_MS - worker.page.clock.monotonic_ms)

    for at_s, what in sorted(told):
        if what in ("pause", "resume"):
            move_to(at_s)
            getattr(activity, what)()
    move_to(until_s)
    for at_s, what in sorted(told):
        if what not in ("pause", "resume"):
            fields = {"hidden": False} if what == "returned" else {}
            worker.event(what, ago_ms=(until_s - at_s) * SECOND_MS, **fields)
    worker.advance((end_s - until_s) * SECOND_MS)
    return activity.elapsed_ms


def listen_at_once(told, *, end_s, **time):
    """The same history on a page, which hears of everything in its own task."""
    browser = FakeBrowser()
    activity = Timeback(browser=browser).activity.start({**LESSON, "time": TimeOptions(**time)})
    acts = {
        "pause": activity.pause,
        "resume": activity.resume,
        "hidden": browser.hide,
        "visible": browser.show,
        "leaving": browser.leave,
        "returned": browser.come_back,
        "input": browser.act,
    }
    now_s = 0
    for at_s, what in sorted(told):
        browser.advance((at_s - now_s) * SECOND_MS)
        now_s = at_s
        acts[what]()
    browser.advance((end_s - now_s) * SECOND_MS)
    return activity.elapsed_ms


HISTORIES = {
    "a glance away, and then a pause": ([(10, "hidden"), (20, "visible"), (25, "pause")], {}),
    "a pause within a glance away": ([(10, "hidden"), (15, "pause"), (20, "visible")], {}),
    "a glance away within a pause": (
        [(5, "pause"), (10, "hidden"), (20, "visible"), (22, "resume")],
        {},
    ),
    "a glance that outlasts a pause": (
        [(5, "pause"), (10, "hidden"), (12, "resume"), (20, "visible")],
        {},
    ),
    "a pause that outlasts a glance": (
        [(5, "hidden"), (8, "pause"), (10, "visible"), (20, "resume")],
        {},
    ),
    "two glances, and a pause": (
        [(4, "hidden"), (6, "visible"), (10, "hidden"), (20, "visible"), (25, "pause")],
        {},
    ),
    "put away and back, then a pause": ([(10, "leaving"), (20, "returned"), (25, "pause")], {}),
    "a pause between two glances": (
        [
            *[(4, "hidden"), (6, "visible"), (12, "hidden"), (20, "visible")],
            *[(8, "pause"), (10, "resume")],
        ],
        {},
    ),
    "inputs in time": ([(12, "input"), (24, "input")], {"idle_after_ms": 15_000}),
    "inputs in time, and a pause": (
        [(12, "input"), (24, "input"), (25, "pause")],
        {"idle_after_ms": 15_000},
    ),
    "an input that came too late": ([(20, "input")], {"idle_after_ms": 15_000}),
    "a glance away while idleness is watched": (
        [(6, "input"), (10, "hidden"), (14, "visible"), (22, "input")],
        {"idle_after_ms": 15_000},
    ),
}


@pytest.mark.parametrize("until_s", [26, 29])
@pytest.mark.parametrize(("told", "time"), HISTORIES.values(), ids=HISTORIES)
def test_heard_late_it_comes_to_what_it_was(told, time, until_s):
    on_time_ms = listen_at_once(told, end_s=30, **time)
    assert listen_late(told, until_s=until_s, end_s=30, **time) == on_time_ms


def test_the_page_itself_counts_as_was_worked_out_by_hand():
    glance = HISTORIES["a glance away, and then a pause"][0]
    assert listen_at_once(glance, end_s=30) == 15_000
    inputs, time = HISTORIES["inputs in time, and a pause"]
    assert listen_at_once(inputs, end_s=30, **time) == 25_000


@pytest.mark.parametrize("slept_s", [5, 3_600])
@pytest.mark.parametrize("told_after_s", [0, 4])
def test_a_glance_away_across_a_sleep(slept_s, told_after_s):
    """In sight for 5 s, hidden for 2 s, asleep, hidden for 3 s more, in sight again."""
    worker = Worker()
    activity = worker.start()
    worker.advance(5_000)
    page = worker.page
    hidden_at = page.clock.read()
    page.clock.move(2_000)
    page.sleep(slept_s * SECOND_MS)
    page.clock.move(3_000)
    shown_at = page.clock.read()
    page.clock.move(told_after_s * SECOND_MS)
    worker.hear("event", event="hidden", at=hidden_at.monotonic_ms, wall=hidden_at.wall_ms)
    worker.hear("event", event="visible", at=shown_at.monotonic_ms, wall=shown_at.wall_ms)
    worker.advance(1_000)
    assert activity.elapsed_ms == 5_000 + told_after_s * SECOND_MS + 1_000
    assert activity.paused_ms == 5_000 + slept_s * SECOND_MS


@pytest.mark.parametrize("looks", [False, True])
def test_asleep_and_told_of_a_pause_from_before(looks):
    """Hidden at 5 s and asleep at once; the worker looks at its clocks before it is told."""
    worker = Worker()
    activity = worker.start()
    worker.advance(5_000)
    hidden_at = worker.page.clock.read()
    worker.page.clock.move(1_000)
    worker.page.sleep(600_000)
    worker.page.clock.move(1_000)
    if looks:
        assert activity.elapsed_ms + activity.paused_ms == 607_000
    worker.hear("event", event="hidden", at=hidden_at.monotonic_ms, wall=hidden_at.wall_ms)
    assert (activity.elapsed_ms, activity.paused_ms) == (5_000, 602_000)

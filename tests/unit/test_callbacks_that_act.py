"""Callbacks of the app that end, close, start, pause and resume what they are told of."""

import pytest

from tests.unit.helpers import OTHER_RUN, RUN, Page
from tests.unit.test_run_lock import Desk, near
from timeback_web.ports import PageEvent

NOTHING = (0, 0, 0, 0)


class Lesson:
    """An activity, and what its callbacks do to it."""

    def __init__(self, page, **options):
        self.page = page
        self.options = options
        self.activity = self.other = None

    def start(self, run_id=RUN):
        self.activity = self.page.start(run_id, **self.options)
        return self.activity

    def act(self, what):
        if what == "end":
            self.activity.end()
        elif what == "close":
            self.page.timeback.close()
        elif what == "end and start":
            self.activity.end()
            if self.other is None:
                self.other = self.page.start(OTHER_RUN)
        else:
            getattr(self.activity, what)()


ENDING = ["end", "close", "end and start"]


@pytest.mark.parametrize("what", ENDING)
def test_told_that_another_window_takes_the_run_it_ends(what):
    desk = Desk()
    first, second = desk.open(), desk.open()
    second.browser.lifecycle.focused = False
    lesson = Lesson(first, on_pause=lambda: lesson.act(what))
    lesson.start()
    desk.advance(5_000)
    desk.turn_to(second)
    activity = second.start(RUN)
    desk.advance(5_000)
    assert lesson.activity.ended
    assert f"timeback_web/run//api/timeback/{RUN}" not in first.browser.locks.held
    second.browser.hide()
    desk.advance(2_000)
    assert f"timeback_web/run//api/timeback/{RUN}" not in first.browser.locks.held
    before = activity.elapsed_ms
    second.browser.lifecycle.hidden = False  # in sight, but not in focus
    second.browser.lifecycle.tell(PageEvent.VISIBLE)
    desk.advance(20_000)
    assert activity.elapsed_ms - before == near(20_000)
    assert not activity.paused
    if what != "end and start":
        assert first.traces == NOTHING
    counted_ms = sum(beat.elapsed_ms for beat in second.heartbeats if beat.run_id == RUN)
    assert counted_ms <= 5_000 + 5_000 + 20_000


@pytest.mark.parametrize("turn", ["hide", "pause", "leave", "blur and yield"])
@pytest.mark.parametrize("what", ENDING)
def test_told_that_it_is_paused_it_ends(what, turn):
    page = Page()
    lesson = Lesson(page, on_pause=lambda: lesson.act(what))
    activity = lesson.start()
    page.browser.advance(5_000)
    if turn == "pause":
        activity.pause()
    elif turn == "blur and yield":
        page.browser.blur()
        page.browser.channels.open(f"timeback_web/run//api/timeback/{RUN}", print).post("yield")
    else:
        getattr(page.browser, turn)()
    page.browser.advance(20_000)
    assert activity.ended
    assert activity.elapsed_ms == 5_000
    assert sum(beat.elapsed_ms for beat in page.heartbeats if beat.run_id == RUN) == 5_000
    assert not page.errors
    if what != "end and start":
        assert (page.browser.timers.pending, page.browser.locks.held) == (0, [])
        assert page.browser.lifecycle.listeners == 0


@pytest.mark.parametrize("turn", ["show", "resume", "come_back"])
@pytest.mark.parametrize("what", [*ENDING, "pause"])
def test_told_that_it_goes_on_it_acts(what, turn):
    page = Page()
    lesson = Lesson(page, on_resume=lambda: lesson.act(what))
    activity = lesson.start()
    page.browser.advance(5_000)
    if turn == "resume":
        activity.pause()
    else:
        getattr(page.browser, {"show": "hide", "come_back": "leave"}[turn])()
    page.browser.advance(3_000)
    getattr(activity if turn == "resume" else page.browser, turn)()
    page.browser.advance(20_000)
    assert activity.elapsed_ms == 5_000
    page.timeback.close()
    assert sum(beat.elapsed_ms for beat in page.heartbeats if beat.run_id == RUN) == 5_000
    assert not page.errors
    assert page.traces == NOTHING


@pytest.mark.parametrize("what", [*ENDING, "pause"])
@pytest.mark.parametrize("latency_ms", [0, 300])
def test_told_that_a_window_was_delivered_it_acts(what, latency_ms):
    page = Page()
    page.browser.network.latency_ms = latency_ms
    lesson = Lesson(page, on_flush=lambda _: lesson.act(what))
    activity = lesson.start()
    page.browser.advance(40_000)
    counted_ms = activity.elapsed_ms
    assert counted_ms == 15_000 + latency_ms
    page.timeback.close()
    page.browser.advance(1_000)
    assert sum(beat.elapsed_ms for beat in page.heartbeats if beat.run_id == RUN) == counted_ms
    assert not page.errors
    assert page.traces == NOTHING


@pytest.mark.parametrize("what", [*ENDING, "pause"])
@pytest.mark.parametrize("latency_ms", [0, 300])
def test_told_of_trouble_it_acts(what, latency_ms):
    page = Page()
    page.browser.network.latency_ms = latency_ms
    lesson = Lesson(page, on_error=lambda *_: lesson.act(what))
    activity = lesson.start()
    page.browser.server.refuse_next(503)
    page.browser.advance(40_000)
    counted_ms = activity.elapsed_ms
    assert counted_ms == 15_000 + latency_ms
    page.timeback.close()
    page.browser.advance(1_000)
    kept = Page(server=page.browser.server, storage=page.browser.storage, later_ms=60_000)
    kept.start()
    kept.browser.advance(60_000)
    kept.timeback.close()
    assert sum(beat.elapsed_ms for beat in page.heartbeats if beat.run_id == RUN) == (
        counted_ms + 60_000
    )
    assert page.browser.timers.pending == page.browser.lifecycle.listeners == 0


def test_an_app_that_will_not_be_paused_goes_on():
    page = Page()
    lesson = Lesson(page, on_pause=lambda: lesson.act("resume"))
    activity = lesson.start()
    page.browser.advance(5_000)
    activity.pause()
    page.browser.advance(5_000)
    page.browser.hide()
    page.browser.advance(5_000)
    page.browser.show()
    page.browser.advance(5_000)
    activity.end()
    assert sum(beat.elapsed_ms for beat in page.heartbeats) == 15_000

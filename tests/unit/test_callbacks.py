"""The app's callbacks, and what they may do."""

import logging

import pytest

from tests.unit.helpers import HEARTBEAT_MS, LESSON, OTHER_RUN, Page, assert_tiles, spans
from timeback_web import Timeback
from timeback_web.ports import Answer
from timeback_web.testing import FakeBrowser


def test_pause_and_resume_are_told_when_active_time_stops_and_goes_on():
    page, told = Page(), []
    activity = page.start(
        on_pause=lambda: told.append("pause"), on_resume=lambda: told.append("resume")
    )
    activity.pause()
    activity.pause()
    page.browser.hide()
    activity.resume()
    assert told == ["pause"]
    page.browser.show()
    assert told == ["pause", "resume"]
    page.browser.leave()
    assert told == ["pause", "resume", "pause"]
    page.browser.come_back()
    assert told == ["pause", "resume"] * 2


def test_the_end_is_not_a_pause():
    page, told = Page(), []
    page.start(on_pause=lambda: told.append("pause")).end()
    assert told == []


def test_born_hidden_is_not_told_as_a_pause():
    page, told = Page(hidden=True), []
    page.start(on_pause=lambda: told.append("pause"), on_resume=lambda: told.append("resume"))
    page.browser.show()
    assert told == ["resume"]


def test_flushes_add_up_to_the_active_time():
    page = Page()
    activity = page.start()
    page.browser.advance(50_000)
    page.browser.hide()
    page.browser.advance(9_000)
    page.browser.show()
    page.browser.advance(1_000)
    activity.end()
    assert sum(page.flushed) == activity.elapsed_ms == 51_000


@pytest.mark.parametrize("name", ["on_pause", "on_resume", "on_flush"])
def test_a_callback_that_raises_does_not_stop_the_clock(name):
    def boom(*_):
        raise RuntimeError("the app's own bug")

    page = Page()
    activity = page.start(**{name: boom})
    page.browser.advance(HEARTBEAT_MS)
    activity.pause()
    page.browser.advance(1_000)
    activity.resume()
    page.browser.advance(HEARTBEAT_MS)
    activity.end()
    assert sum(beat.elapsed_ms for beat in page.heartbeats) == 2 * HEARTBEAT_MS
    assert {context.operation for _, context in page.errors} == {"callback"}


def test_an_on_error_that_raises_does_not_stop_delivery(caplog):
    def boom(*_):
        raise RuntimeError("the app's own bug")

    page = Page()
    page.start(on_error=boom)
    page.browser.server.refuse_next(503)
    page.browser.advance(3 * HEARTBEAT_MS)
    assert spans(page.heartbeats) == [(HEARTBEAT_MS, 0)] * 3
    assert "the app's own bug" in caplog.text


def test_an_on_error_of_the_activity_goes_before_that_of_the_client():
    page, told = Page(), []
    page.start(on_error=lambda *_: told.append(1))
    page.browser.server.refuse_next(503)
    page.browser.advance(HEARTBEAT_MS)
    assert (len(told), page.errors) == (1, [])


def test_without_any_on_error_trouble_is_logged(caplog):
    browser = FakeBrowser()
    Timeback(browser=browser).activity.start(LESSON)
    browser.server.refuse_next(503, "INTERNAL_ERROR")
    with caplog.at_level(logging.WARNING, logger="timeback_web"):
        browser.advance(HEARTBEAT_MS)
    assert "INTERNAL_ERROR" in caplog.text


# ── callbacks that call back ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("latency_ms", [0, 50])
@pytest.mark.parametrize("name", ["on_pause", "on_resume", "on_flush", "on_error"])
def test_a_callback_may_end_the_activity(name, latency_ms):
    page = Page()
    page.browser.network.latency_ms = latency_ms
    activity = page.start(**{name: lambda *_: activity.end()})
    if name == "on_error":
        page.browser.server.refuse_next(503)
    page.browser.advance(HEARTBEAT_MS + 1_000)
    activity.pause()
    page.browser.advance(1_000)
    activity.resume()
    page.browser.advance(60_000)
    assert activity.ended
    assert sum(beat.elapsed_ms for beat in page.heartbeats) == activity.elapsed_ms
    assert_tiles(sorted(page.heartbeats, key=lambda beat: beat.started_at))
    assert page.traces == (0, 0, 0, 0)


def test_a_flush_may_start_the_next_activity():
    page, activities = Page(), []

    def next_one(_):
        if len(activities) == 1:
            activities[0].end()
            activities.append(page.start(run_id=OTHER_RUN, on_flush=None))

    activities.append(page.start(on_flush=next_one))
    page.browser.advance(3 * HEARTBEAT_MS)
    assert [beat.run_id for beat in page.heartbeats] == [activities[0].run_id, OTHER_RUN, OTHER_RUN]


@pytest.mark.parametrize("operation", ["submit", "heartbeat"])
def test_trouble_at_the_end_may_start_the_next_activity(operation):
    page, started = Page(), []

    def on_error(_, context):
        if context.operation == operation and not started:
            started.append(page.start(run_id=OTHER_RUN))

    activity = page.start(on_error=on_error)
    page.browser.advance(5_000)
    if operation == "heartbeat":
        page.browser.server.refuse_next(400)
        activity.end()
    else:
        page.browser.server.answer_next(Answer(204), Answer(400))
        activity.end({"xp_earned": 1})
    assert page.timeback.activity.current is started[0]


def test_the_last_flush_may_start_the_same_run_again():
    page, told = Page(), []

    def again(_):
        if activity.ended and page.timeback.activity.current is None:
            page.start(on_flush=told.append)

    activity = page.start(on_flush=again)
    page.browser.advance(5_000)
    activity.end()
    page.browser.advance(2 * HEARTBEAT_MS)
    assert told == [HEARTBEAT_MS] * 2


def test_pausing_inside_on_resume_wins():
    page = Page()

    def pause_again():
        activity.pause()

    activity = page.start(on_resume=pause_again)
    activity.pause()
    activity.resume()
    assert activity.paused is True
    page.browser.advance(5_000)
    assert activity.elapsed_ms == 0

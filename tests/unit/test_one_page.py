"""Several clients and front ends on one page: what they have to know of each other."""

from __future__ import annotations

import json

import pytest

from tests.unit.helpers import LESSON, OTHER_RUN, RUN, assert_tiles, ms, spans
from timeback_web import InvalidOptionsError, Timeback
from timeback_web.frontends import FrontEnds
from timeback_web.testing import FakeBrowser

READY_MS = 5_000
SINCE_NAVIGATION = {"since": "navigation"}


def page():
    browser = FakeBrowser()
    browser.lifecycle.past = [(0.0, False)]
    return browser


def client(browser, run_id=RUN, *, time=SINCE_NAVIGATION):
    timeback = Timeback(browser=browser)
    return timeback, timeback.activity.start(**LESSON, run_id=run_id, time=time)


def ended_in_javascript(browser):
    front_ends = FrontEnds(browser)
    front_ends.open_client(
        "client", json.dumps({"baseURL": "/api/timeback"}), None, lambda *_: None
    )
    past = {"began": {"monotonicMs": 0.0, "wallMs": browser.clock.wall_ms - READY_MS}}
    history = json.dumps({**past, "hidden": False, "changes": []})
    options = json.dumps({**LESSON, "runId": OTHER_RUN})
    assert front_ends.start("client", "activity", options, history, lambda *_: None) == ""
    front_ends.end("activity", "", lambda: None)


def closed(browser):
    client(browser, OTHER_RUN)[0].close()


def still_open(browser):
    client(browser, OTHER_RUN)


def without_the_past(browser):
    client(browser, OTHER_RUN, time=True)[0].close()


@pytest.mark.parametrize("before", [closed, still_open, without_the_past, ended_in_javascript])
def test_the_past_of_the_page_is_counted_once(before):
    browser = page()
    before(browser)
    counted = sum(beat.elapsed_ms for beat in browser.server.heartbeats)
    timeback, activity = client(browser)
    assert activity.elapsed_ms == 0
    browser.advance(1_000)
    timeback.close()
    [last] = [beat for beat in browser.server.heartbeats if beat.run_id == RUN]
    assert last.elapsed_ms == 1_000
    assert counted in (0, READY_MS)


def test_a_server_that_keeps_the_time_claims_no_past():
    browser = page()
    client(browser, OTHER_RUN, time=False)
    assert client(browser)[1].elapsed_ms == READY_MS


def test_a_start_that_was_refused_claims_no_past():
    browser = page()
    with pytest.raises(InvalidOptionsError):
        client(browser, " ")
    assert client(browser)[1].elapsed_ms == READY_MS


@pytest.mark.parametrize("other", [None, OTHER_RUN], ids=["again", "another run in between"])
def test_windows_of_a_run_never_overlap_when_the_clock_is_set_back_between_its_sessions(other):
    browser = FakeBrowser()
    first, _ = client(browser)
    browser.advance(100_000)
    first.close()
    browser.clock.wall_ms -= 60_000
    if other:
        between, _ = client(browser, other)
        browser.advance(1_000)
        between.close()
    second, _ = client(browser)
    browser.advance(50_000)
    second.close()
    beats = [beat for beat in browser.server.heartbeats if beat.run_id == RUN]
    assert_tiles(beats[-3:])
    ends = [ms(beat.ended_at) for beat in beats]
    starts = [ms(beat.started_at) for beat in beats]
    assert all(start >= end for start, end in zip(starts[1:], ends, strict=False))
    assert sum(active for active, _ in spans(beats)) == 150_000


class EngineError(Exception):
    """The browser lacks something."""


def fails(*_, **__):
    raise EngineError


def without_locks(browser):
    browser.locks.request_if_free = fails


def without_listeners(browser):
    browser.lifecycle.listen = fails


def without_idle_time(browser):
    browser.timers.call_when_idle = fails


def interrupted(browser):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    browser.locks.request_if_free = interrupt


@pytest.mark.parametrize(
    "broken", [without_locks, without_listeners, without_idle_time, interrupted]
)
def test_a_start_that_raises_leaves_nothing_behind(broken):
    browser = page()
    whole = {port: dict(vars(getattr(browser, port))) for port in ("locks", "timers", "lifecycle")}
    broken(browser)
    timeback = Timeback(browser=browser)
    with pytest.raises((EngineError, KeyboardInterrupt)):
        timeback.activity.start({**LESSON, "run_id": RUN, "time": SINCE_NAVIGATION})
    for port, state in whole.items():
        vars(getattr(browser, port)).clear()
        vars(getattr(browser, port)).update(state)
    assert timeback.activity.current is None
    assert browser.lifecycle.listeners == 0
    assert browser.channels.open_channels == 0
    assert browser.locks.held == []
    browser.advance(60_000)
    browser.hide()
    assert (browser.timers.pending, browser.network.sent) == (0, [])
    browser.show()
    activity = timeback.activity.start({**LESSON, "run_id": RUN, "time": SINCE_NAVIGATION})
    assert activity.paused_ms + activity.elapsed_ms == READY_MS + 60_000

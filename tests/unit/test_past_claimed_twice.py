"""What was seen of the page before `start()` is counted once, whoever asks for it next."""

import json
from itertools import pairwise

import pytest

from tests.unit.helpers import LESSON, OTHER_RUN, RUN, ms
from timeback_web import Timeback
from timeback_web.autostart.watch import Watch
from timeback_web.frontends import FrontEnds
from timeback_web.testing import FakeBrowser, FakeServer, FakeStorage
from timeback_web.testing.channels import FakeChannels
from timeback_web.testing.elements import FakeElement, FakeElements
from timeback_web.testing.locks import FakeLocks

SINCE = {"since": "navigation"}


def booted(before_ms=0):
    """A page whose browser lists since when it is in sight."""
    browser = FakeBrowser()
    browser.lifecycle.past = [(browser.clock.monotonic_ms, False)]
    browser.advance(before_ms)
    return browser


def glance_elsewhere(browser, for_ms=1_000):
    """The browser lists that, too."""
    for change in (browser.hide, browser.show):
        change()
        hidden = browser.lifecycle.hidden
        browser.lifecycle.past.append((browser.clock.monotonic_ms, hidden))
        if hidden:
            browser.advance(for_ms)


def active(browser, run_id):
    return sum(beat.elapsed_ms for beat in browser.server.heartbeats if beat.run_id == run_id)


def assert_windows_apart(browser, run_id):
    windows = sorted(
        (ms(beat.started_at), ms(beat.ended_at))
        for beat in browser.server.heartbeats
        if beat.run_id == run_id
    )
    for (_, before), (after, _) in pairwise(windows):
        assert before <= after


@pytest.mark.parametrize("glances", [0, 6])
@pytest.mark.parametrize("before_ms", [0, 4_000])
def test_the_next_learner_gets_nothing_of_the_first_ones_time(before_ms, glances):
    browser = booted(before_ms)
    for learner, run_id in (("ada", RUN), ("bob", OTHER_RUN)):
        timeback = Timeback(browser=browser, learner=learner)
        timeback.activity.start({**LESSON, "run_id": run_id, "time": SINCE})
        for _ in range(glances):
            browser.advance(50_000)
            glance_elsewhere(browser)
        browser.advance(20_000)
        timeback.close()
    worked_ms = glances * 50_000 + 20_000
    assert active(browser, RUN) == before_ms + worked_ms
    assert active(browser, OTHER_RUN) == worked_ms


@pytest.mark.parametrize("run_ids", [(RUN, RUN), (RUN, OTHER_RUN)], ids=["one run", "two runs"])
@pytest.mark.parametrize("pause_ms", [0, 300, 5_000])
def test_two_clients_one_after_the_other(run_ids, pause_ms):
    browser = booted(3_000)
    for run_id in run_ids:
        timeback = Timeback(browser=browser)
        timeback.activity.start({**LESSON, "run_id": run_id, "time": SINCE})
        browser.advance(20_000)
        timeback.close()
        browser.advance(pause_ms)
    total = sum(beat.elapsed_ms for beat in browser.server.heartbeats)
    assert total == 43_000
    assert_windows_apart(browser, RUN)


def test_two_clients_at_the_same_time():
    browser = booted(3_000)
    first, second = (Timeback(url, browser=browser) for url in ("/a", "/b"))
    first.activity.start({**LESSON, "run_id": RUN, "time": SINCE})
    second.activity.start({**LESSON, "run_id": OTHER_RUN, "time": SINCE})
    browser.advance(2_000)
    first.close()
    second.close()
    assert active(browser, RUN) + active(browser, OTHER_RUN) == 3_000 + 2 * 2_000


def test_a_tag_that_is_stopped_and_made_anew():
    browser = booted(3_000)
    for run_id in (RUN, OTHER_RUN):
        element = FakeElement(
            activity="a", name="A", course="MATH-3", run=run_id, since="navigation"
        )
        watch = Watch(browser, FakeElements(element))
        browser.advance(20_000)
        watch.stop()
    assert (active(browser, RUN), active(browser, OTHER_RUN)) == (23_000, 20_000)


def test_a_client_after_a_tag():
    browser = booted(3_000)
    element = FakeElement(activity="a", name="A", course="MATH-3", run=RUN, since="navigation")
    Watch(browser, FakeElements(element)).stop()
    timeback = Timeback(browser=browser)
    timeback.activity.start({**LESSON, "run_id": OTHER_RUN, "time": SINCE})
    browser.advance(20_000)
    timeback.close()
    assert (active(browser, RUN), active(browser, OTHER_RUN)) == (3_000, 20_000)


def test_a_client_in_python_after_one_in_javascript():
    """JavaScript reads the browser's list by itself, and hands over what it has claimed."""
    browser = booted(3_000)
    front_ends = FrontEnds(browser)
    config = json.dumps({"baseURL": "/api/timeback"})
    front_ends.open_client("client", config, None, lambda *_: None)
    now = browser.clock.read()
    began = {"monotonicMs": now.monotonic_ms - 3_000, "wallMs": now.wall_ms - 3_000}
    past = json.dumps({"began": began, "hidden": False, "changes": []})
    options = json.dumps({**LESSON, "runId": RUN, "time": SINCE})
    assert front_ends.start("client", "activity", options, past, lambda *_: None) == ""
    browser.advance(20_000)
    front_ends.close_client("client")
    timeback = Timeback(browser=browser)
    timeback.activity.start({**LESSON, "run_id": OTHER_RUN, "time": SINCE})
    browser.advance(20_000)
    timeback.close()
    assert (active(browser, RUN), active(browser, OTHER_RUN)) == (23_000, 20_000)


# ── a run that goes on in JavaScript while another window counts it ─────────────────────────────

CAUSES = {"running": None, "paused": "app", "hidden": "hidden", "left": "away"}


@pytest.mark.parametrize("cause", CAUSES.values(), ids=CAUSES)
@pytest.mark.parametrize("since_ms", [0, 1_000, 7_000])
def test_a_hand_over_takes_back_what_another_window_has_counted(cause, since_ms):
    shared = {
        "server": FakeServer(),
        "storage": FakeStorage(),
        "locks": FakeLocks(),
        "channels": FakeChannels(),
    }
    first, second = FakeBrowser(**shared), FakeBrowser(**shared)
    second.clock.wall_ms += 7  # no two windows of a run begin in one millisecond

    def advance(for_ms):
        for _ in range(0, for_ms, 100):
            first.advance(100)
            second.advance(100)

    def at():
        return {"monotonicMs": second.clock.monotonic_ms, "wallMs": second.clock.wall_ms}

    activity = Timeback(browser=first).activity.start({**LESSON, "run_id": RUN})
    advance(5_000)
    began, changes = at(), []
    advance(20_000)
    if cause:
        changes.append({"at": at(), "what": "hold", "cause": cause})
    advance(since_ms)
    second.lifecycle.focused = False
    second.lifecycle.hidden = cause in ("hidden", "away")
    front_ends = FrontEnds(second)
    config = json.dumps({"baseURL": "/api/timeback"})
    front_ends.open_client("client", config, None, lambda *_: None)
    past = json.dumps({"began": began, "hidden": False, "changes": changes})
    options = json.dumps({**LESSON, "runId": RUN})
    assert front_ends.start("client", "activity", options, past, lambda *_: None) == ""
    advance(5_000)
    front_ends.end("activity", "", lambda: None)
    activity.end()
    advance(1_000)
    assert active(first, RUN) == pytest.approx(30_000 + since_ms, abs=200)

"""Two windows on one run: callbacks that act when it is taken, and one that begins in JavaScript.

One learner sits there, so at no time do both count; and whoever has ended holds nothing of the run.
What is received is bounded by what was worked in at least one of them.
"""

import json

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.property.effort import effort
from tests.support.witness import School, Sitting, check_nothing_left
from timeback_web import Timeback
from timeback_web.frontends import FrontEnds
from timeback_web.testing import FakeBrowser, FakeStorage
from timeback_web.testing.channels import FakeChannels
from timeback_web.testing.locks import FakeLocks

RUN = "6f1c3a52-8f7e-4a8e-9d2b-0b6c5a1d2e3f"
LESSON = {"id": "lesson-1", "name": "Fractions", "course": {"code": "MATH-3"}}
STEP_MS = 50
HAND_OVER_MS = 1_250
"""What a hand-over may cost: patience with one that can't answer, and stepping back."""
CALLBACKS = st.sampled_from(["on_pause", "on_resume", "on_flush"])
ACTIONS = st.sampled_from(["end", "close", "pause", "resume", "end and start", "raise"])
PLANS = st.dictionaries(CALLBACKS, ACTIONS, max_size=2)
WINDOW = st.sampled_from([0, 1])
A_WHILE = st.one_of(st.integers(1, 40), st.integers(1, 400)).map(lambda n: n * STEP_MS)


class Window:
    """One of them, and what its app does."""

    def __init__(self, desk, browser):
        self.desk, self.browser = desk, browser
        self.sitting = self.activity = None
        self.hidden = False
        self.plan = {}
        self.open_client()

    def open_client(self):
        self.timeback = Timeback(browser=self.browser, on_error=lambda *_: None)

    @property
    def works(self):
        return self.sitting is not None and self.sitting.works

    def start(self, plan):
        self.plan = dict(plan)
        self.sitting = Sitting(self.browser, RUN, hidden=self.hidden)
        callbacks = {
            name: lambda *_, name=name: self.act(name)
            for name in ("on_pause", "on_resume", "on_flush")
        }
        self.activity = self.timeback.activity.start({**LESSON, "run_id": RUN, **callbacks})

    def act(self, callback):
        if self.activity is None:
            return  # told before it is in the app's hands
        action = self.plan.pop(callback, "")
        self.desk.something_happened()
        if action == "raise":
            raise LookupError("a callback of the app fails")
        if action.startswith("end"):
            self.end()
        if action == "end and start":
            self.start({})
        if action == "close":
            self.end()
            self.timeback.close()
            self.open_client()
        if action in ("pause", "resume"):
            getattr(self, action)()

    def end(self):
        if self.sitting is not None:
            self.sitting.end()
            activity, self.sitting, self.activity = self.activity, None, None
            activity.end()

    def pause(self):
        if self.sitting is not None:
            self.sitting.hinder("app")
            self.activity.pause()

    def resume(self):
        if self.sitting is not None:
            self.sitting.free("app")
            self.activity.resume()

    def look_elsewhere(self):
        self.hidden = True
        if self.sitting is not None:
            self.sitting.hinder("hidden")
        self.browser.hide()

    def look_here(self):
        self.hidden = False
        if self.sitting is not None:
            self.sitting.free("hidden")
        self.browser.show()


class WindowsMachine(RuleBasedStateMachine):
    @initialize(fetch_later=st.booleans())
    def sit_down(self, fetch_later):
        self.server = School()
        shared = {
            "server": self.server,
            "storage": FakeStorage(),
            "locks": FakeLocks(),
            "channels": FakeChannels(),
        }
        browsers = [FakeBrowser(**shared, later_ms=7 * number) for number in (0, 1)]
        for browser in browsers:
            browser.network.has_fetch_later = fetch_later
        self.windows = [Window(self, browser) for browser in browsers]
        self.worked_ms = self.may_miss_ms = 0

    def something_happened(self):
        self.may_miss_ms += HAND_OVER_MS

    @rule(ms=A_WHILE)
    def read(self, ms):
        for _ in range(0, ms, STEP_MS):
            self.worked_ms += STEP_MS if any(one.works for one in self.windows) else 0
            for one in self.windows:
                one.browser.advance(STEP_MS)

    @rule(number=WINDOW, plan=PLANS)
    def start(self, number, plan):
        if self.windows[number].sitting is None:
            self.windows[number].start(plan)
            self.something_happened()

    @rule(number=WINDOW, plan=PLANS)
    def plan_more(self, number, plan):
        self.windows[number].plan |= plan

    @rule(number=WINDOW)
    def end(self, number):
        self.windows[number].end()
        self.something_happened()

    @rule(number=WINDOW)
    def turn_to(self, number):
        if not self.windows[number].hidden:
            self.windows[1 - number].browser.blur()
            self.windows[number].browser.focus()
            self.something_happened()

    @rule(number=WINDOW, what=st.sampled_from(["pause", "resume", "look_elsewhere", "look_here"]))
    def act(self, number, what):
        getattr(self.windows[number], what)()
        self.something_happened()

    @precondition(lambda self: self.windows[0].works and self.windows[1].sitting is None)
    @rule(
        before_ms=A_WHILE,
        held_ms=A_WHILE,
        after_ms=A_WHILE,
        cause=st.sampled_from([None, "app", "hidden", "away"]),
    )
    def begin_in_javascript_beside_a_window_that_counts(self, before_ms, held_ms, after_ms, cause):
        """When it hands over, what the other window has counted is taken back."""
        counting, window = self.windows
        counting.plan.clear()
        if window.hidden:
            window.look_here()
        counting.browser.focus()
        window.browser.blur()
        browser = window.browser
        began, changes = at(browser), []
        self.read(before_ms)
        if cause:
            changes.append({"at": at(browser), "what": "hold", "cause": cause})
        self.read(held_ms)
        browser.lifecycle.hidden = cause in ("hidden", "away")
        front_ends = FrontEnds(browser)
        config = json.dumps({"baseURL": "/api/timeback"})
        past = json.dumps({"began": began, "hidden": False, "changes": changes})
        options = json.dumps({**LESSON, "runId": RUN})
        assert front_ends.open_client("c", config, None, _ignore) == ""
        assert front_ends.start("c", "a", options, past, _ignore) == ""
        self.something_happened()
        self.read(after_ms)
        assert front_ends.close_client("c") == ""
        browser.lifecycle.hidden = window.hidden
        self.something_happened()

    def teardown(self):
        if not hasattr(self, "windows"):
            return
        for one in self.windows:
            one.plan.clear()
        self.read(2_000)
        at_work = [one for one in self.windows if one.works]
        running = [one for one in at_work if not one.activity.paused]
        assert len(running) == min(1, len(at_work)), "nobody counts, or both do"
        for one in self.windows:
            if one.sitting is None:
                assert one.browser.locks.held == [], "one that has ended holds the run"
        for one in self.windows:
            one.end()
            one.timeback.close()
            self.read(STEP_MS)
        # What is left for a crash lies there until the run is opened again, and nothing crashed.
        for one in self.windows:
            check_nothing_left(one.browser)
        received_ms = sum(one.active for one in self.server.booked)
        assert received_ms <= self.worked_ms + 2 * STEP_MS, "more than was worked"
        assert received_ms >= self.worked_ms - self.may_miss_ms, "time is lost"


def at(browser):
    return {"monotonicMs": browser.clock.monotonic_ms, "wallMs": browser.clock.wall_ms}


def _ignore(*_):
    """Nobody listens."""


TestWindows = WindowsMachine.TestCase
TestWindows.settings = effort(24, stateful_step_count=14)

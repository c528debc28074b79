"""Elements that come, go and are rendered anew, while the app's own server fails to load and save.

What was counted of a lesson belongs to the one run that the app has saved of it.
"""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.property.effort import effort
from tests.support.witness import School, Sitting, check_nothing_left
from timeback_web.autostart.watch import Watch
from timeback_web.ports.elements import Press
from timeback_web.testing import FakeBrowser
from timeback_web.testing.elements import FakeElement, FakeElements

PROGRESS = "/api/progress/"
LESSONS = st.sampled_from(["a", "b"])
LONG_MS = 1_000_000


def lesson(name):
    return FakeElement(activity=name, name=name.upper(), course="MATH-3", progress=PROGRESS + name)


class TagMachine(RuleBasedStateMachine):
    @initialize(latency_ms=st.sampled_from([0, 0, 300]), name=LESSONS)
    def open(self, latency_ms, name):
        self.server = School()
        self.browser = FakeBrowser(server=self.server)
        self.browser.network.latency_ms = latency_ms
        self.element, self.name = lesson(name), name
        self.elements = FakeElements(self.element)
        self.sittings = []
        self.sit_down()
        self.watch = Watch(self.browser, self.elements)

    def sit_down(self):
        self.sitting = Sitting(self.browser, self.name)
        self.sittings.append(self.sitting)

    def get_up(self):
        if self.sitting is not None:
            self.sitting.end()
            self.sitting = None

    # ── the page ─────────────────────────────────────────────────────────────────────────────

    @rule(name=LESSONS)
    def another_element_comes(self, name):
        """A router has rendered anew, the same lesson or another one."""
        self.get_up()
        self.element, self.name = lesson(name), name
        self.sit_down()
        self.elements.put(self.element)

    @rule(name=LESSONS)
    def the_element_becomes_another_lesson(self, name):
        if self.element is None or name == self.name:
            return
        self.get_up()
        self.name = name
        self.sit_down()
        for attribute, value in lesson(name).attributes().items():
            self.element.write(attribute, value)
        self.element.told.clear()
        self.elements.put(self.element)

    @rule()
    def the_element_goes(self):
        self.get_up()
        self.element = self.name = None
        self.elements.put()

    @precondition(lambda self: self.element is not None)
    @rule()
    def end(self):
        self.get_up()
        self.elements.press(Press.END)

    @precondition(lambda self: self.element is not None)
    @rule()
    def resume(self):
        if self.sitting is None:
            self.sit_down()
        else:
            self.sitting.free("app")
        self.elements.press(Press.RESUME)

    @rule()
    def pause(self):
        if self.sitting is not None:
            self.sitting.hinder("app")
        self.elements.press(Press.PAUSE)

    @rule(ms=st.one_of(st.integers(1, 2_000), st.integers(1, 70_000)))
    def read(self, ms):
        self.browser.advance(ms)

    # ── the app's own server ─────────────────────────────────────────────────────────────────

    @rule(knows=st.booleans())
    def it_knows_the_runs(self, knows):
        self.server.knows = knows

    @rule(saves=st.booleans())
    def it_saves_runs(self, saves):
        self.server.saves = saves

    def teardown(self):
        if not hasattr(self, "watch"):
            return
        self.server.calm_down()
        # Each lesson is there once more: what was not saved yet is saved under one name.
        for name in ("a", "b"):
            self.another_element_comes(name)
            self.browser.advance(1_000)
            self.pause()
            self.browser.advance(LONG_MS)
            assert self.element.state == "paused"
            assert self.element.error is None
        self.get_up()
        self.watch.stop()
        self.browser.advance(self.browser.network.latency_ms + 1)
        check_nothing_left(self.browser)
        for name in ("a", "b"):
            run_id = self.server.progress[PROGRESS + name]
            counted_ms = sum(one.active_ms for one in self.sittings if one.run_id == name)
            found_ms = sum(one.active for one in self.server.booked if one.run_id == run_id)
            count = sum(one.run_id == name for one in self.sittings)
            assert abs(found_ms - counted_ms) <= count, "time of a lesson is not in its run"


TestTag = TagMachine.TestCase
TestTag.settings = effort(20, stateful_step_count=14)

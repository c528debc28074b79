"""A page that is busy in slices, stands still, sleeps, crashes, with limits at their least.

Nobody asks the activity anything: whoever asks makes the books look at the clock, and hides what
comes of a page that is never at rest.
"""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.property.effort import effort
from tests.support.witness import School, Sitting, Witness, check_nothing_left
from timeback_web import Timeback
from timeback_web.testing import FakeBrowser, FakeStorage

RUN = "6f1c3a52-8f7e-4a8e-9d2b-0b6c5a1d2e3f"
LESSON = {"id": "lesson-1", "name": "Fractions", "course": {"code": "MATH-3"}, "run_id": RUN}
TICK_MS = 400
CRASH_MS = 1_000
"""What a crash may cost, beside the slice in which it comes."""
FORGOTTEN_MS = 200_000
"""A later page comes while the server would recognise what a crashed one has left."""
TIMES = st.fixed_dictionaries(
    {
        "heartbeat_ms": st.sampled_from([100, 1_000, 15_000]),
        "stall_limit_ms": st.sampled_from([1_000, 5_000, 60_000]),
    }
)
SLICES = st.sampled_from([(250, 50), (120, 30), (450, 10), (90, 10), (900, 100), (300, 700)])


class BusyMachine(RuleBasedStateMachine):
    @initialize(time=TIMES, fetch_later=st.booleans())
    def open(self, time, fetch_later):
        self.time, self.fetch_later = time, fetch_later
        self.witness = Witness(School(), FakeStorage())
        self.passed_ms = 0
        self.open_page()

    def open_page(self):
        self.browser = FakeBrowser(
            storage=self.witness.storage, server=self.witness.server, later_ms=self.passed_ms
        )
        self.browser.network.has_fetch_later = self.fetch_later
        self.timeback = Timeback(browser=self.browser, on_error=self.witness.on_error)
        self.activity = self.timeback.activity.start({**LESSON, "time": self.time})
        self.sitting = self.witness.sit_down(Sitting(self.browser, RUN), "ada")
        self.hidden = self.away = False
        self.opened_ms = self.browser.clock.wall_ms

    def end_page(self, later_ms, doubt_ms=0):
        self.sitting.end(doubt_ms=doubt_ms)
        self.passed_ms += self.browser.clock.wall_ms - self.opened_ms + later_ms

    @property
    def limit_ms(self):
        return self.time["stall_limit_ms"]

    # ── time ─────────────────────────────────────────────────────────────────────────────────

    @rule(ms=st.one_of(st.integers(1, 900), st.integers(1, 20_000)))
    def read(self, ms):
        self.browser.advance(ms)

    @rule(slices=SLICES, times=st.integers(1, 60))
    def animate(self, slices, times):
        busy_ms, rest_ms = slices
        for _ in range(times):
            self.browser.stall(busy_ms)
            self.browser.advance(rest_ms)

    @rule(less_ms=st.one_of(st.integers(0, 400), st.integers(0, 59_000)))
    def stand_still_within_the_limit(self, less_ms):
        self.browser.stall(max(1, self.limit_ms - less_ms))

    @rule(beyond_ms=st.integers(TICK_MS + 1, 100_000))
    def stand_still_beyond_the_limit(self, beyond_ms):
        # The page has rested before: a standstill after another one is one that is longer.
        self.browser.advance(TICK_MS)
        self.sitting.look()
        self.browser.stall(self.limit_ms + beyond_ms)
        self.sitting.stood_still(doubt_ms=TICK_MS)
        self.browser.advance(TICK_MS)

    @rule(ms=st.integers(2_001, 10_000_000))
    def sleep(self, ms):
        self.browser.sleep(ms)

    # ── the learner and the app ──────────────────────────────────────────────────────────────

    @precondition(lambda self: not self.away)
    @rule()
    def look_elsewhere(self):
        self.sitting.hinder("hidden")
        self.browser.hide()

    @precondition(lambda self: not self.away)
    @rule()
    def look_here_again(self):
        self.sitting.free("hidden")
        self.browser.show()

    @precondition(lambda self: not self.away)
    @rule()
    def put_the_page_away(self):
        self.away = True
        self.sitting.hinder("away")
        self.browser.leave()

    @precondition(lambda self: self.away)
    @rule()
    def bring_it_back(self):
        self.away = False
        self.sitting.free("away")
        self.sitting.free("hidden")
        self.browser.come_back()

    @rule()
    def pause(self):
        self.sitting.hinder("app")
        self.activity.pause()

    @rule()
    def resume(self):
        self.sitting.free("app")
        self.activity.resume()

    @rule(later_ms=st.integers(1_000, FORGOTTEN_MS))
    def close_the_page(self, later_ms):
        self.browser.close()
        self.end_page(later_ms)
        self.open_page()

    @rule(later_ms=st.integers(1_000, FORGOTTEN_MS), slices=SLICES, times=st.integers(4, 40))
    def crash_at_work(self, later_ms, slices, times):
        self.animate(slices, times)
        self.browser.crash()
        self.end_page(later_ms, doubt_ms=CRASH_MS + sum(slices))
        self.open_page()
        self.browser.advance(3_000)  # what is found is sent once storage can be trusted

    def teardown(self):
        if not hasattr(self, "browser"):
            return
        self.activity.end()
        self.sitting.end()
        self.timeback.close()
        check_nothing_left(self.browser)
        assert self.witness.storage.items == {}
        self.witness.check_windows()
        self.witness.check_sums()


TestBusyPage = BusyMachine.TestCase
TestBusyPage.settings = effort(24, stateful_step_count=12)

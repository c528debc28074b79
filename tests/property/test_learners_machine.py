"""Learners who change without a page load, clients, tags and front ends that come and go, a server
that is down, and storage that fills and empties.

What was counted for one learner is delivered under their own sign-in, or waits for it, or is told
lost; a run has its windows side by side; and nothing is left behind in the page.
"""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.property.effort import effort
from tests.support.lessons import Page
from tests.support.witness import School, Sitting, Witness, check_nothing_left
from timeback_web.ports import Answer
from timeback_web.testing import FakeBrowser, FakeStorage

WAYS = st.sampled_from(["in_python", "in_javascript", "as_element"])
LEARNERS = st.sampled_from(["ada", "bob"])
DOWN = st.sampled_from([Answer(503), Answer(401), Answer(None, "Failed to fetch"), Answer(429)])
HEARTBEATS = st.sampled_from([1_000, 15_000])
STALL_LIMIT_MS = 60_000
LONG_MS = 2 * 3_600_000


class LearnersMachine(RuleBasedStateMachine):
    @initialize(tagged=st.booleans(), latency_ms=st.sampled_from([0, 0, 300]))
    def open(self, tagged, latency_ms):
        self.tagged, self.latency_ms = tagged, latency_ms
        self.witness = Witness(School(), FakeStorage())
        self.runs, self.lesson, self.sitting = 0, None, None
        self.learner, self.before_the_clock_was_set = "ada", set()
        self.set_back_ms, self.by_element = 0, False
        self.wall_ms = None
        self.open_page()

    def open_page(self):
        self.browser = FakeBrowser(storage=self.witness.storage, server=self.witness.server)
        if self.wall_ms is not None:
            self.browser.clock.wall_ms = self.wall_ms
        self.browser.network.latency_ms = self.latency_ms
        self.opened_ms = self.alone_since_ms = self.browser.clock.monotonic_ms
        self.browser.lifecycle.past = [(self.opened_ms, False)]
        self.page = Page(self.browser, self.witness)
        self.unclaimed_ms, self.first = 0, True

    # ── lessons ──────────────────────────────────────────────────────────────────────────────

    @precondition(lambda self: self.lesson is None)
    @rule(way=WAYS, again=st.booleans(), heartbeat_ms=HEARTBEATS)
    def begin(self, way, again, heartbeat_ms, since="start"):
        mine = [
            run_id
            for run_id, learner in self.witness.owners.items()
            if learner == self.learner and run_id not in self.before_the_clock_was_set
        ]
        if not (again and mine):
            self.runs += 1
            mine = [f"run-{self.runs}"]
        run_id = mine[-1]
        self.sitting = self.witness.sit_down(Sitting(self.browser, run_id), self.learner)
        self.unclaimed_ms += self.browser.clock.monotonic_ms - self.alone_since_ms
        tag = self.learner if self.tagged else None
        time = {"heartbeat_ms": heartbeat_ms, "since": since}
        self.by_element = way == "as_element"
        self.lesson = getattr(self.page, way)(run_id, tag, time)

    @precondition(lambda self: self.lesson is None)
    @rule(way=st.sampled_from(["in_python", "as_element"]), heartbeat_ms=HEARTBEATS)
    def begin_with_the_pages_past(self, way, heartbeat_ms):
        """What was seen of the page before belongs to the first who asks for it."""
        self.begin(way, again=False, heartbeat_ms=heartbeat_ms, since="navigation")
        # Of what was seen between two lessons nobody says whose it is; nor of what was longer ago
        # than a page may stand still.
        open_ms = self.browser.clock.monotonic_ms - self.opened_ms
        certain = self.first and open_ms <= STALL_LIMIT_MS
        self.sitting.claim(
            self.unclaimed_ms, within_ms=open_ms, doubt_ms=0 if certain else self.unclaimed_ms
        )
        self.unclaimed_ms = 0

    @rule()
    def end(self):
        if self.lesson is not None:
            self.sitting.end()
            server, network = self.witness.server, self.browser.network
            if self.witness.storage.full and (server.down or not network.online):
                # Of an element that has gone only the console hears what it has lost.
                self.witness.lost_somehow |= set(self.witness.owners) if self.by_element else set()
            lesson, self.lesson = self.lesson, None
            lesson.close()
            self.first = False
            self.alone_since_ms = self.browser.clock.monotonic_ms

    @rule(way=WAYS, apart_ms=st.sampled_from([0, 0, 300, 5_000]))
    def the_other_learner_signs_in(self, way, apart_ms):
        self.end()
        if not self.tagged or way != "as_element":
            self.page.stop()  # the tag can't know: then the page has to say so
        self.browser.advance(apart_ms)
        self.learner = self.witness.server.signed_in = {"ada": "bob", "bob": "ada"}[self.learner]
        self.begin(way, again=True, heartbeat_ms=15_000)

    @rule(way=WAYS, answer=DOWN, ms=st.integers(1_000, 40_000), at_once=st.booleans())
    def one_goes_amid_trouble_and_another_comes(self, way, answer, ms, at_once):
        if self.lesson is None:
            self.begin(way, again=True, heartbeat_ms=15_000)
        self.the_server_goes_down(answer)
        self.browser.advance(ms)
        self.the_other_learner_signs_in(way, apart_ms=0 if at_once else 1_000)
        self.the_server_is_well()
        self.browser.advance(30_000)

    @rule()
    def stop_the_tag(self):
        self.end()
        self.page.stop()

    @rule()
    def pause(self):
        if self.lesson is not None:
            self.sitting.hinder("app")
            self.lesson.pause()

    @rule()
    def resume(self):
        if self.lesson is not None:
            self.sitting.free("app")
            self.lesson.resume()

    # ── the page ─────────────────────────────────────────────────────────────────────────────

    @rule(ms=st.one_of(st.integers(1, 2_000), st.integers(1, 70_000)))
    def read(self, ms):
        self.browser.advance(ms)

    @rule(back_ms=st.sampled_from([0, 0, 3_600_000]))
    def load_the_page_anew(self, back_ms):
        """The clock may be set back meanwhile: then another run is begun, for starts must grow."""
        self.end()
        self.settle_down()
        self.browser.close()
        self.wall_ms = self.browser.clock.wall_ms - back_ms + 1_000
        self.set_back_ms += back_ms
        if back_ms:
            self.before_the_clock_was_set |= set(self.witness.owners)
        self.open_page()

    @rule(room=st.booleans())
    def close_the_page_with_the_lesson_open(self, room):
        """It is closed in an event; what only memory holds can go to storage in it."""
        if room:
            self.witness.storage.full = False
        network, server = self.browser.network, self.witness.server
        if self.witness.storage.full or (self.latency_ms and (server.down or not network.online)):
            self.witness.lost_somehow |= set(self.witness.owners)  # nobody is left to be told
        if self.lesson is not None:
            self.sitting.end()
        self.browser.close()
        self.lesson = None
        self.wall_ms = self.browser.clock.wall_ms + 1_000
        self.open_page()

    @rule(ms=st.integers(1_000, 40_000), answer=DOWN)
    def storage_is_full_amid_trouble_and_then_has_room(self, ms, answer):
        if self.lesson is None:
            self.begin("in_python", again=True, heartbeat_ms=1_000)
        self.witness.storage.full = True
        self.the_server_goes_down(answer)
        self.browser.advance(ms)
        self.witness.storage.full = False

    def settle_down(self):
        """Whoever closes the page while a refusal is under way hears nothing of it."""
        self.page.stop()
        self.browser.advance(self.latency_ms + 1)

    # ── trouble ──────────────────────────────────────────────────────────────────────────────

    @rule(answer=DOWN)
    def the_server_goes_down(self, answer):
        self.witness.server.down = answer

    @rule()
    def the_server_is_well(self):
        self.witness.server.down = None

    @rule(online=st.booleans())
    def the_network(self, online):
        (self.browser.go_online if online else self.browser.go_offline)()

    @rule(full=st.booleans())
    def storage_is_full(self, full):
        self.witness.storage.full = full

    # ── in the end ───────────────────────────────────────────────────────────────────────────

    def teardown(self):
        if not hasattr(self, "browser"):
            return
        self.end()
        self.page.stop()
        self.browser.go_online()
        self.browser.advance(self.latency_ms + 1)
        check_nothing_left(self.browser)
        self.witness.check_sign_ins()
        self.witness.check_sums()
        self.witness.server.calm_down()
        self.witness.storage.full = False
        self.browser.sleep(LONG_MS + self.set_back_ms)
        for run_id, learner in list(self.witness.owners.items()):
            self.learner = self.witness.server.signed_in = learner
            self.sitting = self.witness.sit_down(Sitting(self.browser, run_id), learner)
            self.lesson = self.page.in_python(run_id, learner if self.tagged else None, {})
            self.browser.advance(1_000)
            self.pause()  # a page at rest takes no time of this test
            self.browser.advance(LONG_MS)
            self.end()
        self.browser.advance(self.latency_ms + 1)
        assert self.witness.storage.items == {}
        self.witness.check_sign_ins()
        self.witness.check_windows()
        self.witness.check_sums()


TestLearners = LearnersMachine.TestCase
TestLearners.settings = effort(24, stateful_step_count=16)

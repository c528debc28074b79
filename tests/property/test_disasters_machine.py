"""The client where pages crash, and browsers and disks fall short (invariants 1 to 6).

`Life` writes down what is told to the page, and knows what a window may come to.
"""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.property.effort import effort
from tests.support.life import STALL_LIMIT_MS, Life, Machine
from tests.support.watched import PERMANENT

RETRIED = (401, 403, 404, 408, 409, 429, 500, 502, 503)
OFTEN = st.sampled_from([True, True, True, False])
MACHINES = st.builds(
    Machine,
    hidden=st.booleans(),
    headers=st.sampled_from([(), (), (("X-Token", "t"),)]),
    receipts=OFTEN,
    fetch_later=st.booleans(),
    locks=OFTEN,
    storage=OFTEN,
    seed=st.integers(0, 10**6),
)
AWAY_MS = st.one_of(
    st.sampled_from([0, 3_000, 30_000, 90_000, 200_000, 237_000, 241_000, 10**8]),
    st.integers(0, 300_000),
)
"""Soon, about when the server forgets what it was sent, or days later."""
A_WHILE = st.one_of(st.integers(1, 3_000), st.integers(1_500, 20_000))


class DisastersMachine(RuleBasedStateMachine):
    @initialize(machine=MACHINES)
    def open(self, machine):
        self.life = Life(machine)

    # ── time ─────────────────────────────────────────────────────────────────────────────────

    @rule(milliseconds=st.one_of(A_WHILE, st.integers(10_000, 40_000)))
    def advance(self, milliseconds):
        self.life.advance(milliseconds)

    @rule(milliseconds=A_WHILE)
    def work(self, milliseconds):
        self.life.work()
        self.life.advance(milliseconds)

    @rule(milliseconds=st.one_of(st.integers(1, STALL_LIMIT_MS), st.integers(60_401, 200_000)))
    def stall(self, milliseconds):
        self.life.stall(milliseconds)

    @rule(milliseconds=st.integers(2_001, 10_000_000))
    def sleep(self, milliseconds):
        self.life.sleep(milliseconds)

    # ── the learner and the app ──────────────────────────────────────────────────────────────

    @rule()
    def hide(self):
        self.life.hide()

    @precondition(lambda self: not self.life.away)
    @rule()
    def show(self):
        self.life.show()

    @rule()
    def leave(self):
        self.life.leave()

    @precondition(lambda self: self.life.away)
    @rule()
    def come_back(self):
        self.life.come_back()

    @rule()
    def pause(self):
        self.life.pause()

    @rule()
    def resume(self):
        self.life.resume()

    @precondition(lambda self: not self.life.away)
    @rule()
    def end_and_start_again(self):
        self.life.end()
        self.life.start()

    @rule(machine=MACHINES, away_ms=AWAY_MS)
    def close_page_and_open_another(self, machine, away_ms):
        self.life.close()
        self.life.open_page(machine, later_ms=away_ms)

    # ── disasters ────────────────────────────────────────────────────────────────────────────

    @rule(machine=MACHINES, away_ms=AWAY_MS)
    def crash(self, machine, away_ms):
        self.life.crash()
        self.life.open_page(machine, later_ms=away_ms)

    @rule(machine=MACHINES, away_ms=AWAY_MS, milliseconds=A_WHILE)
    def crash_at_work_and_come_back(self, machine, away_ms, milliseconds):
        self.life.work()
        self.life.advance(milliseconds)
        self.life.crash()
        self.life.open_page(machine, later_ms=away_ms)
        self.life.work()
        self.life.advance(milliseconds)

    @rule()
    def send_what_was_left_for_a_crash(self):
        self.life.send_what_was_left()

    @rule(full=st.booleans())
    def fill_storage(self, full):
        self.life.fill_storage(full=full)

    @rule()
    def lose_reply(self):
        self.life.lose_reply()

    # ── the network and the server ───────────────────────────────────────────────────────────

    @rule(latency_ms=st.sampled_from([0, 200, 5_000, 40_000]))
    def set_latency(self, latency_ms):
        self.life.set_latency(latency_ms)

    @rule(status=st.sampled_from([*RETRIED, *PERMANENT, None]), retry=st.sampled_from(["", "30"]))
    def refuse(self, status, retry):
        self.life.answer(status, retry)

    @rule()
    def go_offline(self):
        self.life.go_offline()

    @rule()
    def go_online(self):
        self.life.go_online()

    # ── what must hold ───────────────────────────────────────────────────────────────────────

    @invariant()
    def the_page_says_what_is_true(self):
        if hasattr(self, "life"):
            self.life.check_now()

    def teardown(self):
        if hasattr(self, "life"):
            self.life.finish()
            self.life.check_in_the_end()


TestDisasters = DisastersMachine.TestCase
TestDisasters.settings = effort(40, stateful_step_count=40)

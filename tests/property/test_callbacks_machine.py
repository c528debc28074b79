"""Callbacks that act: they end, close, start, pause and resume while they are told of something.

One page with exact sums; and two windows on one run, where it is bounded by what the learner saw.
"""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.property.effort import effort
from tests.support.witness import School, Sitting, Witness, check_nothing_left
from timeback_web import Timeback
from timeback_web.ports import Answer
from timeback_web.testing import FakeBrowser, FakeStorage
from timeback_web.testing.channels import FakeChannels, FakeTabChannels

LESSON = {"id": "lesson-1", "name": "Fractions", "course": {"code": "MATH-3"}}
CALLBACKS = ("on_pause", "on_resume", "on_flush", "on_error")
ACTIONS = st.sampled_from(
    ["end", "close", "end and start", "close and open", "pause", "resume", "raise", "end twice"]
)
PLAN = st.lists(st.tuples(st.sampled_from(CALLBACKS), ACTIONS), min_size=1, max_size=3)
STEP_BACK_MS = 60
"""How long a page that is asked for the run leaves it to whoever asked."""
RUNS = st.integers(0, 2).map("run-{}".format)


class CallbacksMachine(RuleBasedStateMachine):
    """One page: what the app's callbacks do is what the witness sees done, in the same moment."""

    @initialize(plan=PLAN, latency_ms=st.sampled_from([0, 300]))
    def open(self, plan, latency_ms):
        self.witness = Witness(School(), FakeStorage())
        channels = FakeChannels()
        self.elsewhere = FakeTabChannels(channels)
        self.browser = FakeBrowser(
            storage=self.witness.storage, server=self.witness.server, channels=channels
        )
        self.browser.network.latency_ms = latency_ms
        self.hidden = self.away = False
        self.sitting = self.activity = None
        self.plan, self.clients = list(plan), []
        self.open_client()
        self.start("run-0")

    def open_client(self):
        self.timeback = Timeback(browser=self.browser, on_error=self.witness.on_error)
        self.clients.append(self.timeback)

    def act(self, callback):
        if self.activity is None:
            return  # told before it is in the app's hands
        for planned in self.plan:
            if planned[0] == callback:
                self.plan.remove(planned)
                self.do(planned[1])
                return

    def on_error(self, error, context):
        self.witness.on_error(error, context)
        if context.operation != "callback":
            self.act("on_error")

    def do(self, action):
        if action == "raise":
            raise LookupError("a callback of the app fails")
        if "end" in action:
            self.end()
        if action == "end twice":
            self.end()
        if "close" in action:
            self.close()
        if action.endswith("open") and self.sitting is None:  # else one within has done it
            self.open_client()
        if action.endswith(("start", "open")) and self.sitting is None:
            self.start("run-1")
        if action in ("pause", "resume"):
            getattr(self, action)()

    def start(self, run_id):
        sitting = Sitting(self.browser, run_id, hidden=self.hidden)
        self.sitting = self.witness.sit_down(sitting, "ada")
        self.activity = None
        self.activity = self.timeback.activity.start(
            {
                **LESSON,
                "run_id": run_id,
                "on_pause": lambda: self.act("on_pause"),
                "on_resume": lambda: self.act("on_resume"),
                "on_flush": lambda _: self.act("on_flush"),
                "on_error": self.on_error,
            }
        )

    def end(self):
        if self.sitting is not None:
            sitting, self.sitting = self.sitting, None
            sitting.end()
            self.activity.end()

    def close(self):
        if self.sitting is not None:
            sitting, self.sitting = self.sitting, None
            sitting.end()
        self.timeback.close()

    # ── what happens ─────────────────────────────────────────────────────────────────────────

    @rule(ms=st.one_of(st.integers(1, 900), st.integers(1, 40_000)))
    def read(self, ms):
        self.browser.advance(ms)

    @rule(callback=st.sampled_from(CALLBACKS), action=ACTIONS)
    def plan_more(self, callback, action):
        self.plan.append((callback, action))

    @precondition(lambda self: self.sitting is None)
    @rule(run_id=RUNS)
    def begin(self, run_id):
        self.timeback.close()
        self.open_client()
        self.start(run_id)

    @rule()
    def end_it(self):
        self.end()

    @rule()
    def pause(self):
        if self.sitting is not None:
            self.sitting.hinder("app")
            self.activity.pause()

    @rule()
    def resume(self):
        if self.sitting is not None:
            self.sitting.free("app")
            self.activity.resume()

    @precondition(lambda self: not self.away)
    @rule()
    def look_elsewhere(self):
        self.hidden = True
        self.hinder("hidden")
        self.browser.hide()

    @precondition(lambda self: not self.away)
    @rule()
    def look_here_again(self):
        self.hidden = False
        self.free("hidden")
        self.browser.show()

    @precondition(lambda self: not self.away)
    @rule()
    def glance_at_the_back_forward_cache(self):
        self.hinder("away")
        self.hinder("hidden")
        self.hidden = True
        self.browser.leave()
        self.hidden = False
        self.free("away")
        self.free("hidden")
        self.browser.come_back()

    def hinder(self, reason):
        if self.sitting is not None:
            self.sitting.hinder(reason)

    def free(self, reason):
        if self.sitting is not None:
            self.sitting.free(reason)

    @rule()
    def another_window_asks_for_the_run(self):
        """It says "yield", and is closed before it takes the run."""
        channel = self.elsewhere.open("timeback_web/run//api/timeback/run-0", _ignore)
        if self.sitting is not None:
            self.sitting.doubt_ms += STEP_BACK_MS
        channel.post("yield")
        channel.close()

    @rule(status=st.sampled_from([503, 401, 400, None]))
    def trouble(self, status):
        self.witness.server.answer_next(Answer(status))

    def teardown(self):
        if not hasattr(self, "browser"):
            return
        self.plan.clear()
        self.end()
        self.witness.server.calm_down()
        self.look_here_again()
        self.browser.advance(60_000)
        self.timeback.close()
        self.browser.advance(1_000)
        # What waits of a client that was closed goes out when its run is resumed.
        self.browser.network.latency_ms = 0
        for run_id in list(self.witness.owners):
            self.open_client()
            self.start(run_id)
            self.browser.advance(60_000)
            self.close()
        for client in self.clients:  # one that a callback has made within another's close, too
            client.close()
        self.browser.advance(1_000)
        check_nothing_left(self.browser)
        assert self.witness.storage.items == {}
        self.witness.check_windows()
        self.witness.check_sums()


def _ignore(_):
    """Nobody listens."""


TestCallbacks = CallbacksMachine.TestCase
TestCallbacks.settings = effort(24, stateful_step_count=14)

"""The whole client against the test's own ground truth (invariants 1 to 6).

The machine knows what the learner did: which milliseconds they looked at the page and worked. All
the client's windows, wherever they ended up, must tell the same story. Here every browser can do
everything, and every page has time to say goodbye; the rest is in `test_disasters_machine`.
"""

from collections import Counter
from dataclasses import dataclass

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.property.effort import effort
from tests.support.watched import LESSON, PERMANENT, Ledgers, Wire
from timeback_web import Timeback
from timeback_web.ports import Answer
from timeback_web.testing import FakeBrowser, FakeStorage

STALL_LIMIT_MS = 60_000
TICK_MS = 1_000
RETRIED = (401, 403, 404, 408, 409, 429, 500, 502, 503)


@dataclass
class Truth:
    """What really happened in one session."""

    start: int
    active: int = 0
    paused: int = 0


class ClientMachine(RuleBasedStateMachine):
    @initialize(hidden=st.booleans(), headers=st.sampled_from([None, None, {"X-Token": "t"}]))
    def open(self, hidden, headers):
        self.headers = headers
        self.storage, self.server = FakeStorage(), Ledgers()
        self.wall_ms = None
        self.sessions, self.errors, self.died_in_flight = [], [], {}
        self.open_page(hidden)

    def open_page(self, hidden):
        self.browser = FakeBrowser(hidden=hidden, storage=self.storage, server=self.server)
        self.browser.network = Wire(self.server, self.browser.timers)
        if self.wall_ms is not None:
            self.browser.clock.wall_ms = self.wall_ms
        self.hidden, self.away, self.held = hidden, False, False
        self.timeback = Timeback(
            headers=self.headers,
            browser=self.browser,
            on_error=lambda *told: self.errors.append(told),
        )
        self.start()

    def start(self):
        self.held = False
        self.sessions.append(Truth(int(self.browser.clock.wall_ms)))
        self.activity = self.timeback.activity.start(LESSON)

    @property
    def truth(self):
        return self.sessions[-1]

    def works(self):
        return not (self.hidden or self.away or self.held)

    def book(self, milliseconds, *, active):
        if active:
            self.truth.active += milliseconds
        else:
            self.truth.paused += milliseconds

    # ── time ─────────────────────────────────────────────────────────────────────────────────

    @rule(milliseconds=st.one_of(st.integers(1, 3_000), st.integers(1, 90_000)))
    def advance(self, milliseconds):
        self.book(milliseconds, active=self.works())
        self.browser.advance(milliseconds)

    @rule(milliseconds=st.integers(1, STALL_LIMIT_MS))
    def stall(self, milliseconds):
        self.book(milliseconds, active=self.works())
        self.browser.stall(milliseconds)

    @rule(milliseconds=st.integers(STALL_LIMIT_MS + TICK_MS + 1, 200_000))
    def stand_still(self, milliseconds):
        assert self.activity.elapsed_ms == self.truth.active
        self.book(milliseconds, active=False)
        self.browser.stall(milliseconds)

    @rule(milliseconds=st.integers(2_001, 10_000_000))
    def sleep(self, milliseconds):
        self.book(milliseconds, active=False)
        self.browser.sleep(milliseconds)

    @rule(
        milliseconds=st.sampled_from([15_000, 45_000, 120_000]),
        latency_ms=st.sampled_from([0, 300, 20_000, 40_000]),
    )
    def work_in_peace(self, milliseconds, latency_ms):
        self.browser.network.latency_ms = latency_ms
        if self.away:
            self.come_back()
        self.show()
        self.resume()
        self.advance(milliseconds)

    # ── the learner and the app ──────────────────────────────────────────────────────────────

    @rule()
    def hide(self):
        self.hidden = True
        self.browser.hide()

    @precondition(lambda self: not self.away)
    @rule()
    def show(self):
        self.hidden = False
        self.browser.show()

    @rule()
    def leave(self):
        if not self.away:
            self.paused_when_left = self.truth.paused
        self.hidden = self.away = True
        self.browser.leave()

    @precondition(lambda self: self.away)
    @rule()
    def come_back(self):
        self.hidden = self.away = False
        self.browser.come_back()

    @rule()
    def pause(self):
        self.held = True
        self.activity.pause()

    @rule()
    def resume(self):
        self.held = False
        self.activity.resume()

    @precondition(lambda self: not self.away)
    @rule()
    def end_and_start_again(self):
        self.activity.end()
        self.start()

    @rule(hidden=st.booleans())
    def close_page_and_open_it_again(self, hidden):
        self.browser.close()
        if self.away:
            # A page in the back/forward cache is given up without an event: it ended as it left.
            self.truth.paused = self.paused_when_left
        self.died_in_flight |= {
            start: window
            for start, window in self.browser.network.flying.items()
            if start not in self.server.taken and start not in self.server.refused
        }
        self.silence(self.browser.network.flying)
        self.wall_ms = self.browser.clock.wall_ms
        self.open_page(hidden)

    def silence(self, flying):
        """A refusal that came to a page that was gone is no report that we can ask for."""
        for start in flying:
            if start in self.server.refused:
                self.died_in_flight[start] = self.server.refused.pop(start)

    # ── the network and the server ───────────────────────────────────────────────────────────

    @rule(latency_ms=st.sampled_from([0, 200, 5_000, 40_000]))
    def set_latency(self, latency_ms):
        self.browser.network.latency_ms = latency_ms

    @rule(status=st.sampled_from(RETRIED), retry_after=st.sampled_from(["", "30"]))
    def refuse(self, status, retry_after):
        self.server.answer_next(Answer(status, retry_after=retry_after))

    @rule(status=st.sampled_from(PERMANENT))
    def refuse_for_good(self, status):
        self.server.answer_next(Answer(status))

    @rule()
    def break_connection(self):
        self.server.answer_next(Answer(None, "Failed to fetch"))

    @rule()
    def go_offline(self):
        self.browser.go_offline()

    @rule()
    def go_online(self):
        self.browser.go_online()

    # ── what must hold at every moment ───────────────────────────────────────────────────────

    @invariant()
    def the_activity_knows_its_time(self):
        if hasattr(self, "activity"):
            said = (self.activity.elapsed_ms, self.activity.paused_ms, self.activity.paused)
            assert said == (self.truth.active, self.truth.paused, not self.works())

    @invariant()
    def every_window_balances(self):
        if hasattr(self, "server"):
            for window in self.server.windows.values():
                assert window.end - window.start == window.active + window.paused
                assert min(window.active, window.paused) >= 0

    # ── what must hold in the end ────────────────────────────────────────────────────────────

    def teardown(self):
        if not hasattr(self, "activity"):
            return
        self.server.calm_down()
        self.browser.network.latency_ms = 0
        self.browser.go_online()
        self.browser.advance(10 * 60_000)
        self.book(10 * 60_000, active=self.works())
        self.activity.end()
        self.browser.advance(2 * 3_600_000)
        assert self.storage.items == {}
        assert (self.browser.timers.pending, self.browser.lifecycle.listeners) == (0, 0)
        self.everything_was_delivered_or_reported()
        self.windows_tell_the_truth()

    def everything_was_delivered_or_reported(self):
        given_up = [context.elapsed_ms for _, context in self.errors if not context.will_retry]
        assert Counter(given_up) == Counter(
            window.active for window in self.server.refused.values()
        )
        assert len(self.server.heartbeats) == len(self.server.taken)

    def windows_tell_the_truth(self):
        windows = {**self.server.taken, **self.server.refused, **self.died_in_flight}
        ordered = sorted(windows.values(), key=lambda window: window.start)
        for truth in self.sessions:
            end = truth.start + truth.active + truth.paused
            mine = [window for window in ordered if truth.start <= window.start < end]
            reached = truth.start
            for window in mine:
                assert window.start == reached
                reached = window.end
            assert end == reached
            assert truth.active == sum(window.active for window in mine)
            assert truth.paused == sum(window.paused for window in mine)


TestClient = ClientMachine.TestCase
TestClient.settings = effort(20, stateful_step_count=50)

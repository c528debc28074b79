"""One run in several tabs: one learner, whose time is counted once, by the tab they work in.

The server tells windows of a run apart by their start (invariant 2), so two tabs that begin
one in the very same millisecond lose one of them. That is a limit of the wire, and so rare that
nothing is done about it; here some milliseconds pass between what happens in different tabs, and a
history in which timers meet all the same (`mistaken`) is held to less.
"""

from itertools import combinations

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.property.effort import effort
from tests.support.desk import Desk
from timeback_web.session.run_lock import PATIENCE_MS, STEP_BACK_MS

HEARTBEAT_MS = 15_000
TICK_MS = 1_000
APART_MS = 3
TAB = st.integers(0, 2)
A_WHILE = st.one_of(st.integers(1, 100), st.integers(100, 3_000), st.integers(1_500, 20_000))


class TabsMachine(RuleBasedStateMachine):
    @initialize(
        delay_ms=st.sampled_from([0, 5, 30]),
        fetch_later=st.booleans(),
        has_locks=st.sampled_from([True] * 7 + [False]),
        hidden=st.booleans(),
    )
    def sit_down(self, delay_ms, fetch_later, has_locks, hidden):
        self.desk = Desk(delay_ms=delay_ms, fetch_later=fetch_later, has_locks=has_locks)
        self.hand_over_ms = STEP_BACK_MS + 4 * delay_ms + 2
        self.may_miss_ms = 0
        self.may_be_double_ms = 0
        self.one_stood_still = False
        self.open_tab(hidden)
        self.open_tab(False)

    def tab(self, number, *, awake=True):
        """One of those that are open; `None` where it can't hear what happens to it now."""
        tabs = self.desk.tabs
        tab = tabs[number % len(tabs)] if tabs else None
        return None if tab is None or (awake and tab.frozen) else tab

    def happened(self, *, began=False):
        self.may_miss_ms += self.hand_over_ms
        if began or self.one_stood_still:
            # Who has not heard of other tabs (yet, or because they can't answer) counts until told
            # otherwise; if it is over before, that is final.
            self.may_be_double_ms += 2 * self.desk.delay_ms
        self.desk.advance(APART_MS)

    # ── time ─────────────────────────────────────────────────────────────────────────────────

    @rule(milliseconds=A_WHILE)
    def advance(self, milliseconds):
        self.desk.advance(milliseconds)

    @rule(number=TAB)
    def stand_still(self, number):
        # Not before it has asked for the run: what it counts until then stays its own, also if
        # another tab has had the run meanwhile and let go of it again.
        self.desk.advance(self.hand_over_ms)
        if tab := self.tab(number):
            tab.frozen = self.one_stood_still = True
            self.may_miss_ms += TICK_MS + PATIENCE_MS + self.hand_over_ms

    @rule(number=TAB, milliseconds=st.integers(1, 5_000))
    def stand_still_for_long(self, number, milliseconds):
        self.stand_still(number)
        self.desk.advance(milliseconds)

    @rule(here=TAB, there=TAB, milliseconds=st.integers(1_000, 8_000))
    def stand_still_while_the_learner_goes_elsewhere(self, here, there, milliseconds):
        """A tab that can't hear starves nobody: it is robbed."""
        self.move_again()
        self.turn_to(here)
        self.stand_still(here)
        self.turn_to(there)
        self.desk.advance(PATIENCE_MS + self.hand_over_ms + milliseconds)
        tab = self.tab(there)
        assert tab is None or tab.runs == (tab.works and not tab.hidden)
        self.move_again()

    @rule()
    def move_again(self):
        for tab in self.desk.tabs:
            tab.frozen = False
        self.desk.advance(APART_MS)

    # ── the learner ──────────────────────────────────────────────────────────────────────────

    @precondition(lambda self: len(self.desk.tabs) < 3)
    @rule(hidden=st.booleans())
    def open_tab(self, hidden):
        self.desk.open(hidden=hidden).start()
        self.happened(began=True)

    @rule(number=TAB)
    def show(self, number):
        if (tab := self.tab(number)) and not tab.away:
            tab.show()
            self.happened()

    @rule(number=TAB)
    def hide(self, number):
        if tab := self.tab(number):
            tab.hide()
            self.happened()

    @rule(here=TAB, there=TAB)
    def change_tabs(self, here, there):
        """For a moment both are in sight, as in Chromium."""
        self.show(there)
        if self.tab(here) is not self.tab(there):
            self.hide(here)

    @rule(number=TAB)
    def turn_to(self, number):
        if (tab := self.tab(number)) and not tab.hidden:
            tab.focus()
            self.happened()

    @rule(number=TAB)
    def turn_to_something_else(self, number):
        if tab := self.tab(number, awake=False):
            tab.browser.blur()

    @rule(number=TAB)
    def leave(self, number):
        if (tab := self.tab(number)) and not tab.away:
            tab.leave()
            self.happened()

    @rule(number=TAB)
    def come_back(self, number):
        if (tab := self.tab(number)) and tab.away:
            tab.come_back()
            self.happened()

    @rule(number=TAB)
    def close(self, number):
        if tab := self.tab(number):
            tab.close()
            self.happened()

    @rule(number=TAB)
    def crash(self, number):
        if tab := self.tab(number, awake=False):
            tab.crash()
            self.may_miss_ms += HEARTBEAT_MS + TICK_MS
            self.happened()

    # ── the app ──────────────────────────────────────────────────────────────────────────────

    @rule(number=TAB)
    def pause(self, number):
        if tab := self.tab(number):
            tab.pause()
            self.happened()

    @rule(number=TAB)
    def resume(self, number):
        if tab := self.tab(number):
            tab.resume()
            self.happened()

    @rule(number=TAB)
    def end_or_start(self, number):
        if (tab := self.tab(number)) and not tab.away:
            if tab.session is None:
                tab.start()
            else:
                tab.end()
            self.happened(began=True)

    # ── what must hold ───────────────────────────────────────────────────────────────────────

    @rule()
    def settle(self):
        """No tab in sight waits for ever, and only one counts."""
        self.move_again()
        self.desk.advance(PATIENCE_MS + 2 * self.hand_over_ms)
        at_work = [tab for tab in self.desk.tabs if tab.works]
        running = [tab for tab in self.desk.tabs if tab.runs]
        if not self.desk.has_locks:
            assert running == at_work
            return
        assert len(running) == min(1, len(at_work))
        assert all(tab in at_work for tab in running)

    @rule(number=TAB)
    def turn_to_a_tab_in_peace(self, number):
        """The tab that the learner turns to has the run, unless they are quicker than the tabs."""
        self.settle()
        self.turn_to(number)
        self.desk.advance(PATIENCE_MS + 2 * self.hand_over_ms)
        tab = self.tab(number)
        assert tab is None or tab.runs == tab.works

    @invariant()
    def nobody_counts_without_work(self):
        if hasattr(self, "desk"):
            assert not [tab for tab in self.desk.tabs if tab.runs and not tab.works]

    def teardown(self):
        if not hasattr(self, "desk"):
            return
        self.settle()
        for tab in list(self.desk.tabs):
            if tab.session is not None:
                tab.end()
            self.desk.advance(APART_MS)
        # What a crash has left is sent by whoever comes next.
        self.desk.open(hidden=False).start()
        self.desk.advance(10_000)
        self.desk.tabs[-1].end()
        self.desk.advance(10 * 60_000)
        if not self.desk.mistaken:
            self.every_session_arrived()
        if self.desk.has_locks:
            self.no_moment_counted_twice()
            assert self.desk.received_ms <= self.desk.worked_ms + self.may_be_double_ms
            if not self.desk.mistaken:
                may_miss_ms = self.may_miss_ms + self.desk.stood_still_ms
                assert self.desk.received_ms >= self.desk.worked_ms - may_miss_ms

    def every_session_arrived(self):
        for session in self.desk.sessions:
            windows = sorted(
                self.desk.server.windows.get(session.name, []), key=lambda window: window.start
            )
            reached = session.start
            for window in windows:
                assert window.start == reached
                assert window.end - window.start == window.active + window.paused
                reached = window.end
            if not session.crashed:
                assert session.activity.elapsed_ms == sum(window.active for window in windows)

    def no_moment_counted_twice(self):
        """No two windows must both have counted a moment, whatever they booked as paused."""
        windows = [one for windows in self.desk.server.windows.values() for one in windows]
        for one, other in combinations(windows, 2):
            shared = min(one.end, other.end) - max(one.start, other.start)
            assert one.paused + other.paused >= shared - self.may_be_double_ms


TestTabs = TabsMachine.TestCase
TestTabs.settings = effort(40, stateful_step_count=40)

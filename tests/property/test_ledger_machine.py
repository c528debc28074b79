"""The ledger against a model that keeps the whole history and adds it up from the beginning."""

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.property.effort import effort
from tests.property.ledger_model import DRIFT_MS, STALL_MS, Closed, Model, Told
from timeback_web.timekeeping.ledger import Cause, Ledger, Phase
from timeback_web.timekeeping.reading import Reading

EIGHTHS = st.integers(0, 8 * 90_000).map(lambda n: n / 8)
"""Fractions that a float holds exactly, so that the model needs no tolerance."""
SHORT = st.integers(0, 8 * 1_500).map(lambda n: n / 8)
CAUSES = st.sampled_from([cause for cause in Cause if cause is not Cause.IDLE])
"""Idleness comes and goes by what the learner does; nobody tells it."""
IDLE_AFTER = st.sampled_from([None, 1, 5_000, 60_000])
LONG_AGO = st.one_of(st.integers(0, 2_000), st.integers(0, 200_000))


class LedgerMachine(RuleBasedStateMachine):
    @initialize(
        monotonic_ms=EIGHTHS,
        wall_ms=st.integers(8 * 10**12, 16 * 10**12).map(lambda n: n / 8),
        held=st.frozensets(CAUSES),
        idle_after_ms=IDLE_AFTER,
    )
    def open(self, monotonic_ms, wall_ms, held, idle_after_ms):
        self.now = Reading(monotonic_ms, wall_ms)
        self.ledger = Ledger(
            self.now,
            held=held,
            stall_limit_ms=STALL_MS,
            drift_limit_ms=DRIFT_MS,
            idle_after_ms=idle_after_ms,
        )
        self.model = Model(self.now, held, idle_after_ms)
        self.reported = []
        self.closed = False

    def tell(self, what, cause=None, since=None):
        self.model.history.append(Told(self.now, what, cause, since))
        return self.now

    # ── the world ────────────────────────────────────────────────────────────────────────────

    @rule(ms=st.one_of(SHORT, EIGHTHS))
    def time_passes(self, ms):
        self.now = Reading(self.now.monotonic_ms + ms, self.now.wall_ms + ms)

    @rule(ms=st.integers(0, 10_000_000))
    def machine_sleeps_or_clock_is_set_forward(self, ms):
        self.now = self.now._replace(wall_ms=self.now.wall_ms + ms)

    @rule(ms=st.integers(0, 10_000_000))
    def clock_is_set_back(self, ms):
        self.now = self.now._replace(wall_ms=self.now.wall_ms - ms)

    # ── what the ledger is told ──────────────────────────────────────────────────────────────

    @precondition(lambda self: not self.closed)
    @rule()
    def observe(self):
        self.ledger.observe(self.tell("look"))

    @precondition(lambda self: not self.closed)
    @rule(ms=SHORT)
    def learn(self, ms):
        self.time_passes(ms)
        self.input()

    @precondition(lambda self: not self.closed)
    @rule()
    def input(self):
        self.ledger.input(self.tell("input"))

    @precondition(lambda self: not self.closed)
    @rule(cause=CAUSES)
    def hold(self, cause):
        self.ledger.hold(cause, self.tell("hold", cause))

    @precondition(lambda self: not self.closed)
    @rule(cause=CAUSES, ago_ms=LONG_AGO)
    def hold_since_a_while_ago(self, cause, ago_ms):
        since = max(0, self.ledger.position_ms - ago_ms)
        self.ledger.hold(cause, self.tell("hold", cause, since), since_ms=since)

    @precondition(lambda self: not self.closed)
    @rule(cause=CAUSES)
    def release(self, cause):
        self.ledger.release(cause, self.tell("release", cause))

    @precondition(lambda self: not self.closed)
    @rule()
    def release_all(self):
        for cause in Cause:
            if cause is not Cause.IDLE:
                self.release(cause)

    @precondition(lambda self: not self.closed)
    @rule()
    def cut(self):
        window = self.ledger.cut(self.tell("cut"))
        books = self.model.replay()
        if window is not None and books.watched:
            assert window.ended_at_ms == int(self.model.start.wall_ms) + books.signs[-1]
        self.report(window)

    @precondition(lambda self: not self.closed)
    @rule()
    def the_browser_sends_what_was_put_aside(self):
        window = self.ledger.preview(self.now)
        self.tell("look" if window is None else "sent")
        if window is not None:
            self.ledger.begin_after(window.elapsed_ms, window.ended_at_ms)
        self.report(window)

    @precondition(lambda self: not self.closed)
    @rule()
    def close(self):
        self.report(self.ledger.close(self.tell("close")))
        self.closed = True

    def report(self, window):
        if window is not None:
            self.reported.append(window)

    # ── what must hold ───────────────────────────────────────────────────────────────────────

    @invariant()
    def the_phase_follows_from_the_causes(self):
        held = self.model.replay().held
        assert self.ledger.causes == held
        running = Phase.PAUSED if held else Phase.RUNNING
        assert self.ledger.phase is (Phase.CLOSED if self.closed else running)

    @invariant()
    def the_books_are_those_of_the_model(self):
        books = self.model.replay()
        zero = int(self.model.start.wall_ms)
        assert [
            Closed(window.started_at_ms - zero, window.ended_at_ms - zero, window.elapsed_ms)
            for window in self.reported
        ] == books.closed
        open_active = books.active(books.window_start, books.line)
        total = open_active + sum(window.active for window in books.closed)
        assert self.ledger.active_ms == total
        assert self.ledger.paused_ms == books.line - total
        assert self.ledger.open_ms == books.line - books.window_start
        assert self.ledger.open_active_ms == open_active

    @invariant()
    def windows_tile_and_balance(self):
        end = int(self.model.start.wall_ms)
        for window in self.reported:
            assert window.started_at_ms == end
            end = window.ended_at_ms
            assert end - window.started_at_ms == window.elapsed_ms + window.paused_ms > 0


TestLedger = LedgerMachine.TestCase
TestLedger.settings = effort(40, stateful_step_count=40)


FINAL = ["hold", "release", "input"]
EVENTS = st.sampled_from([*FINAL, "take back"])
DAY_MS = 90_000.0


def sums(events, idle_after_ms):
    """What a session comes to, in the ledger and in its windows."""
    books, total = Ledger(Reading(0.5, 1e12), stall_limit_ms=10**9, idle_after_ms=idle_after_ms), []
    for at_ms, what in [*sorted(events), (DAY_MS, "close")]:
        at = Reading(0.5 + at_ms, 1e12 + at_ms)
        if what in ("hold", "release"):
            getattr(books, what)(Cause.APP, at)
        elif what == "take back":
            books.hold(Cause.ELSEWHERE, at, since_ms=int(at_ms / 2))
            books.release(Cause.ELSEWHERE, at)
        elif window := getattr(books, what)(at):
            total.append((window.elapsed_ms, window.paused_ms))
    told = tuple(map(sum, zip(*total, strict=True))) or (0, 0)
    assert (books.active_ms, books.paused_ms) == told
    return told


@effort(60)
@given(
    events=st.lists(st.tuples(EIGHTHS, EVENTS), max_size=12),
    ticks=st.lists(EIGHTHS, max_size=40),
    idle_after_ms=IDLE_AFTER,
)
def test_looking_more_often_changes_no_sum(events, ticks, idle_after_ms):
    """Invariant 3: with or without ticks in between, the session's sums are the same."""
    looks = [(at_ms, "observe") for at_ms in ticks]
    assert sums(events, idle_after_ms) == sums([*events, *looks], idle_after_ms)


@effort(60)
@given(
    events=st.lists(st.tuples(EIGHTHS, st.sampled_from(FINAL)), max_size=12),
    ticks=st.lists(EIGHTHS, max_size=40),
    cuts=st.lists(EIGHTHS, max_size=12),
    idle_after_ms=IDLE_AFTER,
)
def test_cutting_more_often_changes_no_sum(events, ticks, cuts, idle_after_ms):
    """Invariant 3: nor do heartbeats, as long as nothing has to be taken back that one has said."""
    extra = [(at_ms, "observe") for at_ms in ticks] + [(at_ms, "cut") for at_ms in cuts]
    assert sums(events, idle_after_ms) == sums([*events, *extra], idle_after_ms)

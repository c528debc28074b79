"""The ledger against a model that keeps the whole history and adds it up from the beginning."""

from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from timeback_web.ledger import Cause, Ledger, Phase, Reading

STALL_MS = 60_000
DRIFT_MS = 2_000
EIGHTHS = st.integers(0, 8 * 90_000).map(lambda n: n / 8)
"""Fractions that a float holds exactly, so that the model needs no tolerance."""
SHORT = st.integers(0, 8 * 1_500).map(lambda n: n / 8)
CAUSES = st.sampled_from(Cause)


@dataclass
class Moment:
    """One reading, and the causes that held until it."""

    monotonic_ms: float
    wall_ms: float
    held: frozenset
    cut: bool = False


@dataclass
class History:
    """Everything that has been told, and what it must add up to."""

    start: Reading
    moments: list = field(default_factory=list)

    def windows(self):
        """`(start, end, active)` of every closed window and of the open one, on the line."""
        closed, measured, line, start, active = [], 0, 0, 0, 0
        for moment in self.moments:
            reached = max(measured, int(moment.monotonic_ms - self.start.monotonic_ms))
            step, measured = reached - measured, reached
            line += step
            active += step if not moment.held and step <= STALL_MS else 0
            wall = int(moment.wall_ms - self.start.wall_ms)
            line = wall if wall - line > DRIFT_MS else line
            if moment.cut:
                closed.append((start, line, active))
                start, active = line, 0
        return closed, (start, line, active)


class LedgerMachine(RuleBasedStateMachine):
    @initialize(
        monotonic_ms=EIGHTHS,
        wall_ms=st.integers(8 * 10**12, 16 * 10**12).map(lambda n: n / 8),
        held=st.frozensets(CAUSES),
    )
    def open(self, monotonic_ms, wall_ms, held):
        self.now = Reading(monotonic_ms, wall_ms)
        self.ledger = Ledger(self.now, held=held, stall_limit_ms=STALL_MS, drift_limit_ms=DRIFT_MS)
        self.history = History(self.now)
        self.held = held
        self.reported = []
        self.closed = False

    def tell(self, *, cut=False):
        self.history.moments.append(Moment(*self.now, held=self.held, cut=cut))
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
        self.ledger.observe(self.tell())

    @precondition(lambda self: not self.closed)
    @rule(cause=CAUSES)
    def hold(self, cause):
        self.ledger.hold(cause, self.tell())
        self.held |= {cause}

    @precondition(lambda self: not self.closed)
    @rule(cause=CAUSES)
    def release(self, cause):
        self.ledger.release(cause, self.tell())
        self.held -= {cause}

    @precondition(lambda self: not self.closed)
    @rule()
    def cut(self):
        window = self.ledger.cut(self.tell())
        _, (start, line, _) = self.history.windows()
        assert (window is not None) == (line > start)
        if window is not None:
            self.history.moments[-1].cut = True
            self.reported.append(window)

    @precondition(lambda self: not self.closed)
    @rule()
    def close(self):
        window = self.ledger.close(self.tell())
        _, (start, line, _) = self.history.windows()
        assert (window is not None) == (line > start)
        if window is not None:
            self.history.moments[-1].cut = True
            self.reported.append(window)
        self.closed = True

    # ── what must hold ───────────────────────────────────────────────────────────────────────

    @invariant()
    def the_phase_follows_from_the_causes(self):
        running = Phase.PAUSED if self.held else Phase.RUNNING
        assert self.ledger.phase is (Phase.CLOSED if self.closed else running)

    @invariant()
    def the_books_are_those_of_the_model(self):
        closed, (start, line, active) = self.history.windows()
        zero = int(self.history.start.wall_ms)
        assert [
            (window.started_at_ms - zero, window.ended_at_ms - zero, window.elapsed_ms)
            for window in self.reported
        ] == closed
        total = active + sum(one[2] for one in closed)
        assert self.ledger.active_ms == total
        assert self.ledger.paused_ms == line - total
        assert (self.ledger.open_ms, self.ledger.open_active_ms) == (line - start, active)

    @invariant()
    def windows_tile_and_balance(self):
        end = int(self.history.start.wall_ms)
        for window in self.reported:
            assert window.started_at_ms == end
            end = window.ended_at_ms
            assert end - window.started_at_ms == window.elapsed_ms + window.paused_ms > 0


TestLedger = LedgerMachine.TestCase
TestLedger.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)


@settings(max_examples=200, deadline=None)
@given(
    events=st.lists(st.tuples(EIGHTHS, st.sampled_from(["hold", "release"])), max_size=12),
    ticks=st.lists(EIGHTHS, max_size=40),
    cuts=st.lists(EIGHTHS, max_size=12),
)
def test_looking_or_cutting_more_often_changes_no_sum(events, ticks, cuts):
    """Invariant 3: with or without ticks and cuts in between, the session's sums are the same."""

    def sums(extra):
        books, total = Ledger(Reading(0.5, 1e12), stall_limit_ms=10**9), [0, 0]
        for at_ms, what in [*sorted([*events, *extra]), (90_000.0, "close")]:
            at = Reading(0.5 + at_ms, 1e12 + at_ms)
            if what in ("hold", "release"):
                getattr(books, what)(Cause.APP, at)
            elif window := getattr(books, what)(at):
                total[0] += window.elapsed_ms
                total[1] += window.paused_ms
        assert (books.active_ms, books.paused_ms) == tuple(total)
        return total

    looks = [(at_ms, "observe") for at_ms in ticks]
    assert sums([]) == sums(looks) == sums([(at_ms, "cut") for at_ms in cuts] + looks)

import itertools
import random

import pytest

from timeback_web.timekeeping.causes import NEXT, Cause, IllegalMoveError, Move, Phase
from timeback_web.timekeeping.ledger import Ledger
from timeback_web.timekeeping.reading import Reading

WALL_MS = 1_763_978_400_000


def at(ms, *, wall_ahead_ms=0.0):
    return Reading(monotonic_ms=5_000 + ms, wall_ms=WALL_MS + ms + wall_ahead_ms)


def parts(window):
    return (window.elapsed_ms, window.paused_ms)


# ── moves ────────────────────────────────────────────────────────────────────────────────────────


def in_phase(phase):
    books = Ledger(at(0), held={Cause.APP} if phase is Phase.PAUSED else ())
    if phase is Phase.CLOSED:
        books.close(at(0))
    assert books.phase is phase
    return books


@pytest.mark.parametrize(("phase", "move"), list(itertools.product(Phase, Move)))
def test_every_move_is_in_the_table_or_raises(phase, move):
    books = in_phase(phase)
    target = NEXT.get((phase, move))
    if target is None:
        with pytest.raises(IllegalMoveError, match=f"{move.name} in {phase.name}"):
            books._go(move)
        assert books.phase is phase
    else:
        books._go(move)
        assert books.phase is target


@pytest.mark.parametrize(
    "call",
    [
        lambda books: books.observe(at(10)),
        lambda books: books.hold(Cause.APP, at(10)),
        lambda books: books.release(Cause.APP, at(10)),
        lambda books: books.cut(at(10)),
        lambda books: books.close(at(10)),
    ],
    ids=["observe", "hold", "release", "cut", "close"],
)
def test_a_closed_ledger_takes_nothing_more(call):
    books = in_phase(Phase.CLOSED)
    with pytest.raises(IllegalMoveError):
        call(books)
    assert (books.active_ms, books.paused_ms) == (0, 0)


def test_the_clock_runs_only_when_the_last_cause_has_gone():
    books = Ledger(at(0))
    for cause in Cause:
        books.hold(cause, at(10))
    *others, last = Cause
    for cause in others:
        books.release(cause, at(20))
        assert books.phase is Phase.PAUSED
    books.release(last, at(40))
    assert books.phase is Phase.RUNNING
    books.observe(at(50))
    assert (books.active_ms, books.paused_ms) == (20, 30)


def test_holding_twice_is_lifted_by_one_release():
    books = Ledger(at(0))
    books.hold(Cause.APP, at(0))
    books.hold(Cause.APP, at(5))
    books.release(Cause.APP, at(9))
    assert books.phase is Phase.RUNNING


def test_releasing_what_does_not_hold_only_lets_time_pass():
    books = Ledger(at(0))
    books.release(Cause.APP, at(7))
    assert (books.phase, books.active_ms) == (Phase.RUNNING, 7)


# ── measuring ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("pieces", [1, 2, 3, 7, 1_000, 30_000])
def test_splitting_the_readings_changes_no_sum(pieces):
    books = Ledger(at(0))
    for piece in range(1, pieces + 1):
        books.observe(at(30_000 * piece / pieces))
    assert (books.active_ms, books.paused_ms) == (30_000, 0)


def test_fractions_of_a_millisecond_are_not_lost_on_the_way():
    books = Ledger(Reading(0.9, WALL_MS))
    for step in range(1, 3_001):
        books.observe(Reading(0.9 + step * 0.7, WALL_MS + step * 0.7))
    assert books.active_ms == int(3_000 * 0.7)


def test_phases_keep_their_own_fractions_and_together_span_the_session():
    rng = random.Random(7)
    books, now = Ledger(at(0.25)), 0.25
    for _ in range(500):
        now += rng.uniform(0, 30)
        books.hold(Cause.APP, at(now))
        now += rng.uniform(0, 30)
        books.release(Cause.APP, at(now))
    assert books.active_ms + books.paused_ms == int(now - 0.25)


def test_a_monotonic_clock_that_steps_back_takes_nothing_away():
    books = Ledger(at(0))
    books.observe(at(1_000))
    books.observe(at(400))
    assert books.active_ms == 1_000
    books.observe(at(1_300))
    assert books.active_ms == 1_300


@pytest.mark.parametrize(
    ("step_ms", "active_ms", "paused_ms"),
    [(59_999, 59_999, 0), (60_000, 60_000, 0), (60_001, 0, 60_001)],
)
def test_a_standstill_is_active_up_to_the_limit(step_ms, active_ms, paused_ms):
    books = Ledger(at(0), stall_limit_ms=60_000)
    books.observe(at(step_ms))
    assert (books.active_ms, books.paused_ms) == (active_ms, paused_ms)


def test_a_long_standstill_does_not_touch_what_comes_after():
    books = Ledger(at(0), stall_limit_ms=1_000)
    books.observe(at(5_000))
    books.observe(at(5_900))
    assert (books.active_ms, books.paused_ms) == (900, 5_000)


@pytest.mark.parametrize("cause", Cause)
def test_born_held_counts_nothing_until_released(cause):
    books = Ledger(at(0), held={cause})
    books.release(cause, at(800))
    books.observe(at(1_000))
    assert (books.active_ms, books.paused_ms) == (200, 800)


# ── two clocks ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("cause", [None, Cause.HIDDEN])
def test_sleep_is_paused_time(cause):
    books = Ledger(at(0), held={cause} if cause else ())
    books.observe(at(1_000))
    books.observe(at(1_500, wall_ahead_ms=3_600_000))
    awake = 0 if cause else 1_500
    assert (books.active_ms, books.paused_ms) == (awake, 3_601_500 - awake)


def test_a_sleep_is_booked_once():
    books = Ledger(at(0))
    for ms in (100, 200, 300):
        books.observe(at(ms, wall_ahead_ms=10_000))
    assert (books.active_ms, books.paused_ms) == (300, 10_000)


@pytest.mark.parametrize(("ahead_ms", "paused_ms"), [(1_999, 0), (2_000, 0), (2_001, 2_001)])
def test_small_drift_of_the_wall_clock_is_not_sleep(ahead_ms, paused_ms):
    books = Ledger(at(0), drift_limit_ms=2_000)
    books.observe(at(500, wall_ahead_ms=ahead_ms))
    assert (books.active_ms, books.paused_ms) == (500, paused_ms)


def test_a_clock_set_forward_moves_the_line_and_counts_nothing():
    books = Ledger(at(0))
    window = books.cut(at(1_000, wall_ahead_ms=7_200_000))
    assert parts(window) == (1_000, 7_200_000)
    assert window.ended_at_ms == WALL_MS + 7_201_000


def test_a_clock_set_back_changes_neither_sums_nor_order():
    books = Ledger(at(0))
    first = books.cut(at(1_000))
    second = books.cut(at(2_000, wall_ahead_ms=-3_600_000))
    third = books.close(at(3_000, wall_ahead_ms=-3_600_000))
    assert [parts(window) for window in (first, second, third)] == [(1_000, 0)] * 3
    assert first.started_at_ms == WALL_MS
    assert first.ended_at_ms == second.started_at_ms
    assert second.ended_at_ms == third.started_at_ms


def test_a_sleep_after_the_clock_was_set_forward_and_back_stays_behind_the_line():
    books = Ledger(at(0))
    books.observe(at(1_000, wall_ahead_ms=10_000))
    books.observe(at(2_000))
    books.observe(at(3_000, wall_ahead_ms=9_000))
    assert (books.active_ms, books.paused_ms) == (3_000, 10_000)


# ── windows ──────────────────────────────────────────────────────────────────────────────────────


def test_stamps_are_the_whole_milliseconds_of_the_anchor_plus_the_line():
    books = Ledger(Reading(5_000.75, WALL_MS + 0.9))
    first = books.cut(Reading(5_010.5, WALL_MS + 10.65))
    last = books.close(Reading(5_020.76, WALL_MS + 20.91))
    assert (first.started_at_ms, first.ended_at_ms) == (WALL_MS, WALL_MS + 9)
    assert (last.started_at_ms, last.ended_at_ms) == (WALL_MS + 9, WALL_MS + 20)
    assert all(type(value) is int for value in (*parts(first), *parts(last), last.ended_at_ms))


def test_windows_tile_the_session_through_everything():
    books, windows = Ledger(at(0)), []
    books.hold(Cause.APP, at(100))
    windows.append(books.cut(at(150)))
    books.release(Cause.APP, at(170))
    windows.append(books.cut(at(200, wall_ahead_ms=9_000)))
    books.observe(at(80_000, wall_ahead_ms=9_000))
    windows.append(books.close(at(80_010, wall_ahead_ms=9_000)))
    assert [parts(window) for window in windows] == [(100, 50), (30, 9_020), (10, 79_800)]
    assert windows[0].started_at_ms == WALL_MS
    for before, after in itertools.pairwise(windows):
        assert before.ended_at_ms == after.started_at_ms


@pytest.mark.parametrize("open_ms", [0, 0.9])
def test_a_window_without_a_millisecond_stays_open(open_ms):
    books = Ledger(at(0))
    assert books.cut(at(open_ms)) is None
    window = books.cut(at(10))
    assert (window.started_at_ms, parts(window)) == (WALL_MS, (10, 0))


def test_the_shortest_window_that_is_reported():
    assert parts(Ledger(at(0)).cut(at(1))) == (1, 0)


def test_close_reports_even_a_single_millisecond():
    assert parts(Ledger(at(0)).close(at(1))) == (1, 0)


def test_close_with_nothing_to_report_gives_no_window():
    assert Ledger(at(0)).close(at(0.9)) is None
    books = Ledger(at(0))
    books.cut(at(500))
    assert books.close(at(500)) is None


def test_what_is_open_is_known_until_it_is_cut():
    books = Ledger(at(0))
    books.hold(Cause.APP, at(30))
    books.observe(at(50))
    assert (books.open_ms, books.open_active_ms) == (50, 30)
    books.cut(at(60))
    assert (books.open_ms, books.open_active_ms) == (0, 0)
    assert (books.active_ms, books.paused_ms) == (30, 30)


# ── told late ────────────────────────────────────────────────────────────────────────────────────


def test_a_pause_that_is_told_late_takes_back_what_was_counted_since():
    books = Ledger(at(0))
    books.observe(at(5_000))
    books.hold(Cause.HIDDEN, at(2_000))
    books.observe(at(6_000))
    assert (books.active_ms, books.paused_ms) == (2_000, 4_000)


def test_an_end_of_a_pause_that_is_told_late_counts_what_has_passed_since():
    books = Ledger(at(0))
    books.observe(at(10_000))
    books.hold(Cause.HIDDEN, at(2_000))
    books.release(Cause.HIDDEN, at(3_000))
    books.hold(Cause.HIDDEN, at(6_000))
    books.release(Cause.HIDDEN, at(9_000))
    assert (books.active_ms, books.paused_ms) == (6_000, 4_000)


def test_what_is_told_late_leaves_another_pause_as_it_is():
    books = Ledger(at(0))
    books.hold(Cause.APP, at(4_000))
    books.release(Cause.APP, at(8_000))
    books.observe(at(10_000))
    books.hold(Cause.HIDDEN, at(2_000))
    books.release(Cause.HIDDEN, at(3_000))
    assert (books.active_ms, books.paused_ms) == (5_000, 5_000)


def test_what_is_told_late_leaves_windows_that_are_cut_alone():
    books = Ledger(at(0))
    assert parts(books.cut(at(5_000))) == (5_000, 0)
    books.hold(Cause.HIDDEN, at(4_000))
    books.release(Cause.HIDDEN, at(4_500))
    assert parts(books.cut(at(7_000))) == (2_000, 0)


def test_too_long_ago_is_no_active_time():
    books = Ledger(at(0), stall_limit_ms=60_000)
    books.hold(Cause.HIDDEN, at(1_000))
    books.observe(at(100_000))
    books.release(Cause.HIDDEN, at(2_000))
    assert books.active_ms == 1_000


def test_a_window_that_begins_later_already_is_not_begun_anew():
    books = Ledger(at(0))
    books.cut(at(5_000))
    books.begin_after(-5_000, WALL_MS + 4_000)
    assert parts(books.cut(at(6_000))) == (1_000, 0)
    assert books.active_ms == 1_000


# ── told late ────────────────────────────────────────────────────────────────────────────────────

HAPPENED = [
    (10_000, "hold", Cause.HIDDEN),
    (20_000, "release", Cause.HIDDEN),
    (25_000, "hold", Cause.APP),
    (27_000, "hold", Cause.AWAY),
    (28_000, "release", Cause.APP),
    (29_000, "release", Cause.AWAY),
]


def come_to(told, **options):
    """What the books of a session of 40 s come to, told so."""
    books = Ledger(at(0), **options)
    for at_ms, what, *cause in told:
        getattr(books, what)(*cause, at(at_ms))
    books.observe(at(40_000))
    return books.active_ms, books.paused_ms


@pytest.mark.parametrize("late", [HAPPENED[:2], HAPPENED[3::2], HAPPENED[:2] + HAPPENED[3::2]])
def test_in_whatever_order_it_is_told_each_cause_holds_while_it_held(late):
    in_time = [one for one in HAPPENED if one not in late]
    assert come_to(HAPPENED) == come_to([*in_time, *late]) == (26_000, 14_000)


def test_an_input_that_is_told_late_came_when_it_came():
    inputs = [(12_000, "input"), (24_000, "input"), (36_000, "input")]
    late = [(25_000, "observe"), *inputs[:2], inputs[2]]
    assert come_to(late, idle_after_ms=15_000) == come_to(inputs, idle_after_ms=15_000)
    assert come_to(late, idle_after_ms=15_000) == (40_000, 0)
    assert come_to(late, idle_after_ms=11_000) == (4_000, 36_000)


def test_a_pause_that_is_told_late_may_mean_that_nobody_was_idle():
    told = [(20_000, "observe"), (5_000, "hold", Cause.HIDDEN), (19_000, "release", Cause.HIDDEN)]
    assert come_to(told, idle_after_ms=25_000) == (26_000, 14_000)
    books = Ledger(at(0), idle_after_ms=15_000)
    books.observe(at(16_000))
    assert books.causes == {Cause.IDLE}
    books.hold(Cause.HIDDEN, at(10_000))
    assert (books.causes, books.active_ms) == ({Cause.HIDDEN}, 10_000)


def test_what_is_told_late_ends_a_doubt():
    """A step is too long to be believed, unless something of the midst of it becomes known."""
    told = [(30_000, "observe"), (14_000, "hold", Cause.HIDDEN), (15_000, "release", Cause.HIDDEN)]
    assert come_to(told[:1], stall_limit_ms=16_000) == (10_000, 30_000)
    assert come_to(told, stall_limit_ms=16_000) == (39_000, 1_000)


def test_a_pause_from_before_a_sleep_is_told_after_it():
    books = Ledger(at(0))
    books.observe(at(5_000))
    books.observe(at(8_000, wall_ahead_ms=600_000))
    books.hold(Cause.HIDDEN, at(6_000))
    assert (books.active_ms, books.paused_ms) == (6_000, 602_000)
    books.release(Cause.HIDDEN, at(7_000))
    assert (books.active_ms, books.paused_ms) == (7_000, 601_000)


@pytest.mark.parametrize("cause", [Cause.HIDDEN, Cause.AWAY, Cause.APP, Cause.ELSEWHERE])
def test_idleness_goes_when_the_page_is_shown_again_and_not_by_itself(cause):
    books = Ledger(at(0), idle_after_ms=5_000)
    books.observe(at(6_000))
    books.hold(cause, at(7_000))
    books.release(cause, at(8_000))
    shown_again = cause in (Cause.HIDDEN, Cause.AWAY)
    assert books.causes == (set() if shown_again else {Cause.IDLE})


def test_a_cut_as_of_a_moment_ago_ends_there():
    books = Ledger(at(0))
    books.observe(at(9_000))
    assert parts(books.cut(at(7_000))) == (7_000, 0)
    assert parts(books.cut(at(9_000))) == (2_000, 0)

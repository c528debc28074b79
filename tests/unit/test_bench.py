"""The pure parts of the benchmarks: figures, tables, histories."""

import pytest

from bench.histories import ACTS, ENDS, make_history
from bench.report import Goal, table
from bench.stats import paired_ratios, percentile, with_spread


@pytest.mark.parametrize(("percent", "value"), [(1, 1), (50, 50), (95, 95), (99, 99), (100, 100)])
def test_a_percentile_is_one_of_the_values(percent, value):
    assert percentile(range(100, 0, -1), percent) == value


def test_a_percentile_of_one_value_is_that_value():
    assert percentile([7.0], 50) == 7.0


def test_ratios_are_taken_within_a_round():
    assert paired_ratios([1, 20], [2, 40]) == [0.5, 0.5]


def test_a_spread_goes_from_the_smallest_to_the_largest():
    assert with_spread([3, 1, 2]) == "2 (1 to 3)"
    assert with_spread([0.5], digits=1) == "0.5"


def test_a_goal_is_met_at_its_limit():
    assert Goal(0.55).cells(0.55) == ("≤ 0.55", "yes")
    assert Goal(60, " kB").cells(60.1) == ("≤ 60 kB", "NO")


def test_the_columns_of_a_table_are_aligned():
    assert table(("a", "bb"), [("ccc", 1)]).splitlines() == [
        "| a   | bb |",
        "| --- | -- |",
        "| ccc | 1  |",
    ]


def test_a_history_is_the_same_from_the_same_seed():
    assert make_history(4, 1) == make_history(4, 1)
    assert make_history(4, 1) != make_history(4, 2)
    assert make_history(4, 1).visits != make_history(5, 1).visits


def test_all_that_can_happen_happens_in_twenty_histories():
    visits = [visit for number in range(20) for visit in make_history(4, number).visits]
    assert {visit.end for visit in visits} == set(ENDS)
    assert {act.kind for visit in visits for act in visit.acts} == set(ACTS)

"""Our checks of what the app gives against pydantic's: the same is taken, and read the same."""

from dataclasses import asdict

import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError
from pydantic.alias_generators import to_camel

from tests.property.effort import effort
from tests.support.option_models import MetricsModel, StartModel
from timeback_web import InvalidOptionsError
from timeback_web.options import Metrics, StartOptions, parse

BORDERS = (0, 1, -1, 99, 100, 999, 1_000, 15_000, 600_000, 600_001, 10**20)
INTEGERS = st.one_of(st.sampled_from(BORDERS), st.integers())
FLOATS = st.one_of(st.floats(), st.sampled_from([15_000.0, 0.5, float("nan"), float("inf")]))
TEXTS = st.one_of(
    st.sampled_from(["start", "navigation", "lesson-1", "", " ", "\u2003", "\ud800", "x" * 2_001]),
    st.text(st.characters(), max_size=20),
)
ODD = st.sampled_from([None, True, False, b"bytes", (), [], {}, object(), print])
ANYTHING = st.one_of(INTEGERS, FLOATS, TEXTS, ODD)


def field(name, good, *, wrong=ANYTHING):
    """A field in one of its spellings; good more often than not, else few would get through."""
    names = st.sampled_from([name, to_camel(name)])
    values = st.integers(0, 5).flatmap(lambda dice: wrong if dice == 0 else good)
    return st.tuples(names, values)


def mapping(required, optional):
    """Some of the fields, and now and then one that nobody knows."""
    stray = field("unknown", ANYTHING)
    others = st.lists(st.one_of(*optional), max_size=4)
    strays = st.integers(0, 9).flatmap(lambda dice: st.lists(stray, max_size=int(dice == 0)))
    needed = st.tuples(*required)
    return st.tuples(needed, others, strays).map(
        lambda parts: dict([*parts[0], *parts[1], *parts[2]])
    )


NAME = st.sampled_from(["lesson-1", "Übung 🦉", "a"])
COURSE = st.one_of(
    st.fixed_dictionaries({"subject": NAME, "grade": INTEGERS}),
    st.fixed_dictionaries({"code": NAME}),
    mapping([], [field("subject", NAME), field("grade", INTEGERS), field("code", NAME)]),
)
TIME = st.one_of(
    st.booleans(),
    mapping(
        [],
        [
            field("heartbeat_ms", INTEGERS),
            field("stall_limit_ms", INTEGERS),
            field("idle_after_ms", INTEGERS),
            field("since", st.sampled_from(["start", "navigation"])),
        ],
    ),
)
START = mapping(
    [field("id", NAME), field("name", NAME)],
    [
        field("course", COURSE),
        field("run_id", TEXTS),
        field("time", TIME),
        field("process", st.booleans()),
        field("on_error", st.just(print)),
        field("on_flush", st.just(len)),
    ],
)
METRICS = mapping(
    [field("xp_earned", st.one_of(INTEGERS, FLOATS))],
    [
        field("total_questions", st.integers(0, 9)),
        field("correct_questions", st.integers(0, 9)),
        field("mastered_units", INTEGERS),
        field("pct_complete", FLOATS),
    ],
)


def twice(options):
    """Whether a field is given in both spellings: pydantic takes one of them and says nothing."""
    names = [name for name in options if isinstance(name, str)]
    nested = [value for value in options.values() if isinstance(value, dict)]
    both = any(to_camel(name) != name and to_camel(name) in options for name in names)
    return both or any(twice(value) for value in nested)


def agree(ours, theirs: type[BaseModel], options):
    try:
        expected = theirs.model_validate(options)
    except ValidationError:
        expected = None
    if expected is None or twice(options):
        with pytest.raises(InvalidOptionsError):
            parse(ours, options)
    else:
        assert asdict(parse(ours, options)) == expected.model_dump()
    event("taken" if expected else "refused")


@effort(100)
@given(options=START)
def test_start_takes_what_pydantic_would_take(options):
    agree(StartOptions, StartModel, options)


@effort(100)
@given(options=METRICS)
def test_metrics_are_taken_as_pydantic_would_take_them(options):
    agree(Metrics, MetricsModel, options)

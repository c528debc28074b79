"""How windows become sessions: a pure function, so a property test."""

from hypothesis import given
from hypothesis import strategies as st

from demo.server.journal import SEAM_MS, Span, split_sessions

lengths = st.integers(0, 60_000)
pieces = st.lists(st.tuples(lengths, lengths).filter(any), min_size=1, max_size=6)
pauses = st.integers(SEAM_MS + 1, 10_000_000)


@st.composite
def days(draw: st.DrawFn) -> list[list[Span]]:
    """Sessions of windows that touch, with real pauses in between."""
    at = draw(st.integers(0, 2_000_000_000_000))
    sessions = []
    for session in draw(st.lists(pieces, max_size=5)):
        windows = []
        for active, inactive in session:
            windows.append(Span(at, at + active + inactive, active, inactive))
            at = windows[-1].ended_at_ms
        sessions.append(windows)
        at += draw(pauses)
    return sessions


@given(days(), st.randoms(use_true_random=False))
def test_sessions_are_found_again_in_whatever_order_windows_come(days, random) -> None:
    windows = [window for session in days for window in session]
    random.shuffle(windows)
    found = split_sessions(windows)
    assert [list(each.windows) for each in found] == days
    for each in found:
        assert each.span.active_ms == sum(window.active_ms for window in each.windows)
        assert each.span.inactive_ms == sum(window.inactive_ms for window in each.windows)
        assert each.span.started_at_ms == each.windows[0].started_at_ms
        assert each.span.ended_at_ms == each.windows[-1].ended_at_ms


@given(st.integers(-10, 10), lengths.filter(lambda length: length > 20))
def test_a_seam_of_two_milliseconds_still_joins(gap, length) -> None:
    first = Span(0, 100, 100, 0)
    second = Span(100 + gap, 100 + gap + length, length, 0)
    joined = len(split_sessions([first, second])) == 1
    assert joined == (abs(gap) <= SEAM_MS)


def test_nothing_makes_no_session() -> None:
    assert split_sessions([]) == []

import pytest

from timeback_web.timekeeping.window import Window


def test_what_is_not_active_is_paused():
    window = Window.checked(100, 115, 10)
    assert (window.elapsed_ms, window.paused_ms) == (10, 5)
    assert Window.checked(7, 7, 0).paused_ms == 0


@pytest.mark.parametrize(
    ("start", "end", "elapsed"), [(10, 0, -10), (0, 10, 11), (0, 10, -1), (5, 4, 0), (5, 4, -1)]
)
def test_a_window_with_negative_time_is_refused(start, end, elapsed):
    with pytest.raises(ValueError, match="negative time in Window"):
        Window.checked(start, end, elapsed)


def test_a_window_does_not_change():
    window = Window.checked(0, 1, 1)
    with pytest.raises(AttributeError):
        window.elapsed_ms = 2

import dataclasses

import pytest

from timeback_web.window import Window


def test_a_window_whose_parts_add_up_is_made():
    window = Window(started_at_ms=100, ended_at_ms=115, elapsed_ms=10, paused_ms=5)
    assert window.ended_at_ms - window.started_at_ms == window.elapsed_ms + window.paused_ms


@pytest.mark.parametrize(
    ("start", "end", "elapsed", "paused"),
    [
        (0, 10, 10, 1),
        (0, 10, 4, 5),
        (10, 0, -10, 0),
        (0, 10, 11, -1),
        (0, 10, -1, 11),
        (5, 4, 0, 0),
    ],
)
def test_a_window_that_does_not_balance_is_refused(start, end, elapsed, paused):
    with pytest.raises(ValueError, match="Window"):
        Window(started_at_ms=start, ended_at_ms=end, elapsed_ms=elapsed, paused_ms=paused)


def test_a_window_does_not_change():
    window = Window(started_at_ms=0, ended_at_ms=1, elapsed_ms=1, paused_ms=0)
    with pytest.raises(dataclasses.FrozenInstanceError):
        window.elapsed_ms = 2

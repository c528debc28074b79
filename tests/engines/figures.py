"""What was measured in the browsers, printed at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.notes import note, noted

if TYPE_CHECKING:
    import pytest

_FIGURE = "figure"


def note_figure(item: pytest.Item, figure: str) -> None:
    note(item, _FIGURE, figure)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    figures = sorted(noted(terminalreporter, _FIGURE))
    if figures:
        terminalreporter.section("engines")
    for _, figure in figures:
        terminalreporter.write_line(figure)

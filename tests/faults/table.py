"""The fault matrix, printed at the end of the tests that measured it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from tests.faults.matrix import Goal, Row, as_count, as_evidence, as_markdown
from tests.support.notes import note, noted

if TYPE_CHECKING:
    import pytest

_ROW = "fault"


def note_row(item: pytest.Item, row: Row) -> None:
    note(item, _ROW, asdict(row))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table, and what it comes to."""
    # Not in the order in which they were measured: that differs from run to run.
    noted_rows = sorted(noted(terminalreporter, _ROW), key=lambda noted_row: noted_row[0])
    rows = [_row(**values) for _, values in noted_rows]
    if rows:
        terminalreporter.section("fault matrix")
        for line in (*as_markdown(rows), "", as_count(rows), *as_evidence(rows)):
            terminalreporter.write_line(line)


def _row(goal: dict[str, Any], **values: Any) -> Row:
    return Row(goal=Goal(**goal), **values)

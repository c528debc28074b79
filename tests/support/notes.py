"""What tests note down for the summary at the end, also from the processes of pytest-xdist.

A note travels with the report of its test, so it has to be plain: what JSON can say.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


def note(item: pytest.Item, name: str, value: object) -> None:
    item.user_properties.append((name, value))


def noted(terminalreporter: pytest.TerminalReporter, name: str) -> Iterator[tuple[str, Any]]:
    """All notes of that name, each with the id of its test."""
    for report in chain.from_iterable(terminalreporter.stats.values()):
        # The last report of a test has all that was noted in it.
        if isinstance(report, pytest.TestReport) and report.when == "teardown":
            for given, value in report.user_properties:
                if given == name:
                    yield report.nodeid, value

"""The order of the tests, and what is said of those that were run twice."""

from __future__ import annotations

import pytest


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what needs no browser first.

    It is quick, and it runs event loops of its own; once Playwright's loop runs in this thread, no
    other may.
    """
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say why a test was run again: nobody learns from a failure that is not shown."""
    for report in terminalreporter.getreports("rerun"):
        terminalreporter.section(f"run again: {report.nodeid}, {report.when}", sep="-")
        terminalreporter.write_line(report.longreprtext)

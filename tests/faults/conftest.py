"""What the rows of the fault matrix share: pages with a witness, and the table at the end."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.e2e.conftest import browser, bundle_dir, chromium, demo, eventually, port
from tests.faults.matrix import COUNTED_TWICE, Matrix, as_count, as_evidence, as_markdown
from tests.faults.witnessed_page import WitnessedPage
from tests.support.chromium import Chromium, launch_chromium

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from tests.faults.matrix import Row
    from tests.support.demo_server import DemoServer

__all__ = ["browser", "bundle_dir", "chromium", "demo", "eventually", "port"]

_ROWS: pytest.StashKey[list[Row]] = pytest.StashKey()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """On a busy machine a row may be measured twice; what counted twice is never forgiven."""
    for item in items:
        if item.get_closest_marker("faults"):
            item.add_marker(pytest.mark.flaky(reruns=1, rerun_except=COUNTED_TWICE))


@pytest.fixture
def matrix(demo: DemoServer, request: pytest.FixtureRequest) -> Matrix:
    """Where a test books its row."""
    return Matrix(demo, request.config.stash.setdefault(_ROWS, []))


@pytest.fixture
def open_page(browser: Chromium, demo: DemoServer) -> Callable[..., WitnessedPage]:
    """Open a page with a witness, as a learner who is signed in."""

    def open_(*scripts: str, chromium: Chromium = browser, url: str = demo.url) -> WitnessedPage:
        demo.sign_in(chromium.context, "ada")
        page = WitnessedPage(chromium.context.new_page(), url, *scripts)
        page.load()
        return page

    return open_


@pytest.fixture
def launch(tmp_path) -> Callable[..., AbstractContextManager[Chromium]]:
    """Launch a browser of the test's own; always on the same profile."""

    @contextmanager
    def launch_(*flags: str) -> Iterator[Chromium]:
        with launch_chromium(tmp_path / "profile", *flags) as own:
            yield own

    return launch_


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Print the table, and what it comes to."""
    rows = config.stash.get(_ROWS, [])
    if rows:
        terminalreporter.section("fault matrix")
        for line in (*as_markdown(rows), "", as_count(rows), *as_evidence(rows)):
            terminalreporter.write_line(line)

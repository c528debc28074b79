"""What the rows of the fault matrix share: pages with a witness, and the table."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.e2e.conftest import browser, demo, eventually
from tests.faults.matrix import Matrix
from tests.faults.table import note_row
from tests.faults.witnessed_page import WitnessedPage
from tests.support.chromium import Chromium, launch_chromium

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from tests.support.demo_server import DemoServer

__all__ = ["browser", "demo", "eventually"]


@pytest.fixture
def matrix(demo: DemoServer, request: pytest.FixtureRequest) -> Matrix:
    """Where a test books its row."""
    return Matrix(demo, partial(note_row, request.node))


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

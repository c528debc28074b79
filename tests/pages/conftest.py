"""A school with a history that is the same every day, and a browser to look at its pages."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.pages.pictures import Pictures, rendering_of
from tests.pages.school import TODAY, School, at_a_fixed_time
from tests.pages.visit import Visit
from tests.support.demo_server import DemoServer, free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.support.chromium import Chromium


@pytest.fixture(scope="session")
def history(tmp_path_factory: pytest.TempPathFactory, bundle_dir: Path) -> Path:
    """A folder with the database of a school in which something has happened."""
    folder = tmp_path_factory.mktemp("history")
    with at_a_fixed_time() as clock, running(DemoServer(folder, bundle_dir, free_port())) as server:
        School(server, clock).make_history()
    return folder


@pytest.fixture
def school(tmp_path: Path, history: Path, bundle_dir: Path, port: int) -> Iterator[School]:
    """The school with that history; what a test adds to it, no other sees."""
    shutil.copytree(history, tmp_path, dirs_exist_ok=True)
    # Whether the documents have been built shows on the home page: here they always are.
    site = tmp_path / "site"
    site.mkdir()
    (site / "index.html").write_text("<!doctype html><title>Documents</title>")
    server = DemoServer(tmp_path, bundle_dir, port, site_dir=site)
    with at_a_fixed_time() as clock, running(server):
        clock.now = TODAY
        yield School(server, clock)


@contextmanager
def running(server: DemoServer) -> Iterator[DemoServer]:
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def pictures(chromium: Chromium) -> Pictures:
    """The pictures of before; with SCREENSHOTS=renew they are taken anew."""
    return Pictures(rendering_of(chromium.browser), renew=os.environ.get("SCREENSHOTS") == "renew")


@pytest.fixture
def visit(
    chromium: Chromium, school: School, pictures: Pictures, subtests: pytest.Subtests
) -> Iterator[Callable[..., Visit]]:
    """Visit a page in a browser of one's own, signed in as a learner or a teacher, or not."""
    visits: list[Visit] = []

    def visit_(path: str, *, learner: str = "", teacher: str = "") -> Visit:
        found = Visit(chromium.browser, school.server.url, pictures, subtests)
        visits.append(found)
        if learner or teacher:
            found.sign_in(**({"learner": learner} if learner else {"teacher": teacher}))
        found.go(path)
        return found

    yield visit_
    for each in visits:
        each.close()

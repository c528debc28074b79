"""A real Chromium, the real demo server, and pages in which a test runs Python."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.tracked_page import TrackedPage
from tests.support.chromium import Chromium, launch_chromium
from tests.support.demo_server import DemoServer, free_port
from tests.support.policy_watch import PolicyWatch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def bundle_dir() -> Path:
    """The bundle that `make` built; without it there is nothing to test."""
    folder = Path(os.environ.get("DEMO_BUNDLE_DIR", ROOT / ".demo" / "bundle"))
    assert (folder / "pyscript.json").is_file(), f"no bundle in {folder}: run `make bundle`"
    return folder


@pytest.fixture(scope="session")
def port() -> int:
    """One for all tests: the browser's cache goes by origin, and a cold boot takes seconds."""
    return free_port()


@pytest.fixture
def demo(tmp_path: Path, bundle_dir: Path, port: int) -> Iterator[DemoServer]:
    """A demo server with a database of its own."""
    server = DemoServer(tmp_path, bundle_dir, port)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    """The browser of the machine at which learners sit."""
    with launch_chromium(tmp_path_factory.mktemp("chromium")) as browser:
        yield browser


@pytest.fixture
def browser(chromium: Chromium, demo: DemoServer) -> Iterator[Chromium]:
    """The browser with no tab but a blank one, no cookie and nothing stored.

    A page that violates its policy fails the test, whatever else the test is about.
    """
    policy_watch = PolicyWatch.of(chromium.context)
    policy_watch.forget()
    yield chromium
    context = chromium.context
    blank = context.new_page()
    for page in context.pages:
        if page is not blank:
            page.close()
    context.set_offline(False)
    context.clear_cookies()
    session = context.new_cdp_session(blank)
    session.send(
        "Storage.clearDataForOrigin", {"origin": demo.url, "storageTypes": "local_storage"}
    )
    session.detach()
    assert policy_watch.forget() == []


@pytest.fixture
def open_page(browser: Chromium, demo: DemoServer) -> Iterator[Callable[..., TrackedPage]]:
    """Open a page that can track, as a learner who is signed in."""
    opened: list[TrackedPage] = []

    def open_(learner: str = "ada", chromium: Chromium = browser) -> TrackedPage:
        demo.sign_in(chromium.context, learner)
        page = TrackedPage(chromium.context.new_page(), demo.url)
        opened.append(page)
        page.load()
        return page

    yield open_
    problems = [problem for page in opened for problem in page.problems]
    assert not problems, problems


@pytest.fixture
def eventually() -> Callable[..., None]:
    """Wait until something holds; what a browser hands over arrives a little later."""

    def wait(condition: Callable[[], object], *, within_s: float = 20) -> None:
        deadline = time.monotonic() + within_s
        while not condition():
            assert time.monotonic() < deadline, "it did not happen in time"
            time.sleep(0.05)

    return wait

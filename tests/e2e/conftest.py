"""A real Chromium, the real demo server, and pages in which a test runs Python."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.e2e.tracked_page import TrackedPage
from tests.support.demo_server import DemoServer
from tests.support.policy_watch import PolicyWatch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.support.chromium import Chromium


@pytest.fixture
def demo(tmp_path: Path, bundle_dir: Path, port: int) -> Iterator[DemoServer]:
    """A demo server with a database of its own."""
    server = DemoServer(tmp_path, bundle_dir, port)
    server.start()
    yield server
    server.stop()


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

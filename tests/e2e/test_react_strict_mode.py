"""React's development build mounts everything twice in StrictMode: that must be one run."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.e2e.lesson_in_framework import LessonInFramework
from tests.support.books import active_ms, assert_session, sessions
from tests.support.demo_server import DemoServer
from timeback_web.bundle.commands import find_program

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("strict-mode")]

FRAMEWORKS = Path(__file__).parents[2] / "demo" / "frameworks"


@pytest.fixture(scope="module")
def development_pages(tmp_path_factory):
    """The pages with the frameworks' development builds."""
    folder = tmp_path_factory.mktemp("frameworks")
    vite = FRAMEWORKS / "node_modules" / "vite" / "bin" / "vite.js"
    build = [find_program("node", "build the pages"), vite, "build", "--mode", "development"]
    subprocess.run(
        [*build, "--outDir", folder, "--logLevel", "warn"],
        cwd=FRAMEWORKS,
        env={**os.environ, "NODE_ENV": "development"},
        check=True,
        capture_output=True,
        timeout=60,
    )
    return folder


@pytest.fixture
def demo(tmp_path, bundle_dir, port, development_pages):
    server = DemoServer(tmp_path, bundle_dir, port, frameworks_dir=development_pages)
    server.start()
    yield server
    server.stop()


@pytest.mark.parametrize("python", ["there", "on its way"])
def test_strict_mode_gives_one_run(browser, demo, python):
    demo.sign_in(browser.context, "ada")
    page = LessonInFramework(browser.context.new_page(), demo.url, "react")
    page.hold_python()
    asked = []
    page.tab.on("request", lambda sent: asked.append((sent.method, sent.url)))
    page.load(opened=False)
    if python == "there":
        page.release_python()
    run_id = page.open()
    page.rest(1)
    if python == "on its way":
        page.release_python()
    page.toggle()
    demo.wire.await_last(run_id)
    assert {beat.body["runId"] for beat in demo.wire.heartbeats} == {run_id}
    beats = demo.wire.taken(run_id)
    assert_session(beats)
    assert len(sessions(beats)) == 1
    assert active_ms(beats) >= 950
    saves = [url for method, url in asked if method == "POST" and "/api/progress/" in url]
    assert len(saves) == 1
    assert page.problems == []
    assert strict_mode_was_on(page)


def strict_mode_was_on(page):
    """Whether the build was React's for development; that of production mounts once.

    The one for production has numbers in place of its messages.
    """
    sources = page.evaluate(
        """
        () => Promise.all([...document.scripts].filter(({ src }) => src.includes('/assets/react'))
            .map(({ src }) => fetch(src).then((answer) => answer.text())))
        """
    )
    return len(sources) == 1 and "Minified React error" not in sources[0]

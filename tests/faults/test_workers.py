"""Python in a worker: what the page goes through costs no more than on its main thread.

Without SharedArrayBuffer; what is most common also with it, in a cross-origin isolated page.
"""

from __future__ import annotations

import os
import signal
import time

import pytest

from tests.e2e.worker_page import open_worker
from tests.faults.matrix import DIE_UNHEARD, EXACT, LOSE_NOTHING, LOSE_NOTHING_TWICE
from tests.faults.test_leaving import hide
from tests.faults.witnessed_page import WitnessedPage, last_words, learn
from tests.support.processes import renderer_of

pytestmark = [pytest.mark.browser, pytest.mark.faults]

TWO_S = "time=TimeOptions(heartbeat_ms=2_000)"
LONG_BEAT = "time=TimeOptions(heartbeat_ms=60_000)"


class WitnessedWorker(WitnessedPage):
    """The witness stays on the main thread, and Python is in a worker."""

    def __init__(self, tab, url, *scripts, isolated):
        super().__init__(tab, url, *scripts)
        self.isolated = isolated

    def load(self):
        open_worker(self.tab, self._url, isolated=self.isolated)
        self.wait_ready()

    def start(self, options="", client=""):
        self.run(f"timeback = Timeback({client})")
        begin = "source => { witness.begin(); return runPython(source); }"
        source = f"activity = start(timeback, {options})\nactivity.run_id"
        return str(self.tab.evaluate(begin, source))

    def end(self):
        self.tab.evaluate("() => { witness.end(); return runPython('await activity.end()'); }")

    def keep_busy(self, seconds):
        """Have the worker compute, and hear nothing meanwhile."""
        self.tab.evaluate(f"() => {{ window.busy = runPython('work({seconds})') }}")

    def await_rest(self):
        self.tab.evaluate("() => window.busy")


@pytest.fixture
def isolated():
    return False


both = pytest.mark.parametrize("isolated", [False, True], ids=["plain", "isolated"])


@pytest.fixture
def open_page(browser, demo, isolated):
    def open_(*scripts):
        demo.sign_in(browser.context, "ada")
        page = WitnessedWorker(browser.context.new_page(), demo.url, *scripts, isolated=isolated)
        page.load()
        return page

    return open_


@pytest.fixture
def check(matrix, isolated):
    kind = "worker, isolated" if isolated else "worker"
    return lambda scenario, *rest, **options: matrix.check(f"{kind}: {scenario}", *rest, **options)


def go_on_with(run_id, page):
    """The learner comes back to the run for a moment; the true time of that."""
    page.start(f"run_id={run_id!r}")
    learn(1.3)
    page.end()
    return page.true_ms()


@both
def test_beats_and_a_pause_by_the_app(open_page, check):
    page = open_page()
    run_id = page.start()
    learn(2.2)
    page.tab.evaluate("() => { witness.end(); return runPython('activity.pause()'); }")
    learn(1.2)
    page.tab.evaluate("() => { witness.begin(); return runPython('activity.resume()'); }")
    learn(1.4)
    page.end()
    check("beats, pause, resume, end", run_id, page.true_ms(), LOSE_NOTHING)


@both
def test_closing_a_visible_tab(browser, demo, open_page, check):
    page = open_page()
    run_id = page.start()
    learn(3.4)
    page.tab.close()
    check("close visible", run_id, last_words(browser.context, demo.url), LOSE_NOTHING)


def test_closing_a_hidden_tab(browser, demo, open_page, check):
    page = open_page()
    run_id = page.start()
    learn(2.4)
    hide(browser)
    learn(1.5)
    page.tab.close()
    check("close hidden", run_id, last_words(browser.context, demo.url), LOSE_NOTHING)


@both
def test_navigating_away(browser, demo, open_page, check):
    page = open_page()
    run_id = page.start(LONG_BEAT)
    learn(3.4)
    page.leave_to("/e2e/elsewhere.html")
    check("navigate", run_id, last_words(browser.context, demo.url), LOSE_NOTHING)


@both
def test_hiding_and_showing_twenty_times(browser, open_page, check):
    page = open_page()
    run_id = page.start()
    other = hide(browser)
    for _ in range(20):
        page.tab.bring_to_front()
        page.await_visibility("visible")
        learn(0.15)
        other.bring_to_front()
        page.await_visibility("hidden")
        learn(0.1)
    page.tab.bring_to_front()
    page.await_visibility("visible")
    page.end()
    check("hide / show x20", run_id, page.true_ms(), LOSE_NOTHING)


def test_a_busy_worker_hears_of_hiding_and_showing_too_late(browser, open_page, check):
    page = open_page()
    run_id = page.start()
    learn(1.3)
    page.keep_busy(5)
    learn(1)
    other = hide(browser)
    learn(1)
    page.tab.bring_to_front()
    page.await_visibility("visible")
    learn(1)
    other.bring_to_front()
    page.await_visibility("hidden")
    learn(0.5)
    page.tab.bring_to_front()
    page.await_visibility("visible")
    page.await_rest()
    learn(1)
    page.end()
    check("busy; hide, show, hide, show", run_id, page.true_ms(), LOSE_NOTHING)


@both
def test_a_busy_worker_whose_page_is_closed(browser, demo, open_page, check):
    page = open_page()
    run_id = page.start()
    learn(1.3)
    page.keep_busy(30)
    learn(1)
    hide(browser)
    learn(1)
    page.tab.bring_to_front()
    page.await_visibility("visible")
    learn(1)
    page.tab.close()
    check("busy; hide, show, close", run_id, last_words(browser.context, demo.url), LOSE_NOTHING)


@both
def test_a_worker_that_stays_busy_in_slices(demo, open_page, check):
    page = open_page()
    run_id = page.start()
    learn(0.7)
    page.run("""
        import asyncio

        async def animate():
            work(1.1)  # longer than another tab waits
            while not activity.ended:
                work(0.25)
                await asyncio.sleep(0.05)

        animation = asyncio.create_task(animate())
    """)
    learn(8)
    assert len(demo.wire.taken(run_id)) > 3, "heartbeats wait for a quiet moment that never comes"
    page.end()
    check("busy in slices after a standstill", run_id, page.true_ms(), EXACT)


def test_a_terminated_worker(browser, demo, open_page, check):
    page = open_page()
    run_id = page.start()
    learn(2.3)
    page.tab.evaluate("document.querySelector('script[worker]').xworker.terminate()")
    learn(1.5)
    page.tab.close()
    check("terminated, close", run_id, last_words(browser.context, demo.url), LOSE_NOTHING)


@both
def test_a_killed_renderer(browser, open_page, check):
    page = open_page()
    browser.context.new_page()
    page.tab.bring_to_front()
    victim = renderer_of(browser, page)
    run_id = page.start(TWO_S)
    learn(5.5)
    seen = page.testify()
    os.kill(victim, signal.SIGKILL)
    true_ms = seen.active_ms_at(time.time())
    true_ms += go_on_with(run_id, open_page())
    check("renderer SIGKILL, run resumed", run_id, true_ms, DIE_UNHEARD)


def test_a_killed_renderer_whose_worker_was_busy(browser, open_page, check):
    page = open_page()
    browser.context.new_page()
    page.tab.bring_to_front()
    victim = renderer_of(browser, page)
    run_id = page.start(LONG_BEAT)
    learn(1)
    page.keep_busy(30)
    learn(3.3)
    seen = page.testify()
    os.kill(victim, signal.SIGKILL)
    true_ms = seen.active_ms_at(time.time())
    true_ms += go_on_with(run_id, open_page())
    check("busy; renderer SIGKILL, run resumed", run_id, true_ms, DIE_UNHEARD)


def test_a_killed_renderer_without_fetch_later(browser, open_page, check):
    page = open_page("delete window.fetchLater;")
    browser.context.new_page()
    page.tab.bring_to_front()
    victim = renderer_of(browser, page)
    run_id = page.start(LONG_BEAT)
    learn(5.5)
    seen = page.testify()
    os.kill(victim, signal.SIGKILL)
    true_ms = seen.active_ms_at(time.time())
    again = open_page("delete window.fetchLater;")
    again.start(f"{LONG_BEAT}, run_id={run_id!r}")
    learn(3.3)
    again.end()
    true_ms += again.true_ms()
    check("no fetchLater: SIGKILL, run resumed", run_id, true_ms, DIE_UNHEARD)


def test_a_frozen_tab(browser, open_page, check):
    page = open_page()
    cdp = browser.context.new_cdp_session(page.tab)
    run_id = page.start()
    learn(2.3)
    hide(browser)
    page.await_visibility("hidden")
    cdp.send("Page.setWebLifecycleState", {"state": "frozen"})
    learn(2.5)
    cdp.send("Page.setWebLifecycleState", {"state": "active"})
    page.tab.bring_to_front()
    page.await_visibility("visible")
    learn(1.3)
    page.end()
    check("freeze, resume", run_id, page.true_ms(), EXACT)


@both
def test_the_back_forward_cache(open_page, check):
    page = open_page()
    run_id = page.start()
    learn(2.3)
    page.leave_to("/e2e/elsewhere.html")
    learn(1.5)
    page.tab.evaluate("history.back()")
    page.wait_ready()
    assert page.run("activity.run_id") == run_id, "the page did not come out of the cache"
    learn(1.4)
    page.end()
    check("back/forward return", run_id, page.true_ms(), EXACT)


@both
def test_the_next_page_resumes_the_run(browser, demo, open_page, check):
    page = open_page()
    run_id = page.start()
    learn(2.3)
    page.tab.close()
    true_ms = last_words(browser.context, demo.url)
    true_ms += go_on_with(run_id, open_page())
    check("close, resume", run_id, true_ms, LOSE_NOTHING_TWICE)


def test_offline_close_online_resume(browser, demo, open_page, check):
    page = open_page()
    run_id = page.start()
    learn(1.5)
    browser.context.set_offline(True)
    learn(2.4)
    page.tab.close()
    browser.context.set_offline(False)
    true_ms = last_words(browser.context, demo.url)
    true_ms += go_on_with(run_id, open_page())
    check("offline, close, online, resume", run_id, true_ms, LOSE_NOTHING_TWICE)


def test_an_answer_500_then_the_page_closes(browser, demo, open_page, eventually, check):
    page = open_page()
    demo.wire.refuse_with = (500, "BROKEN")
    run_id = page.start()
    eventually(lambda: sum(not beat.taken for beat in demo.wire.of(run_id)) >= 2)
    page.tab.close()
    true_ms = last_words(browser.context, demo.url)
    demo.wire.refuse_with = None
    true_ms += go_on_with(run_id, open_page())
    goal = LOSE_NOTHING_TWICE
    check("500, close, well, resume", run_id, true_ms, goal, patience_s=40)

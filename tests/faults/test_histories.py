"""Histories that once broke the ledger, shortened, on a real page.

Their whole kinds are tried at random by `tests/property`; here a browser's own clock, events and
storage are in the place of the fake ones.
"""

from __future__ import annotations

import os
import signal
import time

import pytest

from tests.faults.matrix import DIE_UNHEARD, EXACT, LOSE_NOTHING_TWICE
from tests.faults.test_tabs import open_window, turn_to
from tests.faults.witnessed_page import learn
from tests.support.processes import renderer_of

pytestmark = [pytest.mark.browser, pytest.mark.faults]

SINCE_NAVIGATION = "time=TimeOptions(heartbeat_ms=1_000, since='navigation')"
FROM_THE_FIRST = "window.witness.begin();"
NO_FETCH_LATER = "delete window.fetchLater;"
ANIMATION = """
() => {
    const work = (ms) => { for (const end = performance.now() + ms; performance.now() < end;); };
    const draw = () => { work(250); window.animation = setTimeout(draw, 50); };
    work(1_100);
    draw();
}
"""
"""Stands still once, for longer than another tab waits, then works in slices and never rests."""


def start_and_animate(page):
    run_id = page.start()
    learn(0.7)
    page.tab.evaluate(ANIMATION)
    return run_id


def test_a_page_that_stays_busy_in_slices(open_page, demo, matrix):
    page = open_page()
    run_id = start_and_animate(page)
    learn(8)
    arrived = len(demo.wire.taken(run_id))
    assert arrived > 3, "heartbeats wait for a quiet moment that does not come"
    page.tab.evaluate("clearTimeout(window.animation)")
    page.end()
    matrix.check("busy in slices after a standstill", run_id, page.true_ms(), EXACT)


@pytest.mark.parametrize("scripts", [(), (NO_FETCH_LATER,)], ids=["fetchLater", "journal"])
def test_a_page_that_dies_while_it_is_busy_in_slices(browser, open_page, matrix, scripts):
    page = open_page(*scripts)
    browser.context.new_page()
    page.tab.bring_to_front()
    victim = renderer_of(browser, page)
    run_id = start_and_animate(page)
    learn(6)
    seen = page.testify()
    os.kill(victim, signal.SIGKILL)
    true_ms = seen.active_ms_at(time.time())
    again = open_page(*scripts)
    again.start(f"run_id={run_id!r}")
    learn(3.5)
    again.end()
    way = "journal" if scripts else "fetchLater"
    scenario = f"busy in slices ({way}): SIGKILL, run resumed"
    matrix.check(scenario, run_id, true_ms + again.true_ms(), DIE_UNHEARD)


def test_standstills_just_below_the_least_limit(open_page, matrix):
    page = open_page()
    run_id = page.start("time=TimeOptions(heartbeat_ms=1_000, stall_limit_ms=1_000)")
    for pause_s in (0.45, 0.55, 0.65, 0.75, 0.85):
        learn(pause_s)  # another phase of the ticker each time
        page.tab.evaluate(
            "() => { for (const end = performance.now() + 650; performance.now() < end;); }"
        )
    page.end()
    matrix.check("standstills below the limit", run_id, page.true_ms(), EXACT)


def test_a_callback_ends_the_session_that_another_window_takes_over(
    browser, demo, open_page, matrix
):
    first = open_page()
    second = open_window(browser, demo)
    turn_to(first)
    run_id = first.start()
    first.run("""
        import js

        def end():
            js.window.witness.end()
            activity.end()

        activity.end()
        js.window.witness.begin()
        activity = timeback.activity.start(
            id="fractions", name="Fractions", course={"subject": "Math", "grade": 3},
            run_id=activity.run_id, on_pause=end,
        )
    """)
    learn(1.5)
    turn_to(second)
    second.start(f"run_id={run_id!r}")
    learn(1.5)
    assert first.run("activity.ended")
    # In sight, but not worked in: nobody else has the run any more, so it counts here.
    turn_to(first)
    learn(2.5)
    second.end()
    true_ms = first.true_ms() + second.true_ms()
    matrix.check("on_pause ends a session", run_id, true_ms, EXACT, several_tabs=True)


def test_a_callback_ends_the_session_whose_window_was_delivered(open_page, matrix):
    page = open_page()
    run_id = page.run("""
        import js
        timeback = Timeback()

        def begin(run_id):
            return timeback.activity.start(
                id="fractions", name="Fractions", course={"subject": "Math", "grade": 3},
                time=TimeOptions(heartbeat_ms=1_000), run_id=run_id, on_flush=again,
            )

        def again(elapsed_ms):
            global activity, times
            if times and not activity.ended:
                times -= 1
                activity.end()
                activity = begin(activity.run_id)

        times = 3
        js.window.witness.begin()
        activity = begin(None)
        activity.run_id
    """)
    learn(6)
    page.end()
    matrix.check("on_flush ends and starts again", run_id, page.true_ms(), EXACT)


def test_a_second_client_does_not_claim_the_time_since_navigation_again(open_page, matrix):
    page = open_page(FROM_THE_FIRST)
    run_id = page.start(SINCE_NAVIGATION)
    learn(1.3)
    page.run("timeback.close()")
    page.run(f"""
        timeback = Timeback()
        activity = start(timeback, {SINCE_NAVIGATION}, run_id={run_id!r})
    """)
    learn(1.3)
    page.end()
    matrix.check("since navigation, two clients", run_id, page.true_ms(), LOSE_NOTHING_TWICE)


def test_a_learner_who_leaves_takes_their_time_along(browser, demo, open_page, matrix):
    page = open_page()
    run_id = page.start(client="learner='ada'")
    learn(1.4)
    demo.wire.refuse_with = (503, "BUSY")
    learn(2.4)
    page.run("import js\njs.window.witness.end()\ntimeback.close()")
    true_ms = page.true_ms()
    learn(0.5)  # what is on its way is answered

    before = len(demo.wire.of(run_id))
    demo.sign_in(browser.context, "grace")
    demo.wire.refuse_with = None
    page.run("timeback = Timeback(learner='grace')\nactivity = start(timeback)")
    learn(4)
    page.run("await activity.end()\ntimeback.close()")
    assert len(demo.wire.of(run_id)) == before, "it went out under the next learner's sign-in"

    demo.sign_in(browser.context, "ada")
    page.start(f"run_id={run_id!r}", client="learner='ada'")
    page.end()
    true_ms = page.true_ms()
    matrix.check("the learner changes, no reload", run_id, true_ms, LOSE_NOTHING_TWICE)


def test_what_only_memory_holds_goes_to_storage_when_there_is_room(
    browser, demo, open_page, matrix
):
    page = open_page()
    page.tab.evaluate(
        """() => {
            const chunk = 'x'.repeat(10_000);
            let n = 0;
            try { for (;;) localStorage.setItem(`filler/${n++}`, chunk); } catch {}
            try { for (;;) localStorage.setItem(`filler/${n++}`, 'x'); } catch {}
        }"""
    )
    run_id = page.start()
    demo.wire.refuse_with = (503, "BUSY")
    learn(3.3)
    page.tab.evaluate(
        "() => { for (const key of Object.keys(localStorage))"
        " if (key.startsWith('filler/')) localStorage.removeItem(key); }"
    )
    learn(3)
    seen = page.testify()
    page.tab.close()
    true_ms = seen.active_ms_at(time.time())
    demo.wire.refuse_with = None
    again = open_page()
    again.start(f"run_id={run_id!r}")
    learn(1.3)
    again.end()
    goal = LOSE_NOTHING_TWICE
    matrix.check("storage full, then not, closed", run_id, true_ms + again.true_ms(), goal)


def test_idle_is_over_when_the_page_is_shown_again(browser, open_page, matrix):
    page = open_page()
    other = browser.context.new_page()
    page.tab.bring_to_front()
    run_id = page.start("time=TimeOptions(heartbeat_ms=1_000, idle_after_ms=1_000)")
    page.tab.evaluate("witness.end()")  # nobody does anything: what follows the start is taken back
    learn(2)
    other.bring_to_front()
    page.await_visibility("hidden")
    learn(0.5)
    page.tab.evaluate("witness.begin()")
    page.tab.bring_to_front()
    page.await_visibility("visible")
    for _ in range(5):
        learn(0.5)
        page.tab.mouse.move(5, 5)
        page.tab.mouse.move(50, 50)
    page.end()
    matrix.check("idle, hidden, shown again", run_id, page.true_ms(), EXACT)


def test_two_clients_on_one_page_count_a_run_once(demo, open_page, matrix):
    page = open_page()
    run_id = page.start()
    learn(1.2)
    page.run(f"second = start(Timeback(), run_id={run_id!r})")
    learn(1.5)
    page.run("await second.end()")
    learn(1)
    page.end()
    scenario = "two clients on one page, one run"
    matrix.check(scenario, run_id, page.true_ms(), EXACT, several_tabs=True)

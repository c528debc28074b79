"""One session in a real page: heartbeats, hidden and paused time, the end."""

from __future__ import annotations

import time
import uuid
from itertools import pairwise

import pytest

from tests.e2e.tracked_page import TrackedPage
from tests.support.books import active_ms, assert_session, paused_ms
from tests.support.clocks import COMPARE_CLOCKS

pytestmark = pytest.mark.browser


def test_a_first_start_makes_a_run_and_beats(demo, open_page, eventually):
    page = open_page()
    run_id = page.start()
    assert uuid.UUID(run_id).version == 4
    eventually(lambda: len(demo.wire.taken(run_id)) >= 3)
    beats = demo.wire.taken(run_id)
    assert_session(beats)
    assert paused_ms(beats) == 0
    assert all(beat["elapsedMs"] >= 1000 for beat in beats[1:])  # the first is short by chance
    assert beats[0]["course"] == {"subject": "Math", "grade": 3}
    assert (beats[0]["id"], beats[0]["name"]) == ("fractions", "Fractions")


def test_what_the_platform_gets_is_what_the_page_counted(demo, open_page, eventually):
    page = open_page()
    run_id = page.start()
    eventually(lambda: len(demo.wire.taken(run_id)) >= 2)
    page.run("await activity.end()")
    counted_ms = page.run("activity.elapsed_ms")
    journal = demo.journal("ada", run_id)
    assert sum(session["activeMs"] for session in journal["sessions"]) == counted_ms
    assert page.run("sum(flushed)") == counted_ms
    assert {event["session"] for event in journal["events"]} == {f"urn:uuid:{run_id}"}
    assert {event["type"] for event in journal["events"]} == {"TimeSpentEvent"}


def test_one_heartbeat_is_in_flight_at_a_time(demo, open_page, eventually):
    page = open_page()
    demo.wire.delay_s = 1.7
    run_id = page.start()
    eventually(lambda: len(demo.wire.taken(run_id)) >= 3, within_s=40)
    beats = [beat for beat in demo.wire.of(run_id) if beat.taken]
    for before, after in pairwise(beats):
        assert before.answered_s <= after.arrived_s
    assert_session(demo.wire.taken(run_id))


def test_hidden_time_is_paused_time(browser, demo, open_page, eventually):
    page = open_page()
    run_id = page.start()
    time.sleep(1.5)
    browser.context.new_page().bring_to_front()
    eventually(lambda: page.run("activity.paused"))
    beats_when_hidden = len(demo.wire.of(run_id))
    hidden_from = time.monotonic()
    time.sleep(3)
    assert len(demo.wire.of(run_id)) - beats_when_hidden <= 1, "a hidden page does not beat"
    page.tab.bring_to_front()
    hidden_ms = (time.monotonic() - hidden_from) * 1000
    eventually(lambda: not page.run("activity.paused"))
    time.sleep(1.2)
    page.run("await activity.end()")
    beats = demo.wire.taken(run_id)
    assert_session(beats)
    assert paused_ms(beats) == pytest.approx(hidden_ms, abs=1500)
    assert paused_ms(beats) >= 2900
    assert page.run("seen == ['pause', 'resume']")


def test_hiding_flushes_at_once(browser, demo, open_page, eventually):
    page = open_page()
    run_id = page.start("time=TimeOptions(heartbeat_ms=600_000)")
    time.sleep(1)
    assert not demo.wire.of(run_id)
    browser.context.new_page().bring_to_front()
    eventually(lambda: demo.wire.taken(run_id))
    [beat] = demo.wire.taken(run_id)
    assert beat["elapsedMs"] >= 900
    assert demo.wire.of(run_id)[0].by_beacon


def test_the_app_can_pause(demo, open_page):
    page = open_page()
    run_id = page.start("time=TimeOptions(heartbeat_ms=600_000)")
    time.sleep(0.5)
    page.run("activity.pause()")
    before_ms = page.run("activity.elapsed_ms")
    time.sleep(1.5)
    assert page.run("activity.elapsed_ms") == before_ms
    page.run("activity.resume()")
    time.sleep(0.5)
    page.run("await activity.end()")
    beats = demo.wire.taken(run_id)
    assert_session(beats)
    assert paused_ms(beats) >= 1400
    assert active_ms(beats) >= before_ms + 400


def test_a_tab_that_is_born_hidden_starts_paused(browser, demo, eventually):
    demo.sign_in(browser.context, "ada")
    session = browser.browser.new_browser_cdp_session()
    with browser.context.expect_page() as opened:
        url = f"{demo.url}/e2e/track.html"
        session.send("Target.createTarget", {"url": url, "background": True})
    page = TrackedPage(opened.value, demo.url)
    page.wait_ready()
    assert page.tab.evaluate("document.visibilityState") == "hidden"
    run_id = page.start()
    assert page.run("activity.paused")
    time.sleep(1.5)
    assert page.run("activity.elapsed_ms") == 0
    assert not demo.wire.of(run_id)
    page.tab.bring_to_front()
    eventually(lambda: demo.wire.taken(run_id))
    assert_session(demo.wire.taken(run_id))
    assert page.run("activity.paused_ms") >= 1400


def test_the_clocks_are_those_of_the_page(open_page):
    assert open_page().run(COMPARE_CLOCKS) is True


def test_time_false_sends_nothing_at_all(browser, demo, open_page):
    page = open_page()
    run_id = page.start("time=False")
    time.sleep(1.5)
    browser.context.new_page().bring_to_front()
    time.sleep(0.5)
    page.tab.bring_to_front()
    page.run("await activity.end()")
    page.tab.close()
    time.sleep(0.5)
    assert uuid.UUID(run_id)
    assert not demo.wire.heartbeats


def test_a_second_start_says_what_to_do(open_page):
    page = open_page()
    run_id = page.start()
    message = page.run(
        """
        try:
            start(timeback)
        except ActivityInProgressError as error:
            message = str(error)
        message
        """
    )
    assert run_id in message
    assert "end()" in message


def test_async_with_ends_the_activity(demo, open_page):
    page = open_page()
    run_id = page.run(
        """
        import asyncio
        async with start(Timeback()) as activity:
            await asyncio.sleep(0.3)
        activity.run_id
        """
    )
    assert_session(demo.wire.taken(run_id))


COUNT = """
() => {
    window.listening = 0;
    for (const [name, step] of [["addEventListener", 1], ["removeEventListener", -1]]) {
        const original = EventTarget.prototype[name];
        EventTarget.prototype[name] = function (...args) {
            window.listening += step;
            return original.apply(this, args);
        };
    }
    const {setTimeout: set, clearTimeout: clear} = window;
    window.waiting = new Set();
    window.setTimeout = (callback, ...rest) => {
        const id = set(() => { window.waiting.delete(id); callback(); }, ...rest);
        window.waiting.add(id);
        return id;
    };
    window.clearTimeout = id => { window.waiting.delete(id); clear(id); };
}
"""

COUNT_LEFTOVERS = """
import asyncio, gc
import js

client = Timeback()

async def cycles(count):
    for _ in range(count):
        activity = start(client)
        await asyncio.sleep(0.005)
        await activity.end()
    await asyncio.sleep(0.5)

async def leftovers():
    "Listeners, timers, locks, storage, and Python functions JavaScript still holds a proxy of."
    gc.collect()
    held = [
        thing for thing in gc.get_objects()
        if str(getattr(thing, "__module__", "")).startswith("timeback_web.browser")
        and ("<locals>" in str(getattr(thing, "__qualname__", "")) or hasattr(thing, "__func__"))
    ]
    locks = await js.navigator.locks.query()
    counts = {
        "listeners": js.window.listening,
        "timers": js.window.waiting.size,
        "locks": locks.held.length + locks.pending.length,
        "storage": js.localStorage.length,
        "functions": len(held),
    }
    return str(counts)
"""


@pytest.mark.timeout(300)
def test_a_thousand_sessions_leave_nothing_behind(open_page):
    page = open_page()
    page.tab.evaluate(COUNT)
    page.run(COUNT_LEFTOVERS)
    page.run("await cycles(5)")
    before = page.run("await leftovers()")
    page.run("await cycles(1_000)")
    assert page.run("await leftovers()") == before


def test_the_idle_tail_is_taken_back_in_a_real_page(demo, open_page, eventually):
    page = open_page()
    listeners = "js.window.listening"
    page.tab.evaluate(COUNT)
    page.run("import js")
    before = page.run(listeners)
    began = time.monotonic()
    run_id = page.start("time=TimeOptions(heartbeat_ms=1000, idle_after_ms=2000)")
    for step in range(12):
        page.tab.mouse.move(10 + step, 10)
        time.sleep(0.1)
    last_input = time.monotonic()
    eventually(lambda: page.run("activity.paused"))
    worked_ms = page.run("activity.elapsed_ms")
    moved_ms = (last_input - began) * 1000
    assert 700 <= worked_ms <= moved_ms + 100, "what came after the last input was taken back"
    time.sleep(max(0.0, 4 - (time.monotonic() - last_input)))
    assert page.run("activity.elapsed_ms") == worked_ms
    page.tab.keyboard.press("a")
    eventually(lambda: not page.run("activity.paused"))
    page.run("await activity.end()")
    beats = demo.wire.taken(run_id)
    assert_session(beats)
    assert paused_ms(beats) >= 3000
    assert page.run("seen == ['pause', 'resume']")
    assert page.run(listeners) == before

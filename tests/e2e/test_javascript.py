"""The JavaScript front end, before and after Python is there: what the server received."""

from __future__ import annotations

import json
import time

import pytest

from tests.e2e.front_page import FrontPage
from tests.support.books import active_ms, assert_balanced, assert_session, ms, paused_ms, sessions
from timeback_web.delivery.outbox import Outbox
from timeback_web.testing import FakeStorage

pytestmark = pytest.mark.browser

CALM = "{time: {heartbeatMs: 600_000}}"


@pytest.fixture
def open_front(browser, demo):
    opened = []

    def open_():
        demo.sign_in(browser.context, "ada")
        page = FrontPage(browser.context.new_page(), demo.url)
        opened.append(page)
        page.load()
        return page

    yield open_
    problems = [problem for page in opened for problem in page.problems]
    assert not problems, problems


def hide(browser):
    other = browser.context.new_page()
    other.bring_to_front()
    return other


def test_what_was_started_before_python_keeps_its_time(demo, open_front, eventually):
    page = open_front()
    run_id = page.start(CALM)
    started_ms = page.run("startedAtMs")
    time.sleep(1.5)
    page.boot()
    assert not demo.wire.of(run_id)
    time.sleep(0.5)
    worked_ms = page.run("() => { const at = Date.now(); activity.end(); return at }") - started_ms
    eventually(lambda: demo.wire.taken(run_id))
    [beat] = demo.wire.taken(run_id)
    assert_session([beat])
    assert beat["pausedMs"] == 0
    assert abs(beat["elapsedMs"] - worked_ms) <= 20
    assert abs(ms(beat["startedAt"]) - started_ms) <= 20


def test_hiding_pausing_and_showing_before_python_is_replayed(
    browser, demo, open_front, eventually
):
    page = open_front()
    run_id = page.start(CALM)
    time.sleep(1)
    hide(browser)
    eventually(lambda: len(demo.wire.taken(run_id)) == 1)
    time.sleep(1)
    page.tab.bring_to_front()
    eventually(lambda: not page.run("activity.paused"))
    time.sleep(0.5)
    page.run("activity.pause()")
    time.sleep(0.7)
    assert page.run("activity.paused")
    page.boot()
    assert page.run("activity.paused"), "the app's pause is handed over"
    page.run("activity.resume()")
    time.sleep(0.4)
    counted_ms = page.run(
        "() => { const countedMs = activity.elapsedMs; activity.end(); return countedMs; }"
    )
    eventually(lambda: len(demo.wire.taken(run_id)) == 2)
    beats = demo.wire.taken(run_id)
    assert_session(beats)
    assert beats[0]["pausedMs"] == 0
    assert paused_ms(beats) >= 1_600
    assert active_ms(beats) >= 1_800
    assert 0 <= active_ms(beats) - counted_ms <= 60
    assert [what for what, *_ in page.run("told") if what != "flush"] == [
        "pause",
        "resume",
        "pause",
        "resume",
    ]
    assert [details for what, *details in page.run("told") if what == "flush"] == [
        [beat["elapsedMs"]] for beat in beats
    ]


def test_python_of_the_pages_own_takes_over_too(demo, open_front, eventually):
    page = open_front()
    page.load_beside_pyscript()
    run_id = page.run("activity.runId")
    time.sleep(0.3)
    worked_ms = page.run("() => { const at = Date.now(); activity.end(); return at - startedAtMs }")
    eventually(lambda: active_ms(demo.wire.taken(run_id)) >= worked_ms - 20)
    beats = demo.wire.taken(run_id)
    assert_session(beats)
    assert len(sessions(beats)) == 1
    assert active_ms(beats) <= worked_ms + 20


@pytest.mark.parametrize("way", ["close", "navigate", "close hidden"])
def test_a_page_left_before_python_flushes_by_itself(browser, demo, open_front, eventually, way):
    page = open_front()
    run_id = page.start()
    time.sleep(1.2)
    if way == "navigate":
        page.leave_to("/e2e/elsewhere.html")
    else:
        if way == "close hidden":
            hide(browser)
            eventually(lambda: demo.wire.taken(run_id))
        page.tab.close()
    eventually(lambda: len(demo.wire.of(run_id)) == (2 if way == "close hidden" else 1))
    time.sleep(0.5)
    beats = demo.wire.taken(run_id)
    assert_session(beats)
    assert len(beats) == len(demo.wire.of(run_id))
    assert 1_150 <= active_ms(beats) <= 2_500
    assert demo.journal("ada", run_id)["activeMs"] == active_ms(beats)


def test_left_while_python_is_on_its_way_counts_once(demo, open_front, eventually):
    page = open_front()
    run_id = page.start()
    page.start_boot()
    time.sleep(0.4)
    page.leave_to("/e2e/elsewhere.html")
    eventually(lambda: demo.wire.of(run_id))
    time.sleep(0.5)
    assert len(demo.wire.of(run_id)) == 1


def test_back_through_the_cache_before_python(demo, open_front, eventually):
    page = open_front()
    run_id = page.start(CALM)
    time.sleep(1)
    page.leave_to("/e2e/elsewhere.html")
    time.sleep(1.2)
    page.tab.evaluate("history.back()")
    page.tab.wait_for_function("() => window.activity && !activity.paused", polling=100)
    assert page.run("activity.runId") == run_id, "the page did not come out of the cache"
    time.sleep(0.6)
    page.boot()
    page.run("activity.end()")
    eventually(lambda: len(demo.wire.taken(run_id)) == 2)
    beats = demo.wire.taken(run_id)
    assert_session(beats)
    assert paused_ms(beats) >= 1_100


def test_ended_before_python_is_sent_at_once_and_only_once(demo, open_front, eventually):
    page = open_front()
    run_id = page.start()
    time.sleep(0.6)
    page.run("async () => { void activity.end(); await activity.end(); await activity.end() }")
    eventually(lambda: len(demo.wire.taken(run_id)) == 1)
    page.boot()
    time.sleep(0.5)
    page.leave_to("/e2e/elsewhere.html")
    time.sleep(0.5)
    [beat] = demo.wire.of(run_id)
    assert beat.body["elapsedMs"] >= 590


def test_offline_before_python_is_kept_and_sent_by_python(browser, demo, open_front, eventually):
    page = open_front()
    run_id = page.start("{runId: '6f1c3a52-8f7e-4a8e-9d2b-0b6c5a1d2e3f'}")
    time.sleep(0.6)
    browser.context.set_offline(True)
    page.run("activity.end()")
    [(_, ours, error, context)] = page.run("told")
    assert (ours, error["code"], context["willRetry"]) == (True, "UNREACHABLE", True)
    assert context["runId"] == run_id
    browser.context.set_offline(False)
    assert not demo.wire.of(run_id)
    page.boot()
    eventually(lambda: demo.wire.taken(run_id))
    [beat] = demo.wire.of(run_id)
    assert beat.body["elapsedMs"] >= 590
    eventually(lambda: page.run("Object.keys(localStorage).length") == 0)


def test_what_is_kept_is_what_pythons_outbox_reads(browser, open_front):
    page = open_front()
    run_id = page.start("""{runId: "class 3 (b)! *it's* ~50% é/ü"}""", "{learner: 'ada'}")
    time.sleep(0.3)
    browser.context.set_offline(True)
    page.run("activity.end()")
    storage = FakeStorage()
    storage.items = page.run("({...localStorage})")
    outbox = Outbox(storage, "/api/timeback")
    [entry] = outbox.waiting(runs=frozenset({run_id}), learner="")
    body = json.loads(entry.body)
    assert (entry.run_id, entry.learner, entry.elapsed_ms) == (run_id, "ada", body["elapsedMs"])
    assert (entry.started_at_ms, entry.ended_at_ms) == (ms(body["startedAt"]), ms(body["endedAt"]))
    assert outbox.take(entry)
    assert storage.items == {}
    page.run("localStorage.clear()")


def test_refused_before_python_is_kept_and_sent_when_the_run_is_resumed(
    demo, open_front, eventually
):
    demo.wire.refuse_with = (503, "DOWN")
    page = open_front()
    run_id = page.start()
    time.sleep(0.5)
    page.run("activity.end()")
    eventually(lambda: [status for status in demo.wire.of(run_id) if status.status == 503])
    [(_, ours, error, _context)] = page.run("told")
    assert (ours, error["code"], error["status"], error["serverCode"]) == (
        True,
        "REFUSED",
        503,
        "DOWN",
    )
    page.leave_to("/e2e/elsewhere.html")
    demo.wire.refuse_with = None
    again = open_front()
    again.boot()
    assert again.start(f"{{runId: '{run_id}'}}") == run_id
    eventually(lambda: demo.wire.taken(run_id))
    again.run("activity.end()")
    eventually(lambda: len(demo.wire.taken(run_id)) == 2)
    assert_balanced(demo.wire.taken(run_id))
    starts = [beat["startedAt"] for beat in demo.wire.taken(run_id)]
    assert starts == sorted(set(starts))


@pytest.mark.parametrize("python", ["before", "after"])
def test_the_whole_surface(demo, open_front, eventually, python):
    page = open_front()
    if python == "before":
        page.boot()
    run_id = page.start("{time: {heartbeatMs: 400, idleAfterMs: null}, runId: undefined}")
    if python == "after":
        page.boot()
    eventually(lambda: len(demo.wire.taken(run_id)) >= 2)
    page.run("activity.pause()")
    page.run("activity.resume()")
    assert page.run("activity.end() instanceof Promise")
    page.run("async () => { await activity.end() }")
    assert page.run("[activity.ended, activity.paused]") == [True, True]
    beats = demo.wire.taken(run_id)
    assert_session(beats)
    assert page.run("activity.elapsedMs") == active_ms(beats)
    told = page.run("told")
    assert [what for what, *_ in told if what != "flush"] == ["pause", "resume"]
    assert sum(details[0] for what, *details in told if what == "flush") == active_ms(beats)


@pytest.mark.parametrize("python", ["there", "not there"])
def test_mistakes_are_errors_of_javascript(demo, open_front, python):
    page = open_front()
    if python == "there":
        page.boot()
    run_id = page.start()
    second = page.run("() => caught(() => timeback.activity.start(lesson))")
    assert (second["ours"], second["code"]) == (True, "ACTIVITY_IN_PROGRESS")
    assert run_id in second["message"]
    wrong = page.run("() => caught(() => activity.end({xpEarned: '3'}))")
    assert (wrong["code"], wrong["field"]) == ("INVALID_OPTIONS", "metrics.xpEarned")
    assert not page.run("activity.ended")
    page.run("activity.end()")
    bad = page.run("() => caught(() => timeback.activity.start({...lesson, runid: 'x'}))")
    assert (bad["code"], bad["field"]) == ("INVALID_OPTIONS", "runid")
    page.run("timeback.close()")
    late = page.run("() => caught(() => timeback.activity.start(lesson))")
    assert late["code"] == "USAGE"


@pytest.mark.parametrize("python", ["there", "late", "never"])
def test_end_with_metrics_completes_once(demo, open_front, eventually, python):
    page = open_front()
    if python == "there":
        page.boot()
    run_id = page.start("{id: 'single', process: false}")
    time.sleep(0.3)
    ended_ms = page.run(
        """() => {
            activity.end({xpEarned: 10, totalQuestions: 2, correctQuestions: 1, pctComplete: 50});
            return Date.now();
        }"""
    )
    if python == "late":
        page.boot()
    if python == "never":
        page.leave_to("/e2e/elsewhere.html")
    eventually(lambda: demo.wire.submits)
    time.sleep(0.5)
    [submit] = demo.wire.submits
    assert (submit["id"], submit["runId"], submit["process"]) == ("single", run_id, False)
    assert submit["metrics"] == {"xpEarned": 10, "totalQuestions": 2, "correctQuestions": 1}
    assert submit["pctComplete"] == 50
    assert abs(ms(submit["endedAt"]) - ended_ms) <= 200
    assert len(demo.wire.taken(run_id)) == 1


def test_time_false_sends_nothing(demo, open_front):
    page = open_front()
    run_id = page.start("{time: false}")
    page.boot()
    page.run("async () => { await activity.end() }")
    second = page.run("() => timeback.activity.start({...lesson, time: false}).runId")
    time.sleep(0.3)
    page.leave_to("/e2e/elsewhere.html")
    time.sleep(0.3)
    assert demo.wire.of(run_id) == demo.wire.of(second) == []


def test_who_is_signed_in(browser, demo, open_front):
    page = open_front()
    page.start("{time: false}")
    verified = page.run("timeback.user.verify()")
    assert verified["verified"] is True
    assert "@" in page.run("timeback.user.profile()")["email"]
    browser.context.clear_cookies()
    refused = page.run("() => caught(() => timeback.user.profile())")
    assert (refused["ours"], refused["code"], refused["status"]) == (True, "REFUSED", 401)
    browser.context.set_offline(True)
    assert page.run("() => caught(() => timeback.user.verify())")["code"] == "UNREACHABLE"


def test_headers_go_with_every_request(demo, open_front, eventually):
    token = "{headers: () => ({Authorization: 'Bearer of-the-moment'})}"
    page = open_front()
    run_id = page.start(client=token)
    time.sleep(0.3)
    page.leave_to("/e2e/elsewhere.html")
    eventually(lambda: demo.wire.of(run_id))
    again = open_front()
    again.boot()
    resumed = again.start("{time: {heartbeatMs: 300}}", client=token)
    eventually(lambda: demo.wire.of(resumed))
    for beat in (*demo.wire.of(run_id), *demo.wire.of(resumed)):
        assert beat.headers["authorization"] == "Bearer of-the-moment"


def test_a_callback_that_fails_breaks_nothing(demo, open_front, eventually):
    page = open_front()
    page.boot()
    run_id = page.start(
        "{time: {heartbeatMs: 300}, onFlush: () => { throw new Error('mine') },"
        " onPause: async () => { throw new Error('mine, too') }}"
    )
    eventually(lambda: len(demo.wire.taken(run_id)) >= 2)
    page.run("activity.pause()")
    errors = [details for what, *details in page.run("told") if what == "error"]
    assert {details[1]["code"] for details in errors} == {"FAILED"}
    assert {details[2]["operation"] for details in errors} == {"callback"}
    page.run("activity.end()")


@pytest.mark.parametrize("python", ["late", "never"])
def test_since_navigation_counts_what_was_seen_before(demo, open_front, eventually, python):
    page = open_front()
    time.sleep(1)
    run_id = page.start("{time: {since: 'navigation', heartbeatMs: 600_000}}")
    seen_ms = page.run(
        "performance.now() - performance.timing.domLoading + performance.timing.navigationStart"
    )
    if python == "late":
        page.boot()
    elapsed_ms = page.run("() => { const seen = activity.elapsedMs; activity.end(); return seen }")
    assert elapsed_ms >= seen_ms - 10
    eventually(lambda: demo.wire.taken(run_id))
    assert demo.wire.taken(run_id)[0]["elapsedMs"] >= seen_ms - 10
    again = "{time: {since: 'navigation'}}"
    credited_ms = page.run(f"timeback.activity.start({{...lesson, ...{again}}}).elapsedMs")
    assert credited_ms < 100, "it is credited once"


def test_an_idle_learner_before_python_is_noticed(demo, open_front, eventually):
    page = open_front()
    run_id = page.start("{time: {idleAfterMs: 1_000, heartbeatMs: 600_000}}")
    time.sleep(0.5)
    page.tab.mouse.move(5, 5)
    time.sleep(6)  # no input; the page looks at the clock every five seconds
    assert page.run("activity.paused")
    page.boot()
    assert page.run("activity.paused")
    page.run("activity.end()")
    eventually(lambda: demo.wire.taken(run_id))
    [beat] = demo.wire.taken(run_id)
    assert 450 <= beat["elapsedMs"] <= 900

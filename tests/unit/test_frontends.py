"""Python behind JavaScript: what was started before it came, and what is said between them."""

from __future__ import annotations

import json

import pytest

from tests.unit.helpers import RUN, assert_tiles, ms, spans
from timeback_web.frontends import FrontEnds
from timeback_web.testing import FakeBrowser

LESSON = {
    "id": "lesson-1",
    "name": "Fractions",
    "course": {"subject": "Math", "grade": 3},
    "runId": RUN,
}


class Desk:
    """A page with JavaScript in it that has waited for Python."""

    def __init__(self, *, hidden=False, base_url="/api/timeback"):
        self.browser = FakeBrowser(hidden=hidden)
        self.front_ends = FrontEnds(self.browser)
        self.told = []
        self.done = []
        config = json.dumps({"baseURL": base_url})
        assert self.front_ends.open_client("client", config, None, self.tell) == ""

    def tell(self, what, details):
        self.told.append((what, json.loads(details) if details else None))

    def at(self, ago_ms):
        now = self.browser.clock.read()
        return {"monotonicMs": now.monotonic_ms - ago_ms, "wallMs": now.wall_ms - ago_ms}

    def past(self, ago_ms, *changes, hidden=False):
        """A beginning some time ago, and what has happened since: `(ago_ms, what, details)`."""
        return {
            "began": self.at(ago_ms),
            "hidden": hidden,
            "changes": [
                {"at": self.at(then), "what": what, **details} for then, what, details in changes
            ],
        }

    def start(self, past, **options):
        return self.front_ends.start(
            "client", "activity", json.dumps({**LESSON, **options}), json.dumps(past), self.tell
        )

    def end(self, metrics=""):
        return self.front_ends.end("activity", metrics, lambda: self.done.append(True))

    @property
    def beats(self):
        return self.browser.server.heartbeats


HIDDEN = {"cause": "hidden"}
STARTED_MS = 1_767_225_600_000
TIMES = {
    "startedAt": "2026-01-01T00:00:00.000Z",
    "endedAt": "2026-01-01T00:00:02.000Z",
    "elapsedMs": 2_000,
    "pausedMs": 0,
}


def test_the_time_before_python_counts():
    desk = Desk()
    began = desk.at(4_000)
    assert desk.start(desk.past(4_000)) == ""
    assert desk.front_ends.elapsed_ms("activity") == 4_000
    desk.browser.advance(1_000)
    assert desk.end() == ""
    assert spans(desk.beats) == [(5_000, 0)]
    assert ms(desk.beats[0].started_at) == int(began["wallMs"])
    assert desk.done == [True]


def test_what_happened_before_is_replayed():
    desk = Desk()
    desk.start(
        desk.past(
            10_000,
            (9_000, "hold", HIDDEN),
            (7_000, "release", HIDDEN),
            (4_000, "hold", {"cause": "app"}),
            (1_000, "pass", {}),
        )
    )
    assert desk.front_ends.is_paused("activity")
    assert desk.front_ends.elapsed_ms("activity") == 1_000 + 3_000
    desk.front_ends.resume("activity")
    desk.browser.advance(500)
    desk.end()
    assert spans(desk.beats) == [(4_500, 6_000)]


def test_what_was_reported_before_is_never_reported_again():
    desk = Desk()
    sent_until = desk.at(6_000)
    sent = {"elapsedMs": 3_000, "endedAtMs": int(sent_until["wallMs"])}
    desk.start(
        desk.past(
            10_000,
            (7_000, "hold", HIDDEN),
            (6_000, "sent", sent),
            (5_000, "release", HIDDEN),
        )
    )
    assert desk.front_ends.elapsed_ms("activity") == 8_000
    desk.end()
    assert spans(desk.beats) == [(5_000, 1_000)]
    assert ms(desk.beats[0].started_at) == sent["endedAtMs"]


def test_a_standstill_before_python_is_no_active_time():
    desk = Desk()
    desk.start(desk.past(100_000, (99_000, "pass", {})))
    assert desk.front_ends.elapsed_ms("activity") == 1_000


def test_a_long_boot_counts_when_somebody_looked_at_the_clock_meanwhile():
    desk = Desk()
    looks = [(then, "pass", {}) for then in range(95_000, 0, -5_000)]
    desk.start(desk.past(100_000, *looks))
    assert desk.front_ends.elapsed_ms("activity") == 100_000


def test_a_page_that_was_hidden_without_an_event_is_paused_from_now_on():
    desk = Desk(hidden=True)
    desk.start(desk.past(4_000))
    assert desk.front_ends.is_paused("activity")
    assert desk.front_ends.elapsed_ms("activity") == 4_000


def test_idleness_before_python_is_taken_back():
    desk = Desk()
    desk.start(
        desk.past(10_000, (9_000, "input", {}), (3_000, "pass", {})), time={"idleAfterMs": 2_000}
    )
    assert desk.front_ends.is_paused("activity")
    assert desk.front_ends.elapsed_ms("activity") == 1_000


def test_a_tab_that_lost_the_run_meanwhile_takes_back_what_it_counted():
    from tests.unit.test_run_lock import Desk as Tabs

    tabs = Tabs()
    first = tabs.open()
    first.start(RUN)
    tabs.advance(8_000)
    second = tabs.open()
    first.browser.lifecycle.focused = True
    second.browser.lifecycle.focused = False
    front_ends = FrontEnds(second.browser)
    front_ends.open_client("client", json.dumps({"baseURL": "/api/timeback"}), None, print)
    now = second.browser.clock.read()
    past = {
        "began": {"monotonicMs": now.monotonic_ms - 4_000, "wallMs": now.wall_ms - 4_000},
        "hidden": False,
        "changes": [],
    }
    front_ends.start("client", "activity", json.dumps(LESSON), json.dumps(past), lambda *_: None)
    tabs.advance(100)
    assert front_ends.elapsed_ms("activity") < 200


@pytest.mark.parametrize("last", [None, "hold", "input"], ids=["running", "paused", "acted"])
@pytest.mark.parametrize("what", [None, "pause", "hide"])
def test_what_another_tab_has_counted_meanwhile_is_not_counted_again(what, last):
    """The first has counted for 8 s, and then perhaps no more, when Python comes to the second."""
    from tests.unit.test_run_lock import Desk as Tabs

    tabs = Tabs()
    first, second = tabs.open(), tabs.open()
    activity = first.start(RUN)
    tabs.advance(4_000)
    began = second.browser.clock.read()
    tabs.advance(4_000)
    if what == "pause":
        activity.pause()
    elif what == "hide":
        first.browser.hide()
    tabs.advance(3_000)
    now = second.browser.clock.read()
    at = {"monotonicMs": now.monotonic_ms, "wallMs": now.wall_ms}
    past = {
        "began": {"monotonicMs": began.monotonic_ms, "wallMs": began.wall_ms},
        "hidden": False,
        "changes": [{"at": at, "what": last, "cause": "app"}] if last else [],
    }
    second.browser.lifecycle.focused = False
    front_ends = FrontEnds(second.browser)
    front_ends.open_client("client", json.dumps({"baseURL": "/api/timeback"}), None, print)
    front_ends.start("client", "activity", json.dumps(LESSON), json.dumps(past), lambda *_: None)
    counted_ms = front_ends.elapsed_ms("activity")
    assert abs(counted_ms - (3_000 if what else 0)) <= 10
    tabs.advance(2_000)
    front_ends.end("activity", "", lambda: None)
    activity.end()
    beats = [beat for beat in first.heartbeats if beat.run_id == RUN]
    goes_on_ms = 2_000 if last != "hold" and what else 0
    expected_ms = 8_000 + 3_000 + (goes_on_ms if what else 2_000)
    assert abs(sum(beat.elapsed_ms for beat in beats) - expected_ms) <= 30


def test_callbacks_are_told():
    desk = Desk()
    desk.start(desk.past(0), time={"heartbeatMs": 1_000})
    desk.browser.advance(4_000)
    desk.front_ends.pause("activity")
    desk.front_ends.resume("activity")
    flushed = sum(details for what, details in desk.told if what == "flush")
    assert 3_000 <= flushed <= 4_000
    assert [what for what, _ in desk.told if what != "flush"] == ["pause", "resume"]
    desk.browser.server.refuse_next(503, code="DOWN")
    desk.browser.advance(1_000)
    [error] = [details for what, details in desk.told if what == "error"]
    assert error["error"]["code"] == "REFUSED"
    assert error["error"]["status"] == 503
    assert error["context"]["operation"] == "heartbeat"
    assert error["context"]["willRetry"] is True
    assert error["context"]["runId"] == RUN
    assert_tiles(desk.beats)


@pytest.mark.parametrize(
    ("options", "code", "field"),
    [
        ({"name": " "}, "INVALID_OPTIONS", "name"),
        ({"time": {"heartbeatMs": 15}}, "INVALID_OPTIONS", "time.heartbeatMs"),
    ],
)
def test_no_exception_crosses(options, code, field):
    desk = Desk()
    problem = json.loads(desk.start(desk.past(0), **options))
    assert (problem["code"], problem["field"]) == (code, field)
    assert problem["message"]


def test_a_second_activity_of_a_client_is_refused():
    desk = Desk()
    desk.start(desk.past(0))
    assert json.loads(desk.start(desk.past(0)))["code"] == "ACTIVITY_IN_PROGRESS"


def test_a_key_that_nobody_knows_is_a_bug_and_says_so():
    assert json.loads(Desk().front_ends.pause("nobody"))["code"] == "INTERNAL"


def test_wrong_metrics_leave_the_activity_open():
    desk = Desk()
    desk.start(desk.past(0))
    assert json.loads(desk.end('{"xpEarned": "3"}'))["field"] == "xpEarned"
    desk.browser.advance(1_000)
    assert desk.front_ends.elapsed_ms("activity") == 1_000
    assert desk.end('{"xpEarned": 3}') == ""
    assert [submit.metrics.xp_earned for submit in desk.browser.server.submits] == [3]


def test_a_completion_that_waited_for_python_keeps_the_time_of_its_end():
    desk = Desk()
    ended = desk.at(5_000)["wallMs"]
    ending = json.dumps({"metrics": {"xpEarned": 3}, "endedAtMs": int(ended)})
    done = lambda: desk.done.append(True)  # noqa: E731
    assert desk.front_ends.complete("client", json.dumps(LESSON), ending, desk.tell, done) == ""
    [submit] = desk.browser.server.submits
    assert ms(submit.ended_at) == int(ended)
    assert desk.done == [True]
    assert desk.beats == []


def leave_in_storage(desk):
    """What `js/parts/server.js` writes down when it could not send a window; its body."""
    body = json.dumps(LESSON | TIMES)
    entry = {
        "run_id": RUN,
        "started_at_ms": STARTED_MS,
        "ended_at_ms": STARTED_MS + 2_000,
        "elapsed_ms": 2_000,
        "body": body,
        "learner": "",
    }
    key = f"timeback_web/outbox/1/%2Fapi%2Ftimeback/{RUN}/{STARTED_MS}"
    desk.browser.storage.set(key, json.dumps(entry))
    desk.browser.clock.wall_ms = STARTED_MS + 3_000
    return body


def test_what_javascript_left_in_storage_is_seen_through():
    desk = Desk()
    body = leave_in_storage(desk)
    assert desk.front_ends.see_through("client", RUN) == ""
    assert [sent.request.body for sent in desk.browser.network.sent] == [body]
    assert desk.browser.storage.items == {}


def test_also_of_the_run_that_is_open():
    desk = Desk()
    desk.start(desk.past(0))
    body = leave_in_storage(desk)
    assert desk.front_ends.see_through("client", RUN) == ""
    assert [sent.request.body for sent in desk.browser.network.sent] == [body]
    desk.browser.advance(1_000)
    assert desk.end() == ""


def test_headers_are_asked_for_each_request():
    browser = FakeBrowser()
    front_ends = FrontEnds(browser)
    asked = []

    def headers():
        asked.append(True)
        return '{"Authorization": "Bearer of-the-moment"}'

    config = json.dumps({"baseURL": "/elsewhere/", "learner": "ada"})
    front_ends.open_client("client", config, headers, lambda *_: None)
    past = {"began": {"monotonicMs": 0, "wallMs": 0}, "hidden": False, "changes": []}
    front_ends.start("client", "a", json.dumps(LESSON), json.dumps(past), lambda *_: None)
    browser.close()
    assert asked
    [sent] = browser.network.sent
    assert sent.request.url == "/elsewhere/activity/heartbeat"
    assert sent.request.headers == {"Authorization": "Bearer of-the-moment"}


def test_trouble_with_what_is_over_reaches_the_client():
    desk = Desk()
    desk.browser.server.refuse_next(422, code="WINDOW_IN_DOUBT")
    leave_in_storage(desk)
    desk.front_ends.see_through("client", RUN)
    [(what, details)] = desk.told
    assert (what, details["error"]["serverCode"]) == ("error", "WINDOW_IN_DOUBT")
    assert details["context"]["elapsedMs"] == 2_000


def test_a_closed_client_has_ended_what_was_open():
    desk = Desk()
    desk.start(desk.past(2_000))
    assert desk.front_ends.close_client("client") == ""
    assert desk.front_ends.close_client("client") == ""
    assert spans(desk.beats) == [(2_000, 0)]
    assert json.loads(desk.start(desk.past(0)))["code"] == "INTERNAL"


def test_an_answer_is_a_code_that_javascript_knows():
    from timeback_web import errors
    from timeback_web.frontends import problem

    unreachable = errors.UnreachableError("no answer")
    assert problem(unreachable) == {"code": "UNREACHABLE", "message": "no answer"}
    assert problem(errors.LostWindowError("gone"))["code"] == "LOST_WINDOW"
    assert problem(errors.TimebackError("x"))["code"] == "FAILED"
    assert problem(ValueError("x"))["code"] == "INTERNAL"

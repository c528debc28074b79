"""A client in a worker, and a guard that says what a test has it say."""

from __future__ import annotations

import json

import pytest

from tests.unit.helpers import LESSON, RUN
from timeback_web import Timeback, TimeOptions
from timeback_web.browser.worker import WorkerBrowser
from timeback_web.browser.worker.clock import WorkerClock
from timeback_web.browser.worker.line import Line
from timeback_web.session.ticker import TICK_MS
from timeback_web.testing import FakeBrowser
from timeback_web.timekeeping.reading import Reading

BEAT_MS = 15_000
OUTBOX = f"timeback_web/outbox/1/%2Fapi%2Ftimeback/{RUN}/"


class Worker:
    """Everything that is said to the guard is in `said`."""

    def __init__(self, **hello):
        self.page = FakeBrowser()  # for its clock, timers, locks and channels
        self.said = []
        self.flushed, self.errors, self.seen = [], [], []
        self._seq = 0
        clock = WorkerClock(self.page.clock)
        self.line = Line(lambda text: self.said.append(json.loads(text)), clock)
        self.browser = WorkerBrowser(
            self.line,
            clock,
            timers=self.page.timers,
            page_record=self.page.page_record,
            locks=self.page.locks,
            channels=self.page.channels,
            packages=self.page.packages,
        )
        self.browser.rng = self.page.rng
        if hello.pop("greeted", True):
            self.greet(**hello)
        self.timeback = Timeback(browser=self.browser)

    def hear(self, tell, *, ago_ms=0, **fields):
        self._seq += 1
        now = self.page.clock
        times = {"at": now.monotonic_ms - ago_ms, "wall": now.wall_ms - ago_ms}
        self.line.hear(json.dumps({"seq": self._seq, **times, "tell": tell, **fields}))

    def greet(self, **fields):
        known = {"hidden": False, "hidden_at": 0, "focused": True, "online": True}
        known |= {"stored": {}, "born": 0, "seen": []}
        self.hear("hello", **{**known, **fields})

    def event(self, name, **fields):
        self.hear("event", event=name, **fields)

    def answer(self, status, number=None, **fields):
        number = number or self.last("fetch")["id"]
        self.hear("answer", id=number, status=status, **fields)

    def start(self, **options):
        self.activity = self.timeback.activity.start(
            **{**LESSON, "run_id": RUN, **options},
            on_flush=self.flushed.append,
            on_error=lambda error, context: self.errors.append((error, context)),
            on_pause=lambda: self.seen.append("pause"),
            on_resume=lambda: self.seen.append("resume"),
        )
        return self.activity

    def advance(self, ms):
        self.page.advance(ms)

    def sent(self, elapsed_ms, ended_at_ms=None, *, ago_ms=0, **fields):
        """The guard has reported the window as the worker had it, up to a moment."""
        window = self.last("window")
        ended = ended_at_ms or int(self.page.clock.wall_ms) - ago_ms
        entry = {
            "run_id": RUN,
            "started_at_ms": window["started"],
            "ended_at_ms": ended,
            "elapsed_ms": elapsed_ms,
            "body": "{}",
            "learner": "",
        }
        self.hear("sent", entry=entry, ago_ms=ago_ms, **fields)
        return entry

    def all(self, do):
        return [message for message in self.said if message["do"] == do]

    def last(self, do):
        return self.all(do)[-1]


@pytest.fixture
def worker():
    return Worker()


def claims(worker):
    return [message["claim"] for message in worker.said if "claim" in message]


def test_the_guard_knows_the_window_as_soon_as_it_is_open(worker):
    worker.start(time=TimeOptions(stall_limit_ms=30_000))
    window = worker.last("window")
    assert window["run"] == RUN
    assert window["started"] == window["ended"] == worker.page.clock.wall_ms
    assert window["at"] == worker.page.clock.monotonic_ms
    assert (window["elapsed"], window["running"], window["stall_ms"]) == (0, True, 30_000 + TICK_MS)
    assert window["url"] == "/api/timeback/activity/heartbeat"
    assert json.loads(window["body"])["runId"] == RUN
    assert window["outbox"] == OUTBOX
    assert window["journal"] == OUTBOX.replace("outbox", "journal")
    assert window["trusted"]
    assert not window["headers"]


def test_every_tick_tells_how_the_books_stand(worker):
    worker.start()
    worker.advance(3 * TICK_MS + 100)
    window = worker.last("window")
    assert window["elapsed"] == window["ended"] - window["started"] == 3 * TICK_MS
    assert window["at"] == worker.page.clock.monotonic_ms - 100


def test_a_pause_by_the_app_is_told_at_once(worker):
    activity = worker.start()
    worker.advance(500)
    activity.pause()
    window = worker.last("window")
    assert (window["elapsed"], window["running"]) == (500, False)
    activity.resume()
    assert worker.last("window")["running"]


def test_a_heartbeat_and_its_claim_are_one_message(worker):
    worker.start()
    worker.advance(BEAT_MS)
    request = worker.last("fetch")
    body = json.loads(request["body"])
    assert (body["elapsedMs"], body["pausedMs"]) == (BEAT_MS, 0)
    started = worker.page.clock.wall_ms - BEAT_MS
    assert request["claim"] == {
        "run": RUN,
        "started": started,
        "ended": worker.page.clock.wall_ms,
        "elapsed": BEAT_MS,
        "final": False,
    }
    worker.answer(204)
    assert worker.flushed == [BEAT_MS]


def test_the_claim_waits_for_the_message_that_reports(worker):
    def headers():
        if worker.page.clock.monotonic_ms >= 20_000:
            worker.activity.pause()  # whatever an app may do there
        return {}

    worker.timeback = Timeback(browser=worker.browser, headers=headers)
    worker.start()
    worker.advance(BEAT_MS)
    assert worker.last("fetch")["claim"]["elapsed"] == BEAT_MS
    assert all("claim" not in message for message in worker.all("window"))


def test_what_the_guard_has_sent_is_not_sent_again(worker):
    activity = worker.start()
    worker.advance(2_000)
    worker.sent(2_000, id="guard/1")
    worker.event("hidden")
    worker.advance(1_000)
    assert not worker.all("fetch")
    assert (activity.elapsed_ms, activity.paused_ms) == (2_000, 1_000)
    assert worker.seen == ["pause"]
    worker.answer(204, "guard/1")
    assert worker.flushed == [2_000]
    worker.event("visible")
    worker.advance(700)
    activity.end()
    [claim] = claims(worker)
    assert claim["started"] == worker.page.clock.wall_ms - 1_700
    assert (claim["elapsed"], claim["final"]) == (700, True)
    assert activity.elapsed_ms == 2_700


def test_a_worker_that_was_busy_hears_late_and_counts_as_of_then(worker):
    activity = worker.start()
    worker.page.stall(10_000)  # in which the page was hidden from 2 s to 3 s, and from 6 s to 9 s
    worker.sent(2_000, ago_ms=8_000, id="guard/1")
    worker.event("hidden", ago_ms=8_000)
    assert activity.elapsed_ms in (2_000, 10_000)  # whoever asks in between moves the books
    worker.event("visible", ago_ms=7_000)
    worker.sent(3_000, ago_ms=4_000, id="guard/2")
    worker.event("hidden", ago_ms=4_000)
    worker.event("visible", ago_ms=1_000)
    assert (activity.elapsed_ms, activity.paused_ms) == (6_000, 4_000)
    window = worker.last("window")
    assert (window["elapsed"], window["seen"]) == (1_000, worker._seq)


def test_a_claim_that_came_too_late_is_given_back(worker):
    activity = worker.start()
    worker.advance(BEAT_MS)
    claim = worker.last("fetch")["claim"]
    # The page was hidden 5 ms before; the message crossed the guard's.
    worker.advance(3)
    window = {"started_at_ms": claim["started"], "ended_at_ms": claim["ended"] - 5}
    entry = {"run_id": RUN, **window, "elapsed_ms": BEAT_MS - 5, "body": "{}", "learner": ""}
    worker.hear("sent", entry=entry, id="guard/1", ago_ms=8)
    worker.event("hidden", ago_ms=8)
    worker.hear("superseded", claim=claim)
    rest = {"started_at_ms": claim["ended"] - 5, "ended_at_ms": claim["ended"] + 3}
    worker.hear("sent", entry={**entry, **rest, "elapsed_ms": 0}, id="guard/2")
    worker.answer(200)
    assert activity.elapsed_ms == BEAT_MS - 5
    worker.advance(1_000)
    assert (activity.elapsed_ms, activity.paused_ms) == (BEAT_MS - 5, 1_008)
    assert worker.last("window")["started"] == claim["ended"] + 3


@pytest.mark.parametrize("more_follows", [False, True])
@pytest.mark.parametrize("early_ms", [0, 5])
def test_of_a_claim_that_came_too_late_the_app_hears_nothing(worker, early_ms, more_follows):
    activity = worker.start()
    worker.advance(BEAT_MS)
    claim = worker.last("fetch")["claim"]
    elapsed_ms = BEAT_MS - early_ms
    window = {"started_at_ms": claim["started"], "ended_at_ms": claim["ended"] - early_ms}
    body = worker.last("fetch")["body"] if not early_ms else "{}"
    entry = {"run_id": RUN, **window, "elapsed_ms": elapsed_ms, "body": body, "learner": ""}
    worker.hear("sent", entry=entry, id="guard/1", ago_ms=early_ms)
    worker.event("hidden", ago_ms=early_ms)
    worker.hear("superseded", claim=claim)
    if more_follows:  # before the refusal is heard
        rest = {"started_at_ms": window["ended_at_ms"], "ended_at_ms": claim["ended"] + 1}
        worker.hear("sent", entry={**entry, **rest, "elapsed_ms": 0}, id="guard/2")
    worker.hear("answer", id=worker.last("fetch")["id"])  # it was not sent: there is no status
    if more_follows:
        worker.hear("answer", id="guard/2", status=200, body="", retry_after="")
        assert worker.flushed.pop() == 0
    assert worker.flushed == []
    worker.hear("answer", id="guard/1", status=None, body="the page was frozen", retry_after="")
    assert worker.flushed == []
    worker.advance(60_000)  # the guard's own is tried again
    again = worker.last("fetch")
    assert (again["body"], again["id"] != "1") == (body, True)
    worker.hear("answer", id=again["id"], status=200, body="", retry_after="")
    assert worker.flushed == [elapsed_ms]
    assert activity.elapsed_ms == elapsed_ms


def test_the_end_is_one_final_claim(worker):
    activity = worker.start()
    worker.advance(1_234)
    closing = activity.end()
    [claim] = claims(worker)
    assert (claim["elapsed"], claim["final"]) == (1_234, True)
    assert worker.said[-1]["do"] == "over"
    assert not closing.done
    worker.answer(204)
    assert closing.done
    windows = len(worker.all("window"))
    worker.event("hidden")
    assert len(worker.all("window")) == windows


def test_the_next_activity_is_told_with_a_run_of_its_own(worker):
    worker.start().end()
    other = worker.start(run_id=None)
    assert worker.last("window")["run"] == other.run_id != RUN


def test_a_refused_window_of_the_guard_is_kept_and_tried_again(worker):
    worker.start()
    worker.advance(2_000)
    entry = worker.sent(2_000, id="guard/1")
    worker.event("hidden")
    worker.answer(503, "guard/1")
    assert worker.last("store")["key"] == f"{OUTBOX}{entry['started_at_ms']}"
    assert "claim" not in worker.last("store")
    [(_, context)] = worker.errors
    assert context.will_retry
    worker.advance(60_000)
    assert worker.all("fetch")
    assert "claim" not in worker.last("fetch")


def test_what_the_guard_has_stored_goes_out_when_it_may(worker):
    worker.start()
    worker.event("offline")
    worker.advance(2_000)
    assert not worker.last("window")["trusted"]
    key = f"{OUTBOX}{worker.last('window')['started']}"
    worker.sent(2_000, key=key)
    worker.event("hidden")
    assert not worker.all("fetch")
    worker.event("online")
    worker.advance(60_000)
    assert worker.last("remove")["key"] == key
    assert len(worker.all("fetch")) == 1


def test_in_trouble_the_claim_goes_with_what_is_stored(worker):
    worker.start()
    worker.event("offline")
    worker.advance(BEAT_MS)
    assert worker.last("store")["claim"]["elapsed"] == BEAT_MS
    assert not worker.all("fetch")


def test_leftovers_of_an_earlier_page_go_out(worker):
    stored = {}
    first = Worker()
    first.start()
    first.event("offline")
    first.advance(BEAT_MS)
    stored[first.last("store")["key"]] = first.last("store")["value"]
    later = Worker(stored=stored)
    later.start()
    later.advance(1)
    assert json.loads(later.all("fetch")[0]["body"])["elapsedMs"] == BEAT_MS


def test_a_guard_that_greets_late_tells_that_nobody_looks():
    worker = Worker(greeted=False)
    activity = worker.start()
    worker.advance(300)
    born = worker.page.clock.monotonic_ms - 1_000
    worker.greet(hidden=True, hidden_at=born)
    assert (activity.elapsed_ms, activity.paused_ms) == (0, 300)
    assert activity.paused


def test_a_guard_that_greets_late_brings_what_is_stored():
    first = Worker()
    first.start()
    first.event("offline")
    first.advance(BEAT_MS)
    stored = {first.last("store")["key"]: first.last("store")["value"]}
    worker = Worker(greeted=False)
    worker.start()
    worker.advance(50)
    assert not worker.all("fetch")
    worker.greet(stored=stored)
    worker.advance(50)
    assert len(worker.all("fetch")) == 1


def test_since_navigation_begins_with_the_page():
    worker = Worker(born=3_000.0, seen=[[0.0, True], [3_500.0, False]])
    activity = worker.start(time=TimeOptions(since="navigation"))
    assert (activity.elapsed_ms, activity.paused_ms) == (1_500, 500)


def test_inputs_are_asked_for_and_told():
    worker = Worker()
    activity = worker.start(time=TimeOptions(idle_after_ms=5_000))
    assert worker.all("inputs")
    worker.advance(3_000)
    worker.event("input")
    worker.advance(7_000)
    assert activity.paused
    assert activity.elapsed_ms == 3_000
    worker.event("input")
    assert not activity.paused


def test_leaving_and_coming_back(worker):
    activity = worker.start()
    worker.advance(1_000)
    worker.sent(1_000)
    worker.event("leaving")
    assert worker.flushed == [1_000]
    worker.advance(5_000)
    worker.event("returned", hidden=False)
    worker.advance(500)
    assert (activity.elapsed_ms, activity.paused_ms) == (1_500, 5_000)
    assert not worker.all("fetch")


def test_other_tabs_change_what_is_stored(worker):
    worker.hear("stored", key="timeback_web/x", value="1")
    assert worker.browser.storage.get("timeback_web/x") == "1"
    worker.hear("stored", key="timeback_web/x", value=None)
    assert worker.browser.storage.keys() == []


def test_focus_and_visibility_are_as_last_heard(worker):
    lifecycle = worker.browser.lifecycle
    worker.event("blur")
    assert not lifecycle.is_focused()
    worker.event("focus")
    assert lifecycle.is_focused()
    worker.event("hidden")
    worker.event("focus")
    assert lifecycle.is_hidden()
    worker.event("visible")
    assert not lifecycle.is_hidden()


def test_signing_in_leaves_the_page(worker):
    worker.timeback.user.sign_in()
    assert worker.last("go")["url"] == "/api/timeback/identity/signin"


def test_an_app_whose_headers_fail_is_not_trusted():
    worker = Worker()

    def headers():
        raise LookupError("no token")

    worker.timeback = Timeback(browser=worker.browser, headers=headers)
    worker.start()
    assert not worker.last("window")["trusted"]


def test_a_moment_of_the_past_ends_where_it_began():
    clock = WorkerClock(FakeBrowser().clock)
    now = clock.read()
    with clock.at(Reading(1, 1)):
        with clock.at(Reading(2, 2)):
            assert clock.read() == (2, 2)
        assert clock.read() == (1, 1)
    assert clock.read() == now

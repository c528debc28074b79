"""The page empties its storage while windows wait, clocks are set, a run has too much to say."""

import json

import pytest

from tests.unit.helpers import (
    DAY_MS,
    HEARTBEAT_MS,
    OTHER_RUN,
    RUN,
    SERVICE_DOWN,
    Page,
    assert_tiles,
    spans,
)
from timeback_web.delivery.entry import Entry
from timeback_web.delivery.journal import REST_MS
from timeback_web.delivery.merging import LONGEST_MS
from timeback_web.delivery.outbox import MAX_ENTRIES, Outbox
from timeback_web.ports import Answer
from timeback_web.testing import FakeBrowser, FakeStorage
from timeback_web.testing.channels import FakeChannels
from timeback_web.testing.locks import FakeLocks

URL = "/api/timeback"


def offline(windows=3, **ports):
    page = Page(**ports)
    page.start()
    page.browser.go_offline()
    page.browser.advance(windows * HEARTBEAT_MS)
    assert len(page.waiting) == windows
    return page


# ── emptied ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("and_then", ["next window", "hide", "leave", "close client"])
def test_what_the_page_has_cleared_is_kept_again(and_then):
    page = offline()
    page.browser.storage.items.clear()
    {
        "next window": lambda: page.browser.advance(HEARTBEAT_MS + REST_MS),
        "hide": page.browser.hide,
        "leave": page.browser.leave,
        "close client": page.timeback.close,
    }[and_then]()
    assert len(page.waiting) >= 3
    after = Page(storage=page.browser.storage, later_ms=DAY_MS)
    after.start()
    assert spans(after.heartbeats)[:3] == [(HEARTBEAT_MS, 0)] * 3


def test_cleared_and_online_again_everything_arrives_once():
    page = offline()
    page.browser.storage.items.clear()
    page.browser.go_online()
    page.browser.advance(HEARTBEAT_MS + REST_MS)
    assert len(page.heartbeats) == 4
    bodies = [sent.request.body for sent in page.browser.network.sent]
    assert len(set(bodies)) == len(bodies)


def test_cleared_after_the_end_of_the_activity_it_still_arrives():
    page = Page()
    page.browser.server.answer_always(SERVICE_DOWN)
    activity = page.start()
    page.browser.advance(5_000)
    activity.end()
    page.browser.storage.items["theme"] = "dark"
    page.browser.advance(2_000)
    page.browser.storage.items.clear()
    page.browser.advance(60_000)
    page.browser.server.answer_always(None)
    page.browser.advance(120_000)
    assert spans(page.heartbeats) == [(5_000, 0)]
    assert page.traces == (0, 0, 0, 0)


def test_what_another_tab_has_taken_is_not_kept_again():
    storage, locks, channels = FakeStorage(), FakeLocks(), FakeChannels()
    shared = {"storage": storage, "locks": locks, "channels": channels, "learner": "ada"}
    here = offline(**shared)
    there = Page(server=here.browser.server, **shared)
    there.start(run_id=OTHER_RUN)
    there.browser.advance(1_000)
    assert [beat.run_id for beat in there.heartbeats] == [RUN] * 3
    here.browser.advance(HEARTBEAT_MS + REST_MS)
    here.browser.leave()
    there.browser.advance(60_000)
    sent = [json.loads(one.request.body) for one in there.browser.network.sent]
    starts = [one["startedAt"] for one in sent if one["runId"] == RUN]
    assert len(starts) == len(set(starts))


def test_a_page_out_of_the_cache_takes_what_is_gone_for_taken():
    page = offline()
    page.browser.leave()
    assert page.browser.channels.open_channels == 0
    taken = list(page.waiting)
    page.browser.storage.items.clear()  # by the page that came after it
    page.browser.come_back()
    page.browser.advance(HEARTBEAT_MS + REST_MS)
    assert not set(taken) & set(page.waiting)


def test_what_a_former_page_left_is_kept_again_if_storage_was_surely_emptied():
    before = offline()
    before.browser.close()
    storage = before.browser.storage
    storage.items["theme"] = "dark"
    page = Page(storage=storage)
    page.browser.server.answer_always(SERVICE_DOWN)
    page.start()
    page.browser.advance(1_000)
    storage.items.clear()
    page.browser.advance(60_000)
    page.browser.server.answer_always(None)
    page.browser.advance(120_000)
    assert spans(page.heartbeats)[:3] == [(HEARTBEAT_MS, 0)] * 3


def test_one_window_that_goes_alone_was_taken():
    page = offline(1)
    page.browser.storage.items.clear()
    page.browser.advance(HEARTBEAT_MS + REST_MS)
    assert len(page.waiting) == 1


def test_nothing_is_left_behind():
    page = offline()
    page.browser.storage.items.clear()
    page.browser.advance(HEARTBEAT_MS)
    page.timeback.close()
    assert page.browser.channels.open_channels == 0
    assert page.browser.timers.pending == 0


# ── clocks ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("days", [-40, 40, 800])
def test_a_clock_that_is_set_right_makes_nothing_old(days):
    page = Page()
    page.browser.clock.wall_ms -= days * DAY_MS
    page.start()
    page.browser.go_offline()
    page.browser.advance(3 * HEARTBEAT_MS)
    page.browser.clock.wall_ms += days * DAY_MS
    page.browser.advance(HEARTBEAT_MS)
    page.browser.go_online()
    page.browser.advance(HEARTBEAT_MS)
    assert [context.will_retry for _, context in page.errors] == []
    assert sum(beat.elapsed_ms for beat in page.heartbeats) >= 4 * HEARTBEAT_MS


def test_what_really_waits_for_a_month_is_given_up():
    page = offline(2)
    page.browser.hide()
    page.browser.advance(31 * DAY_MS)
    page.browser.show()
    page.browser.advance(HEARTBEAT_MS)
    assert [context.will_retry for _, context in page.errors] == [False] * 2


# ── too much ─────────────────────────────────────────────────────────────────────────────────────


def windows(count, *, run=RUN, length_ms=15_000, learner="", tried=False):
    for index in range(count):
        start = index * length_ms
        body = {"runId": run, "startedAt": start, "endedAt": start + length_ms}
        body |= {"elapsedMs": length_ms - 1_000, "pausedMs": 1_000}
        yield Entry(
            run, start, start + length_ms, length_ms - 1_000, json.dumps(body), learner, tried
        )


def filled(*groups):
    box = Outbox(FakeStorage(), URL)
    for group in groups:
        for entry in group:
            box.put(entry)
    return box


def waiting(box, *runs):
    return box.waiting(runs=frozenset(runs), learner="")


def test_more_than_a_run_may_have_waiting_is_merged_and_not_dropped():
    box = filled(windows(MAX_ENTRIES + 200))
    assert box.evict(now_ms=0) == []
    left = waiting(box, RUN)
    assert len(left) == 5
    assert sum(entry.elapsed_ms for entry in left) == (MAX_ENTRIES + 200) * 14_000
    for entry in left:
        body = json.loads(entry.body)
        assert entry.ended_at_ms - entry.started_at_ms <= LONGEST_MS
        assert (body["startedAt"], body["endedAt"]) == (entry.started_at_ms, entry.ended_at_ms)
        assert (body["elapsedMs"], body["elapsedMs"] + body["pausedMs"]) == (
            entry.elapsed_ms,
            entry.ended_at_ms - entry.started_at_ms,
        )
    assert [entry.started_at_ms for entry in left[1:]] == [entry.ended_at_ms for entry in left[:-1]]


def test_what_the_server_may_have_seen_keeps_its_borders():
    box = filled(windows(MAX_ENTRIES + 2, tried=True))
    assert [entry.started_at_ms for entry in box.evict(now_ms=0)] == [0, 15_000]
    assert len(waiting(box, RUN)) == MAX_ENTRIES


def test_one_run_does_not_pay_for_another():
    box = filled(windows(MAX_ENTRIES, tried=True), windows(MAX_ENTRIES, run="r", tried=True))
    assert box.evict(now_ms=0) == []


def test_what_was_written_without_saying_so_counts_as_tried():
    storage = FakeStorage()
    box = Outbox(storage, URL)
    [entry] = windows(1)
    box.put(entry)
    [key] = storage.items
    said = json.loads(storage.items[key])
    del said["tried"]
    storage.items[key] = json.dumps(said)
    assert waiting(Outbox(storage, URL), RUN) == [entry._replace(tried=True)]


def test_five_hours_offline_arrive_in_full():
    page = Page()
    page.start()
    page.browser.go_offline()
    page.browser.advance(5 * 3_600_000)
    page.browser.go_online()
    page.browser.advance(HEARTBEAT_MS)
    assert sum(beat.elapsed_ms for beat in page.heartbeats) == 5 * 3_600_000 + HEARTBEAT_MS
    assert_tiles(page.heartbeats)
    assert page.errors == []


# ── refused for ever ─────────────────────────────────────────────────────────────────────────────


def test_a_window_that_is_refused_for_ever_does_not_hold_up_its_run():
    page = Page()
    take = page.browser.server.handle
    poison = []

    def handle(request):
        start = json.loads(request.body)["startedAt"]
        if not poison:
            poison.append(start)
        return Answer(502) if start in poison else take(request)

    page.browser.server.handle = handle
    page.start()
    page.browser.advance(3_600_000)
    assert len(page.heartbeats) >= 3_600_000 / HEARTBEAT_MS - 5
    tries = [json.loads(sent.request.body)["startedAt"] for sent in page.browser.network.sent]
    assert tries.count(poison[0]) < 90, "it is asked more and more rarely"


def test_a_browser_has_no_clock_of_its_own_in_the_outbox():
    browser = FakeBrowser()
    box = Outbox(browser.storage, URL, clock=browser.clock)
    [entry] = windows(1)
    browser.clock.wall_ms = 10.0**15
    box.put(entry)
    assert box.evict(now_ms=10.0**15) == []

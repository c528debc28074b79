"""What goes in and out as text."""

import json
import random
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.property.effort import effort
from timeback_web.delivery.answers import judge, to_error
from timeback_web.delivery.backoff import RETRY_AFTER_CAP_MS, Backoff, retry_after_ms
from timeback_web.delivery.entry import Entry
from timeback_web.delivery.outbox import Outbox
from timeback_web.delivery.wire import ActivityRef, heartbeat_body, iso_ms
from timeback_web.options import StartOptions, parse
from timeback_web.ports import Answer
from timeback_web.testing import FakeStorage
from timeback_web.timekeeping.window import Window

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FAR_MS = 253_402_300_799_999
NOW_MS = 1_763_978_400_000.0
TEXT = st.text(max_size=60)
NAMES = st.text(min_size=1, max_size=60).filter(str.strip)


@effort(30)
@given(st.integers(-(10**12), FAR_MS))
def test_stamps_lose_nothing(wall_ms):
    stamp = iso_ms(wall_ms)
    assert (datetime.fromisoformat(stamp) - EPOCH) // timedelta(milliseconds=1) == wall_ms
    assert stamp.endswith("Z")
    assert len(stamp) == len("2025-11-22T10:00:00.000Z")


@effort(30)
@given(st.integers(1_100_000_000_000, 2_147_000_000_000))
def test_the_servers_own_reading_of_a_stamp_is_the_same_millisecond(wall_ms):
    moment = datetime.fromisoformat(iso_ms(wall_ms).replace("Z", "+00:00"))
    assert int(moment.timestamp() * 1000) == wall_ms


@effort(30)
@given(
    activity=NAMES,
    run=NAMES,
    start=st.integers(0, 10**13),
    active=st.integers(0, 10**9),
    paused=st.integers(0, 10**9),
)
def test_a_heartbeat_reads_back_as_it_was_written(activity, run, start, active, paused):
    options = {"id": activity, "name": activity, "course": {"code": "M"}, "runId": run}
    given_ = parse(StartOptions, options)
    ref = ActivityRef(id=given_.id, name=given_.name, course=given_.course, run_id=given_.run_id)
    window = Window(start, start + active + paused, active)
    body = json.loads(heartbeat_body(ref, window))
    assert body == {
        "id": activity,
        "name": activity,
        "course": {"code": "M"},
        "runId": run,
        "startedAt": iso_ms(start),
        "endedAt": iso_ms(start + active + paused),
        "elapsedMs": active,
        "pausedMs": paused,
    }


@effort(60)
@given(
    st.one_of(
        TEXT,
        st.text("0123456789 :,+-GMTJanSu", max_size=40),
        st.from_regex(r"\A[A-Z][a-z]{2}, \d+ [A-Z][a-z]{2} \d+ \d+:\d+:\d+ [+-]\d+\Z"),
        st.datetimes().map(lambda moment: moment.strftime("%a, %d %b %Y %H:%M:%S GMT")),
    )
)
def test_no_retry_after_breaks_us_or_keeps_us_waiting_for_long(header):
    assert 0 <= retry_after_ms(header, now_ms=NOW_MS) <= RETRY_AFTER_CAP_MS


@effort(30)
@given(st.one_of(st.none(), st.integers(0, 999)), TEXT)
def test_every_answer_has_a_verdict_and_words(status, body):
    answer = Answer(status, body)
    assert judge(answer)
    assert str(to_error(answer))


@effort(30)
@given(st.recursive(st.none() | st.booleans() | st.integers() | TEXT, st.lists, max_leaves=5))
def test_an_error_of_any_shape_is_understood_or_passed_over(value):
    for payload in (value, {"error": value}, {"error": {"code": value, "details": value}}):
        assert to_error(Answer(500, json.dumps(payload))).status == 500


@effort(30)
@given(seed=st.integers(), floors=st.lists(st.integers(0, 10**6), max_size=30))
def test_a_delay_is_never_below_what_the_server_asked_for(seed, floors):
    backoff = Backoff(random.Random(seed))
    for floor_ms in floors:
        assert floor_ms <= backoff.next_ms(at_least_ms=floor_ms) <= floor_ms + 60_000


ENTRIES = st.lists(
    st.builds(
        Entry,
        run_id=st.one_of(NAMES, st.sampled_from(["run", "run/1", "run/", "%2F"])),
        started_at_ms=st.integers(0, 50),
        ended_at_ms=st.integers(0, 50),
        elapsed_ms=st.integers(0, 10**6),
        body=TEXT,
        learner=st.sampled_from(["", "ada", "bob"]),
    ),
    max_size=12,
)


@effort(30)
@given(entries=ENTRIES, full_from=st.integers(0, 12), learner=st.sampled_from(["", "ada"]))
def test_the_outbox_gives_back_what_it_was_given_in_order_and_once(entries, full_from, learner):
    storage = FakeStorage()
    box = Outbox(storage, "/api/timeback")
    kept = {}
    for index, entry in enumerate(entries):
        storage.full = index >= full_from
        box.put(entry)
        kept[entry.run_id, entry.started_at_ms] = entry
    runs = frozenset(entry.run_id for entry in entries[::2])
    mine = [
        one
        for one in kept.values()
        if (one.learner == learner if one.learner and learner else one.run_id in runs)
    ]
    waiting = box.waiting(runs=runs, learner=learner)
    assert sorted(waiting, key=repr) == sorted(mine, key=repr)
    assert [one.started_at_ms for one in waiting] == sorted(one.started_at_ms for one in mine)
    assert [box.take(one) for one in waiting] == [True] * len(mine)
    assert [box.take(one._replace(body="")) for one in waiting] == [False] * len(mine)
    assert box.waiting(runs=runs, learner=learner) == []


@effort(30)
@given(garbage=st.dictionaries(TEXT, TEXT, max_size=5))
def test_the_outbox_neither_reads_nor_removes_what_is_not_its_own(garbage):
    storage = FakeStorage()
    prefix = "timeback_web/outbox/1/%2Fapi%2Ftimeback/"
    foreign = {**garbage, **{prefix + key: value for key, value in garbage.items()}}
    storage.items.update(foreign)
    box = Outbox(storage, "/api/timeback")
    assert box.waiting(runs=frozenset(garbage), learner="ada") == []
    assert box.evict(now_ms=10**15) == []
    assert storage.items == foreign

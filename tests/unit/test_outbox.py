import json
from collections import Counter

import pytest

from tests.unit.helpers import DAY_MS, HEARTBEAT_MS, Page
from timeback_web.delivery.entry import Entry
from timeback_web.delivery.outbox import MAX_AGE_MS, MAX_CHARS, MAX_ENTRIES, Outbox
from timeback_web.testing import FakeStorage

URL = "/api/timeback"
PREFIX = "timeback_web/outbox/1/%2Fapi%2Ftimeback/"


def entry(start=1_000, run="run-a", **changes):
    made = Entry(run_id=run, started_at_ms=start, ended_at_ms=start + 5, elapsed_ms=5, body="{}")
    return made._replace(**changes)


def outbox(*entries, storage=None):
    box = Outbox(storage or FakeStorage(), URL)
    for one in entries:
        box.put(one)
    return box


def waiting(box, *runs, learner=""):
    return box.waiting(runs=frozenset(runs), learner=learner)


# ── who may have what ────────────────────────────────────────────────────────────────────────────


def test_oldest_first_whatever_the_order_of_arrival():
    box = outbox(*(entry(start) for start in (300, 1_000, 20, 999)))
    assert [one.started_at_ms for one in waiting(box, "run-a")] == [20, 300, 999, 1_000]


def test_only_the_runs_that_are_asked_for():
    box = outbox(entry(1, "run-a"), entry(2, "run-b"))
    assert [one.run_id for one in waiting(box, "run-b", "run-c")] == ["run-b"]
    assert waiting(box) == []


def test_a_learner_gets_what_is_tagged_with_them_in_any_run():
    box = outbox(entry(1, "run-a", learner="ada"), entry(2, "run-b", learner="bob"), entry(3, "c"))
    assert [one.started_at_ms for one in waiting(box, learner="ada")] == [1]


def test_without_a_tag_untagged_windows_of_other_runs_stay():
    assert waiting(outbox(entry(1, "run-a")), "run-b") == []


def test_two_servers_do_not_see_each_others_windows():
    storage = FakeStorage()
    outbox(entry(), storage=storage)
    for other in ("/api", "/api/timeback/v2", "https://example.com/api/timeback"):
        assert waiting(Outbox(storage, other), "run-a") == []


# ── put and take ─────────────────────────────────────────────────────────────────────────────────


def test_what_comes_out_is_what_was_put_in():
    full = entry(7, "r", learner="ada", body='{"x":"Brüche"}', elapsed_ms=99)
    assert waiting(outbox(full), "r") == [full]


def test_one_storage_key_a_window():
    storage = FakeStorage()
    outbox(entry(1), entry(2), entry(1, "run-b"), storage=storage)
    assert len(storage.items) == 3
    assert all(key.startswith(PREFIX) for key in storage.items)


def test_putting_a_window_twice_keeps_it_once():
    box = outbox(entry(1), entry(1, elapsed_ms=9))
    assert [one.elapsed_ms for one in waiting(box, "run-a")] == [9]


def test_taking_works_once():
    box = outbox(entry())
    assert box.take(entry()) is True
    assert box.take(entry()) is False
    assert waiting(box, "run-a") == []


def test_of_two_tabs_one_gets_the_window():
    storage = FakeStorage()
    here, there = outbox(entry(), storage=storage), outbox(storage=storage)
    seen = waiting(there, "run-a")
    assert here.take(entry()) is True
    assert [there.take(one) for one in seen] == [False]


def test_two_tabs_add_without_overwriting_each_other():
    storage = FakeStorage()
    here, there = outbox(storage=storage), outbox(storage=storage)
    here.put(entry(1))
    there.put(entry(2))
    here.put(entry(3))
    assert [one.started_at_ms for one in waiting(there, "run-a")] == [1, 2, 3]


@pytest.mark.parametrize(
    "run", ["a/b", "../..", "%2F", "Übung 🦉", " ", "a\n", "\x00", "x" * 2_000, "run-a/1000"]
)
def test_any_string_may_name_a_run(run):
    storage = FakeStorage()
    box = outbox(entry(1_000, run), storage=storage)
    assert [one.run_id for one in waiting(box, run)] == [run]
    assert waiting(box, "run-a", run + "/", run[1:]) == []
    assert box.take(entry(1_000, run)) is True
    assert storage.items == {}


# ── a store that is full, blocked, or used by others ─────────────────────────────────────────────


@pytest.mark.parametrize("trouble", ["full", "blocked"])
def test_without_room_windows_wait_in_memory(trouble):
    storage = FakeStorage()
    setattr(storage, trouble, True)
    box = outbox(entry(2), entry(1), storage=storage)
    assert [one.started_at_ms for one in waiting(box, "run-a")] == [1, 2]
    assert storage.items == {}
    assert (box.take(entry(1)), box.take(entry(1))) == (True, False)


def test_memory_and_storage_together_keep_the_order():
    storage = FakeStorage()
    box = outbox(entry(1), entry(3), storage=storage)
    storage.full = True
    box.put(entry(2))
    assert [one.started_at_ms for one in waiting(box, "run-a")] == [1, 2, 3]


def test_a_window_that_fits_again_is_not_kept_twice():
    storage = FakeStorage()
    storage.full = True
    box = outbox(entry(1), storage=storage)
    storage.full = False
    box.put(entry(1))
    assert len(waiting(box, "run-a")) == 1
    assert box.take(entry(1)) is True
    assert waiting(box, "run-a") == []


FOREIGN = {
    "theme": "dark",
    "timeback_web/outbox/0/x": "old",
    "timeback_web/outbox/1/": "x",
    PREFIX: "{}",
    PREFIX + "run-a": "{}",
    PREFIX + "run-a/1": "not json",
    PREFIX + "run-a/2": "null",
    PREFIX + "run-a/3": "[1,2,3,4]",
    PREFIX + "run-a/4": '{"run_id":"run-a"}',
    PREFIX + "run-a/5": json.dumps({"run_id": "run-b", "started_at_ms": 5}),
    PREFIX + "run-a/6": '"\\ud800"',
}


def test_foreign_keys_and_values_are_left_alone():
    storage = FakeStorage()
    storage.items.update(FOREIGN)
    box = outbox(entry(1_000), storage=storage)
    assert [one.started_at_ms for one in waiting(box, "run-a", "run-b")] == [1_000]
    assert box.evict(now_ms=1e15) == [entry(1_000)]
    assert storage.items == FOREIGN


@pytest.mark.parametrize(
    "wrong",
    [
        {"elapsed_ms": "5"},
        {"ended_at_ms": None},
        {"body": None},
        {"body": 5},
        {"learner": None},
        {"started_at_ms": "500"},
        {"started_at_ms": 500.0},
    ],
    ids=str,
)
def test_a_value_of_the_wrong_kind_is_not_stumbled_over(wrong):
    garbage = {
        "run_id": "run-a",
        "started_at_ms": 500,
        "ended_at_ms": 505,
        "elapsed_ms": 5,
        "body": "{}",
        "learner": "",
    } | wrong
    storage = FakeStorage()
    key = f"{PREFIX}run-a/{garbage['started_at_ms']}"
    storage.items[key] = json.dumps(garbage)
    box = outbox(entry(1_000), storage=storage)
    assert [one.started_at_ms for one in waiting(box, "run-a")] == [1_000]
    assert box.evict(now_ms=2) == []
    assert key in storage.items


# ── bounds ───────────────────────────────────────────────────────────────────────────────────────


def test_within_the_bounds_nothing_goes():
    box = outbox(*(entry(start) for start in range(50)))
    assert box.evict(now_ms=MAX_AGE_MS + 5) == []
    assert len(waiting(box, "run-a")) == 50


def test_too_old_goes():
    box = outbox(entry(1), entry(2))
    assert [one.started_at_ms for one in box.evict(now_ms=MAX_AGE_MS + 7)] == [1]
    assert [one.started_at_ms for one in waiting(box, "run-a")] == [2]


def test_of_too_many_the_oldest_go():
    box = outbox(*(entry(i) for i in range(MAX_ENTRIES + 3)))
    gone = box.evict(now_ms=5_000)
    assert [one.started_at_ms for one in gone] == [0, 1, 2]
    assert len(waiting(box, "run-a")) == MAX_ENTRIES


def test_of_too_much_text_the_oldest_go():
    part = "x" * (MAX_CHARS // 4)
    box = outbox(*(entry(i, body=part) for i in range(6)))
    assert [one.started_at_ms for one in box.evict(now_ms=10)] == [0, 1]
    assert len(waiting(box, "run-a")) == 4


def test_windows_in_memory_are_bounded_too():
    storage = FakeStorage()
    storage.blocked = True
    box = outbox(*(entry(i) for i in range(MAX_ENTRIES + 1)), storage=storage)
    assert [one.started_at_ms for one in box.evict(now_ms=5_000)] == [0]


def test_what_is_evicted_is_gone_for_every_tab():
    storage = FakeStorage()
    here, there = outbox(entry(1), storage=storage), outbox(storage=storage)
    assert len(here.evict(now_ms=MAX_AGE_MS + 7)) == 1
    assert there.evict(now_ms=MAX_AGE_MS + 2) == []


# ── what a look costs ────────────────────────────────────────────────────────────────────────────


class CountingStorage(FakeStorage):
    """Counts how often each key is read."""

    def __init__(self):
        super().__init__()
        self.reads = Counter()

    def get(self, key):
        self.reads[key] += 1
        return super().get(key)

    def reads_of(self, action):
        """How often each key is read while `action` runs."""
        self.reads.clear()
        action()
        return sorted(self.reads.values())


def test_draining_reads_each_window_once_to_know_it_and_once_to_take_it():
    storage = CountingStorage()
    outbox(*(entry(start) for start in range(40)), storage=storage)
    box = outbox(storage=storage)

    def drain():
        while left := waiting(box, "run-a"):
            assert box.take(left[0]) is True

    assert storage.reads_of(drain) == [2] * 40


def test_a_client_that_drains_what_a_former_page_left_reads_each_window_twice():
    storage = CountingStorage()
    before = Page(storage=storage)
    before.browser.go_offline()
    before.start()
    before.browser.advance(40 * HEARTBEAT_MS)
    before.browser.close()
    kept = len(storage.items)

    after = Page(storage=storage, later_ms=DAY_MS)

    def drain():
        after.start()
        after.browser.advance(1_000)

    assert storage.reads_of(drain) == [2] * kept
    assert (len(after.heartbeats), storage.items) == (kept, {})


def test_each_window_that_is_put_while_others_wait_is_read_once():
    storage = CountingStorage()
    box = outbox(storage=storage)

    def fill():
        for start in range(40):
            box.put(entry(start))
            box.evict(now_ms=100)

    assert storage.reads_of(fill) == [1] * 40
    assert storage.reads_of(lambda: waiting(box, "run-a")) == []


def test_garbage_is_read_once():
    storage = CountingStorage()
    storage.items.update(FOREIGN)
    box = outbox(storage=storage)
    ours = [key for key in FOREIGN if key.startswith(PREFIX)]
    assert storage.reads_of(lambda: waiting(box, "run-a")) == [1] * len(ours)
    assert storage.reads_of(lambda: waiting(box, "run-a")) == []


# ── what a look remembers ────────────────────────────────────────────────────────────────────────


def test_a_window_that_another_tab_took_is_forgotten_and_seen_again_when_put_back():
    storage = FakeStorage()
    here, there = outbox(entry(1), entry(2), storage=storage), outbox(storage=storage)
    assert len(waiting(there, "run-a")) == 2
    here.take(entry(1))
    assert [one.started_at_ms for one in waiting(there, "run-a")] == [2]
    here.put(entry(1, elapsed_ms=9))
    assert [one.elapsed_ms for one in waiting(there, "run-a")] == [9, 5]


def test_a_window_that_is_put_again_is_read_again():
    box = outbox(entry(1))
    assert waiting(box, "run-a") == [entry(1)]
    box.put(entry(1, elapsed_ms=9))
    assert waiting(box, "run-a") == [entry(1, elapsed_ms=9)]


def test_with_storage_blocked_nothing_is_remembered_and_nothing_lost():
    storage = FakeStorage()
    box = outbox(entry(1), storage=storage)
    assert waiting(box, "run-a") == [entry(1)]
    storage.blocked = True
    assert waiting(box, "run-a") == []
    storage.blocked = False
    assert waiting(box, "run-a") == [entry(1)]


def test_a_window_of_ours_takes_the_place_of_garbage():
    storage = FakeStorage()
    storage.items[PREFIX + "run-a/1"] = "garbage"
    box = outbox(storage=storage)
    assert waiting(box, "run-a") == []
    box.put(entry(1))
    assert waiting(box, "run-a") == [entry(1)]


def test_a_window_of_another_tab_in_the_place_of_garbage_is_left_to_it_and_to_the_next_page():
    storage = FakeStorage()
    storage.items[PREFIX + "run-a/1"] = "garbage"
    here, there = outbox(storage=storage), outbox(storage=storage)
    assert waiting(here, "run-a") == []
    there.put(entry(1))
    assert waiting(here, "run-a") == []
    for box in (there, outbox(storage=storage)):
        assert waiting(box, "run-a") == [entry(1)]


def test_a_window_that_goes_while_we_look_is_not_taken_for_garbage():
    storage = FakeStorage()
    box = outbox(entry(1), storage=storage)
    key = PREFIX + "run-a/1"
    text = storage.items.pop(key)
    storage.keys = lambda: [key]
    assert waiting(box, "run-a") == []
    storage.items[key] = text
    assert waiting(box, "run-a") == [entry(1)]

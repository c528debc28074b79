"""What an earlier page left behind, and who may send it."""

import pytest

from tests.unit.helpers import (
    DAY_MS,
    HEARTBEAT_MS,
    LONGEST_FIRST_RETRY_MS,
    OTHER_RUN,
    RUN,
    SERVICE_DOWN,
    Page,
    spans,
)
from timeback_web.testing import FakeStorage


def left_behind(**client):
    """A storage in which an offline page left two windows of `RUN`."""
    storage = FakeStorage()
    page = Page(storage=storage, **client)
    page.browser.go_offline()
    page.start()
    page.browser.advance(HEARTBEAT_MS + 5_000)
    page.browser.close()
    assert len(storage.items) == 2
    return storage


def runs(page):
    return [beat.run_id for beat in page.heartbeats]


def test_the_same_run_sends_them_at_start_in_order():
    storage = left_behind()
    page = Page(later_ms=DAY_MS, storage=storage)
    page.start(run_id=RUN)
    assert runs(page) == [RUN, RUN]
    assert page.starts == sorted(page.starts)
    assert storage.items == {}
    assert page.flushed == [HEARTBEAT_MS, 5_000]


def test_another_run_leaves_them():
    storage = left_behind()
    page = Page(later_ms=DAY_MS, storage=storage)
    page.start(run_id=OTHER_RUN)
    page.browser.advance(HEARTBEAT_MS)
    assert runs(page) == [OTHER_RUN]
    assert len(storage.items) == 2


def test_another_learner_leaves_them():
    storage = left_behind(learner="ada")
    page = Page(later_ms=DAY_MS, storage=storage, learner="bob")
    page.start(run_id=OTHER_RUN)
    page.browser.advance(10 * HEARTBEAT_MS)
    assert set(runs(page)) == {OTHER_RUN}
    assert len(storage.items) == 2


def test_the_same_learner_sends_them_under_any_run():
    storage = left_behind(learner="ada")
    page = Page(later_ms=DAY_MS, storage=storage, learner="ada")
    page.start(run_id=OTHER_RUN)
    assert runs(page) == [RUN, RUN]
    assert storage.items == {}


def test_a_tag_does_not_open_windows_without_one():
    storage = left_behind()
    page = Page(later_ms=DAY_MS, storage=storage, learner="ada")
    page.start(run_id=OTHER_RUN)
    assert (runs(page), len(storage.items)) == ([], 2)


def test_another_server_does_not_get_them():
    storage = left_behind()
    page = Page(later_ms=DAY_MS, storage=storage, base_url="/other")
    page.start(run_id=RUN)
    assert (runs(page), len(storage.items)) == ([], 2)


def test_a_client_that_starts_nothing_sends_nothing():
    storage = left_behind(learner="ada")
    page = Page(later_ms=DAY_MS, storage=storage, learner="ada")
    page.browser.advance(60_000)
    page.browser.go_online()
    page.browser.advance(60_000)
    assert (page.browser.network.sent, len(storage.items)) == ([], 2)


def test_started_offline_they_go_out_once_online():
    storage = left_behind()
    page = Page(later_ms=DAY_MS, storage=storage)
    page.browser.go_offline()
    page.start()
    page.browser.advance(60_000)
    page.browser.go_online()
    page.browser.advance(LONGEST_FIRST_RETRY_MS)
    assert len(page.heartbeats) >= 6
    assert page.starts == sorted(page.starts)


@pytest.mark.parametrize("run_id", ["a/b", "Übung 🦉", "%2F", "\x00"])
def test_any_run_id_finds_its_leftovers(run_id):
    storage = FakeStorage()
    page = Page(storage=storage)
    page.browser.go_offline()
    page.start(run_id=run_id)
    page.browser.advance(5_000)
    page.browser.close()
    after = Page(later_ms=DAY_MS, storage=storage)
    after.start(run_id=run_id)
    assert runs(after) == [run_id]


def test_an_ended_run_is_seen_through_while_the_page_lives():
    page = Page()
    page.browser.go_offline()
    activity = page.start()
    page.browser.advance(5_000)
    activity.end()
    page.browser.go_online()
    page.browser.advance(LONGEST_FIRST_RETRY_MS)
    assert (page.flushed, page.browser.storage.items) == ([5_000], {})
    assert page.traces == (0, 0, 0, 0)


def test_a_page_left_while_a_refused_window_is_tried_again_keeps_its_last_one():
    storage = FakeStorage()
    page = Page(storage=storage)
    page.start()
    page.browser.server.answer_always(SERVICE_DOWN)
    page.browser.advance(HEARTBEAT_MS)
    page.browser.network.latency_ms = 10_000
    page.browser.advance(LONGEST_FIRST_RETRY_MS)
    assert page.browser.network.in_flight == 1
    page.browser.close()
    assert page.ways == ["fetch", "fetch"], "no beacon is trusted to a server in doubt"
    assert len(storage.items) == 1
    after = Page(later_ms=DAY_MS, storage=storage)
    after.start(run_id=RUN)
    assert [active for active, _ in spans(after.heartbeats)] == [LONGEST_FIRST_RETRY_MS]

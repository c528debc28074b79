"""Two tabs of one browser: one storage, one set of locks, one server."""

import pytest

from tests.unit.helpers import DAY_MS, HEARTBEAT_MS, RUN, LateLocks, Page, TabStorage
from timeback_web.testing import FakeServer, FakeStorage
from timeback_web.testing.locks import FakeLocks


class CountingServer(FakeServer):
    """Counts how often each window is handed in."""

    def __init__(self):
        super().__init__()
        self.tries = {}

    def handle(self, request):
        self.tries[request.body] = self.tries.get(request.body, 0) + 1
        return super().handle(request)


@pytest.mark.parametrize("late_locks", [False, True], ids=["locks at once", "late locks"])
@pytest.mark.parametrize("latency_ms", [0, 300])
def test_each_kept_window_is_sent_by_one_tab_only(late_locks, latency_ms):
    storage, server, locks = FakeStorage(), CountingServer(), FakeLocks()
    before = Page(storage=storage)
    before.browser.go_offline()
    before.start()
    before.browser.advance(10 * HEARTBEAT_MS + 1_000)
    before.browser.close()
    kept = len(storage.items)

    tabs = [Page(later_ms=DAY_MS, storage=storage, server=server, locks=locks) for _ in range(2)]
    for tab in tabs:
        tab.browser.network.latency_ms = latency_ms
        if late_locks:
            tab.browser.locks = LateLocks(tab.browser.timers, tab.browser.locks)
    tabs[0].start()
    tabs[1].browser.hide()
    tabs[1].start()
    for _ in range(1_000):
        for tab in tabs:
            tab.browser.advance(10)
    assert set(server.tries.values()) == {1}
    assert len(server.heartbeats) == kept
    assert storage.items == {}


def test_a_removal_that_reaches_the_other_tab_late_sends_nothing_twice():
    before = Page()
    before.browser.go_offline()
    before.start()
    before.browser.advance(10 * HEARTBEAT_MS + 1_000)
    before.browser.close()
    shared, server, locks = before.browser.storage.items, CountingServer(), FakeLocks()
    kept = len(shared)

    tabs = [
        Page(later_ms=DAY_MS, storage=TabStorage(shared), server=server, locks=locks)
        for _ in range(2)
    ]
    for tab in tabs:
        tab.browser.network.latency_ms = 300
        tab.browser.hide()
        tab.start()
    for moment in range(1_000):
        for tab in tabs:
            tab.browser.advance(10)
            if moment % 20 == 0:
                tab.browser.storage.catch_up()
    assert set(server.tries.values()) == {1}
    assert (len(server.heartbeats), shared) == (kept, {})


def test_a_tab_sends_what_another_tab_keeps_when_its_turn_comes():
    storage, server, locks = FakeStorage(), CountingServer(), FakeLocks()
    here, there = (Page(storage=storage, server=server, locks=locks) for _ in range(2))
    here.start()
    here.browser.go_offline()
    here.browser.advance(HEARTBEAT_MS)
    there.start(run_id=RUN)
    assert len(server.heartbeats) == 1
    here.browser.go_online()
    here.browser.advance(HEARTBEAT_MS)
    assert len(server.heartbeats) == 2
    assert set(server.tries.values()) == {1}


def test_a_tab_that_waits_for_a_slow_answer_holds_up_only_what_waits():
    storage, server, locks = FakeStorage(), FakeServer(), FakeLocks()
    slow, quick = (Page(storage=storage, server=server, locks=locks) for _ in range(2))
    slow.start(run_id="slow")
    slow.browser.go_offline()
    slow.browser.advance(HEARTBEAT_MS)
    slow.browser.network.latency_ms = 10**9
    slow.browser.go_online()
    slow.browser.advance(1_000)
    assert slow.browser.network.in_flight == 1
    quick.start(run_id="quick")
    quick.browser.advance(10 * HEARTBEAT_MS)
    assert [beat.run_id for beat in server.heartbeats if beat.run_id == "quick"] != []

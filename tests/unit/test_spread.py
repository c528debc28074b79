"""A class that begins on a bell does not beat in step."""

import random
from collections import Counter

from tests.unit.helpers import HEARTBEAT_MS, LESSON
from timeback_web import Timeback
from timeback_web.testing import FakeBrowser

LEARNERS = 1_000
BUCKET_MS = 1_000


class Arrivals:
    """When, since the bell, which heartbeat left a page."""

    def __init__(self):
        self.at_ms = []

    def listen_to(self, browser):
        bell_ms = browser.clock.wall_ms
        carry = browser.network.fetch

        def fetch(request, on_answer):
            self.at_ms.append(browser.clock.wall_ms - bell_ms)
            carry(request, on_answer)

        browser.network.fetch = fetch


def busiest_second(arrivals, *, from_ms, until_ms):
    counted = Counter(at // BUCKET_MS for at in arrivals.at_ms if from_ms <= at < until_ms)
    return max(counted.values())


def test_a_thousand_learners_who_start_together_spread_their_heartbeats():
    arrivals = Arrivals()
    for seed in range(LEARNERS):
        browser = FakeBrowser(rng=random.Random(seed))
        arrivals.listen_to(browser)
        activity = Timeback(browser=browser).activity.start(LESSON)
        browser.advance(4 * HEARTBEAT_MS)
        activity.end()
    even = LEARNERS / (HEARTBEAT_MS / BUCKET_MS)
    for cycle in range(4):
        busiest = busiest_second(
            arrivals, from_ms=cycle * HEARTBEAT_MS, until_ms=(cycle + 1) * HEARTBEAT_MS
        )
        assert busiest < 2 * even


def test_the_first_window_is_the_only_short_one():
    browser = FakeBrowser(rng=random.Random(3))
    activity = Timeback(browser=browser).activity.start(LESSON)
    browser.advance(4 * HEARTBEAT_MS)
    activity.end()
    first, *others, last = [beat.elapsed_ms for beat in browser.server.heartbeats]
    assert HEARTBEAT_MS / 10 <= first < HEARTBEAT_MS
    assert others == [HEARTBEAT_MS] * 3
    assert first + last == HEARTBEAT_MS


def test_a_thousand_learners_who_lost_the_network_together_do_not_come_back_together():
    arrivals = Arrivals()
    for seed in range(LEARNERS):
        browser = FakeBrowser(rng=random.Random(seed))
        Timeback(browser=browser).activity.start(LESSON)
        browser.go_offline()
        browser.advance(HEARTBEAT_MS)
        arrivals.listen_to(browser)
        browser.go_online()
        browser.advance(1_000)
    first_tenths = Counter(int(at - HEARTBEAT_MS) // 100 for at in arrivals.at_ms)
    assert len(arrivals.at_ms) >= LEARNERS
    assert max(first_tenths.values()) < 0.25 * len(arrivals.at_ms)

"""When a session looks at the clock: never only when the page is quiet."""

from timeback_web.session.ticker import HEARING_MS, TICK_MS, Ticker
from timeback_web.testing.time import FakeClock, FakeTimers

STILL_MS = 1_000


class Looks:
    """A ticker that is set again at every look, as a session does."""

    def __init__(self, *, sets_again=True):
        self.clock = FakeClock()
        self.timers = FakeTimers(self.clock)
        self.began_ms = self.sure_ms = self.clock.monotonic_ms
        self.at, self.told_at, self.sets_again = [], [], sets_again
        self.ticker = Ticker(
            self.clock, self.timers, stood_still=self._stood_still, look=self._look
        )
        self.ticker.set(TICK_MS)

    def _stood_still(self, now):
        return now.monotonic_ms - self.sure_ms >= STILL_MS

    def _look(self, now):
        self.sure_ms = now.monotonic_ms
        self.at.append(now.monotonic_ms - self.began_ms)
        self.told_at.append(self.clock.monotonic_ms - self.began_ms)
        if self.sets_again:
            self.ticker.set(TICK_MS)
        else:
            self.ticker.stop()

    def be_busy(self, ms):
        self.clock.move(ms)
        self.timers.advance(0)


def test_a_quiet_page_is_looked_at_in_ticks():
    looks = Looks()
    looks.timers.advance(3 * TICK_MS)
    assert looks.at == [TICK_MS, 2 * TICK_MS, 3 * TICK_MS]


def test_after_a_standstill_it_listens_and_then_looks_as_of_the_waking():
    looks = Looks()
    looks.be_busy(1_500)
    assert looks.at == []
    looks.timers.advance(HEARING_MS)
    assert looks.at == [1_500, 1_500 + HEARING_MS]


def test_a_page_that_stands_still_again_and_again_is_looked_at_all_the_same():
    looks = Looks()
    for _ in range(10):
        looks.be_busy(1_500)
        looks.timers.advance(HEARING_MS / 2)
    assert len(looks.at) >= 9
    assert looks.timers.pending == 1


def test_each_wait_decides_what_lay_before_it_and_no_more():
    looks = Looks()
    looks.be_busy(1_500)
    looks.be_busy(1_200)
    assert looks.at == [1_500]  # told of the second standstill, nobody has been yet
    looks.timers.advance(HEARING_MS)
    assert looks.at == [1_500, 2_700, 2_800]


def test_one_that_is_not_set_again_rests():
    looks = Looks(sets_again=False)
    looks.be_busy(1_500)
    looks.timers.advance(10_000)
    assert looks.at == [1_500]
    assert looks.timers.pending == 0

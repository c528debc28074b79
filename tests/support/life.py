"""A learner's life with one run: pages that come and go, disasters, and the truth about it all.

What is told to the page is booked here as well, so that in the end every window, wherever it ended
up, can be held against what really happened. A window may end up

* taken by the server, or refused by it for good and reported;
* with a page that died: while its request was in flight, or while storage did not take it;
* with a browser that tells nobody that a beacon has failed;
* left behind by a crash: with the browser, which sends it once (`fetchLater`), or in the journal,
  from where the next page sends it, or reports that it is too late for that.

Nothing else may become of one, and what a crash leaves behind must reach far enough.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.support.truth import Truth
from tests.support.watched import LESSON, Ledgers, Reported, WatchedStorage, Windows, Wire
from timeback_web import LostWindowError, Timeback
from timeback_web.delivery.journal import RECOGNISED_FOR_MS
from timeback_web.ports import Answer
from timeback_web.testing import FakeBrowser
from timeback_web.testing.channels import FakeChannels
from timeback_web.testing.locks import FakeLocks

if TYPE_CHECKING:
    from timeback_web import Activity, ErrorContext, TimebackError

HEARTBEAT_MS = 15_000
TICK_MS = 1_000
STALL_LIMIT_MS = 60_000
HOUR_MS = 3_600_000


@dataclass(frozen=True)
class Machine:
    """What the learner sits at: each page may be another one's idea of a browser.

    Attributes:
        hidden: Whether the page is born hidden.
        headers: What the app wants sent along.
        receipts: Whether the browser tells how a beacon ended.
        fetch_later: Whether it can send a request when the page dies.
        locks: Whether it has locks.
        storage: Whether it has storage.
        seed: Of its dice.
    """

    hidden: bool = False
    headers: tuple[tuple[str, str], ...] = ()
    receipts: bool = True
    fetch_later: bool = True
    locks: bool = True
    storage: bool = True
    seed: int = 0


class Life:
    """Everything that can happen to a learner, one page at a time.

    Args:
        machine: The first page's.
    """

    def __init__(self, machine: Machine) -> None:
        self.storage, self.server = WatchedStorage(), Ledgers()
        self.sessions: list[Truth] = []
        self.given_up: list[int] = []
        self.lost: Windows = {}
        """Windows that nobody was told about, for there was nobody left to tell."""
        self.left_behind: Windows = {}
        self.came_too_late: Windows = {}
        self.left_in_memory: Windows = {}
        """Told lost: the page was left, and storage had not taken them."""
        self.doubted: Windows = {}
        """Told lost: no answer came for so long that the server might not recognise them."""
        self._locks, self._channels = FakeLocks(), FakeChannels()
        self.open_page(machine)

    def open_page(self, machine: Machine, *, later_ms: int = 0) -> None:
        wall_ms = self.wall_ms + later_ms if self.sessions else None
        self.machine = machine
        self.browser = browser = FakeBrowser(
            hidden=machine.hidden,
            storage=self.storage,
            server=self.server,
            locks=self._locks,
            channels=self._channels,
            rng=random.Random(machine.seed),
        )
        browser.network = self.wire = Wire(self.server, browser.timers, self._note_sent)
        self.wire.receipts = machine.receipts
        self.wire.has_fetch_later = machine.fetch_later
        browser.locks.available = machine.locks
        self.storage.blocked = not machine.storage
        if wall_ms is not None:
            browser.clock.wall_ms = wall_ms
        self.hidden, self.away, self.held = machine.hidden, False, False
        self.trusts_server = self.server.calm
        self.timeback = Timeback(
            headers=dict(machine.headers) or None, browser=browser, on_error=self._on_error
        )
        self.start()

    def start(self) -> None:
        self.held = False
        self._stalled_ms = 0
        self.sessions.append(Truth(self.wall_ms))
        self.activity: Activity = self.timeback.activity.start(LESSON)
        self._disturb()

    @property
    def wall_ms(self) -> int:
        return int(self.browser.clock.wall_ms)

    @property
    def truth(self) -> Truth:
        return self.sessions[-1]

    @property
    def working(self) -> bool:
        return not (self.hidden or self.away or self.held)

    # ── time ─────────────────────────────────────────────────────────────────────────────────

    def advance(self, milliseconds: int) -> None:
        self.truth.book(milliseconds, active=self.working)
        self.browser.advance(milliseconds)
        self._undisturbed_ms += milliseconds
        if milliseconds >= TICK_MS:
            self._stalled_ms = 0

    def stall(self, milliseconds: int) -> None:
        """The page is busy; for too long to be believed if that is beyond the limit."""
        assert self.activity.elapsed_ms == self.truth.active
        believed = milliseconds <= STALL_LIMIT_MS
        self.truth.book(milliseconds, active=self.working and believed)
        self.browser.stall(milliseconds)
        self._stalled_ms += milliseconds
        self._disturb()

    def sleep(self, milliseconds: int) -> None:
        self.truth.book(milliseconds, active=False)
        self.browser.sleep(milliseconds)

    # ── the learner and the app ──────────────────────────────────────────────────────────────

    def hide(self) -> None:
        self.hidden = True
        self.browser.hide()
        self._disturb()

    def show(self) -> None:
        self.hidden = False
        self.browser.show()
        self._disturb()

    def leave(self) -> None:
        if not self.away:
            self._left_at = self.wall_ms
        self.hidden = self.away = True
        self.browser.leave()
        self._disturb()

    def come_back(self) -> None:
        self.hidden = self.away = False
        self.browser.come_back()
        self._disturb()

    def pause(self) -> None:
        self.held = True
        self.activity.pause()
        self._disturb()

    def resume(self) -> None:
        self.held = False
        self.activity.resume()
        self._disturb()

    def work(self) -> None:
        """Whatever kept the learner from working is over."""
        if self.away:
            self.come_back()
        self.show()
        self.resume()

    def end(self) -> None:
        self.activity.end()

    # ── the network, the server, the disk ────────────────────────────────────────────────────

    def set_latency(self, latency_ms: int) -> None:
        self.wire.latency_ms = latency_ms

    def answer(self, status: int | None, retry_after: str = "") -> None:
        self.server.answer_next(Answer(status, retry_after=retry_after))
        self._distrust()

    def lose_reply(self) -> None:
        self.server.lose_next_reply()
        self._distrust()

    def go_offline(self) -> None:
        self.browser.go_offline()
        self._distrust()

    def go_online(self) -> None:
        self.browser.go_online()
        self._disturb()

    def fill_storage(self, *, full: bool) -> None:
        self.storage.full = full
        self._disturb()

    def send_what_was_left(self) -> None:
        """The browser thinks that the page is gone, as on entering a cache."""
        windows = self.wire.left_with_browser
        self.wire.page_died()
        for window in windows:
            self._lose(window)
        self._disturb()

    # ── the end of a page ────────────────────────────────────────────────────────────────────

    def close(self) -> None:
        if self.away and not self.activity.ended:
            # A page in the back/forward cache is given up without an event: it ended as it left.
            self.truth.survives_until = self._left_at
        self.away = True
        self.browser.close()
        self._bury()

    def crash(self) -> None:
        """The page dies without a word."""
        with_browser, in_journal = self.wire.left_with_browser, self._journal_of_page
        left = [*with_browser, *in_journal]
        assert len(left) <= 1, "a window is in one place"
        settled = self.working and self._undisturbed_ms >= TICK_MS
        if settled and not self.wire.online:
            assert not with_browser, "left with a browser that can't send it"
        self._check_what_survives(left, settled=settled)
        self.left_behind |= {window.start: window for window in in_journal}
        self.browser.crash()
        for window in with_browser:
            self._lose(window)
        self._bury()

    @property
    def _journal_of_page(self) -> list[Reported]:
        return [window for window in self.storage.journal if window.start >= self.truth.start]

    def _check_what_survives(self, left: list[Reported], *, settled: bool) -> None:
        """A crash loses less than a tick where something could be left; else less than a beat."""
        cut = [*self.server.windows.values(), *self.storage.kept.values(), *self.lost.values()]
        cut += [*self.wire.flying.values(), *self.wire.unheard.values()]
        reached = max([self.truth.start, *(window.end for window in cut)])
        for window in left:
            assert window.start == reached
            reached = window.end
        self.truth.survives_until = reached
        gone_ms = self.truth.active_between(reached, self.truth.end)
        # A page that stood still listens for a moment before it looks at the clock.
        assert gone_ms <= HEARTBEAT_MS + self._stalled_ms
        if settled and self._can_leave_something:
            assert gone_ms < TICK_MS

    @property
    def _can_leave_something(self) -> bool:
        writes = self.machine.locks and self.machine.storage and not self.storage.full
        return writes or (self.machine.fetch_later and self.trusts_server)

    def _bury(self) -> None:
        """Nobody hears what answers come to a page that is gone, or knows what it remembered."""
        windows = self.wire.flying | self.wire.unheard | self.storage.turned_away
        for window in windows.values():
            self._lose(window)
        self.storage.turned_away.clear()

    def _lose(self, window: Reported) -> None:
        """Unless the server has it."""
        self.server.refused.pop(window.start, None)
        if window.start not in self.server.taken:
            self.lost[window.start] = window

    # ── what is noted on the way ─────────────────────────────────────────────────────────────

    def _disturb(self) -> None:
        self._undisturbed_ms = 0

    def _distrust(self) -> None:
        self.trusts_server = False
        self._disturb()

    def _note_sent(self, window: Reported) -> None:
        self.storage.turned_away.pop(window.start, None)

    def _on_error(self, error: TimebackError, context: ErrorContext) -> None:
        if context.will_retry:
            return
        self.given_up.append(context.elapsed_ms)
        if isinstance(error, LostWindowError):
            self._note_lost(context.elapsed_ms)

    def _note_lost(self, elapsed_ms: int) -> None:
        turned_away = self.storage.turned_away
        ours = [window for window in turned_away.values() if window.active == elapsed_ms]
        if ours and self.away and not self.storage.has_room:
            self.left_in_memory[ours[0].start] = turned_away.pop(ours[0].start)
            return
        unanswered = [
            window
            for window in self.wire.unanswered.values()
            if window.active == elapsed_ms and self.wall_ms - window.end > RECOGNISED_FOR_MS
        ]
        if unanswered:
            self.doubted[unanswered[0].start] = self.wire.unanswered.pop(unanswered[0].start)
        else:
            self._note_too_late(elapsed_ms)

    def _note_too_late(self, elapsed_ms: int) -> None:
        """Only what a crash left is given up, and only when the server may have forgotten it."""
        late = [
            window
            for window in self.left_behind.values()
            if window.active == elapsed_ms
            and window.start not in self._settled
            and self.wall_ms - window.end > RECOGNISED_FOR_MS
        ]
        assert late, "given up without need"
        self.came_too_late[late[0].start] = self.left_behind.pop(late[0].start)

    # ── what must hold at every moment ───────────────────────────────────────────────────────

    def check_now(self) -> None:
        said = (self.activity.elapsed_ms, self.activity.paused_ms, self.activity.paused)
        assert said == (self.truth.active, self.truth.paused, not self.working)
        for window in self.server.windows.values():
            assert window.end - window.start == window.active + window.paused
            assert min(window.active, window.paused) >= 0

    # ── what must hold in the end ────────────────────────────────────────────────────────────

    def finish(self) -> None:
        """All trouble is over, and a page that lacks nothing sees to what was left."""
        self.server.calm_down()
        self.storage.full = False
        self.wire.latency_ms = 0
        self.go_online()
        self.advance(60_000)
        self.end()
        self.browser.advance(2 * HOUR_MS)
        self.close()
        self.open_page(Machine(), later_ms=2 * HOUR_MS)
        self.advance(10_000)
        self.end()
        self.browser.advance(2 * HOUR_MS)

    def check_in_the_end(self) -> None:
        assert self.storage.items == {}
        assert (self.browser.timers.pending, self.browser.lifecycle.listeners) == (0, 0)
        self._check_reports()
        for truth in self.sessions:
            self._check_session(truth)

    @property
    def received_ms(self) -> int:
        return sum(heartbeat.elapsed_ms for heartbeat in self.server.heartbeats)

    @property
    def _settled(self) -> Windows:
        told = self.left_in_memory | self.doubted
        return self.server.taken | self.server.refused | self.lost | told

    def _check_reports(self) -> None:
        reported = [*self.server.refused.values(), *self.came_too_late.values()]
        reported += [*self.left_in_memory.values(), *self.doubted.values()]
        assert Counter(self.given_up) == Counter(window.active for window in reported)
        assert len(self.server.heartbeats) == len(self.server.taken)
        assert not self.left_behind.keys() - self._settled.keys()

    def _check_session(self, truth: Truth) -> None:
        """Its windows lie end to end up to where they must reach, and say what happened."""
        known = self._settled | self.came_too_late
        reached = truth.start
        for start in sorted(start for start in known if truth.start <= start < truth.end):
            window = known[start]
            assert window.start == reached
            assert window.active == truth.active_between(window.start, window.end)
            assert window.paused == window.end - window.start - window.active
            reached = window.end
        assert reached == (truth.end if truth.survives_until is None else truth.survives_until)

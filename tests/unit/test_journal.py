"""A page that dies where nothing can be left with the browser: the journal."""

import pytest

from tests.unit.helpers import HEARTBEAT_MS, OTHER_RUN, RUN, SERVICE_DOWN, Page, spans
from timeback_web import LostWindowError
from timeback_web.delivery.journal import RECOGNISED_FOR_MS, REST_MS
from timeback_web.ports import StorageError
from timeback_web.session.ticker import TICK_MS
from timeback_web.testing import FakeServer, FakeStorage
from timeback_web.testing.channels import FakeChannels
from timeback_web.testing.locks import FakeLocks

LIVED_MS = 6 * TICK_MS


class Machine:
    """A browser without `fetchLater`, and the pages that are opened in it."""

    def __init__(self):
        self.shared = {
            "storage": FakeStorage(),
            "server": FakeServer(),
            "locks": FakeLocks(),
            "channels": FakeChannels(),
        }

    def open(self, later_ms=0, **client):
        page = Page(later_ms=later_ms, **self.shared, **client)
        page.browser.network.has_fetch_later = False
        return page

    @property
    def journal(self):
        keys = self.shared["storage"].items
        return [key for key in keys if key.startswith("timeback_web/journal/")]

    @property
    def spans(self):
        return spans(self.shared["server"].heartbeats)


def crash_after(machine, lived_ms, **client):
    page = machine.open(**client)
    page.start()
    page.browser.advance(lived_ms)
    page.browser.crash()


def come_back(machine, away_ms, *, run_id=RUN, **client):
    page = machine.open(later_ms=away_ms, **client)
    page.start(run_id)
    page.browser.advance(REST_MS)
    return page


@pytest.mark.parametrize("lived_ms", [1_000, 4_700, HEARTBEAT_MS - 1, HEARTBEAT_MS + 4_000])
def test_the_next_page_sends_what_a_crash_left(lived_ms):
    machine = Machine()
    crash_after(machine, lived_ms)
    come_back(machine, 30_000)
    received = sum(active for active, _ in machine.spans)
    assert 0 <= lived_ms - received < 1_000


def test_it_is_sent_once():
    machine = Machine()
    crash_after(machine, LIVED_MS)
    for visit in range(1, 4):
        come_back(machine, visit * 30_000).browser.close()
    before_the_visits, *visits = machine.spans
    assert before_the_visits == (LIVED_MS, 0)
    assert visits == [(REST_MS, 0)] * 3


@pytest.mark.parametrize("leave", ["end", "hide", "leave", "close"])
def test_a_page_that_can_speak_takes_back_what_it_wrote(leave):
    machine = Machine()
    page = machine.open()
    activity = page.start()
    page.browser.advance(LIVED_MS)
    assert len(machine.journal) == 1
    if leave == "end":
        activity.end()
    else:
        getattr(page.browser, leave)()
    assert machine.journal == []
    page.browser.crash()
    come_back(machine, 30_000)
    assert machine.spans == [(LIVED_MS, 0)]


def test_what_the_server_may_have_forgotten_is_given_up_and_said_so():
    machine = Machine()
    crash_after(machine, LIVED_MS)
    page = come_back(machine, LIVED_MS + RECOGNISED_FOR_MS + 1)
    assert machine.spans == []
    [(error, context)] = page.errors
    assert isinstance(error, LostWindowError)
    assert (context.elapsed_ms, context.will_retry) == (LIVED_MS, False)
    assert len(machine.journal) == 1  # that of the page that is open


def test_just_in_time_is_in_time():
    machine = Machine()
    crash_after(machine, LIVED_MS)
    come_back(machine, LIVED_MS + RECOGNISED_FOR_MS - REST_MS)
    assert machine.spans == [(LIVED_MS, 0)]


def test_a_clock_that_was_set_back_gives_nothing_away():
    machine = Machine()
    crash_after(machine, LIVED_MS)
    page = come_back(machine, -3_600_000)
    assert machine.spans == []
    assert [context.elapsed_ms for _, context in page.errors] == [LIVED_MS]


def test_another_run_leaves_it_alone():
    machine = Machine()
    crash_after(machine, LIVED_MS)
    come_back(machine, 30_000, run_id=OTHER_RUN).browser.close()
    assert machine.spans == [(REST_MS, 0)]
    assert len(machine.journal) == 1


def test_another_learner_leaves_it_alone():
    machine = Machine()
    crash_after(machine, LIVED_MS, learner="ada")
    come_back(machine, 30_000, learner="bob").browser.close()
    assert machine.spans == [(REST_MS, 0)]
    assert len(machine.journal) == 1


def test_a_page_that_is_open_beside_is_not_taken_for_dead():
    machine = Machine()
    first = machine.open()
    first.start()
    first.browser.advance(LIVED_MS)
    second = machine.open(later_ms=LIVED_MS)
    second.browser.blur()
    second.start()
    for _ in range(60):
        first.browser.advance(100)
        second.browser.advance(100)
    assert machine.spans == []
    second.browser.focus()
    for _ in range(60):
        first.browser.advance(100)
        second.browser.advance(100)
    first.browser.close()
    second.browser.close()
    active = [active for active, _ in machine.spans if active]
    assert sorted(active) == [
        pytest.approx(6_000, abs=300),
        pytest.approx(LIVED_MS + 6_000, abs=300),
    ]


def test_without_locks_nothing_is_written():
    machine = Machine()
    page = machine.open()
    page.browser.locks.available = False
    page.start()
    page.browser.advance(LIVED_MS)
    assert machine.journal == []


def test_storage_that_takes_nothing_changes_nothing():
    machine = Machine()
    page = machine.open()
    page.browser.storage.set = refuse
    activity = page.start()
    page.browser.advance(LIVED_MS)
    activity.end()
    assert machine.spans == [(LIVED_MS, 0)]
    assert page.errors == []


def refuse(key, value):
    raise StorageError("full")


def test_in_chromium_the_journal_stands_in_while_the_server_refuses():
    machine = Machine()
    page = machine.open()
    page.browser.network.has_fetch_later = True
    page.start()
    page.browser.advance(LIVED_MS)
    assert (len(page.browser.network.armed), len(machine.journal)) == (1, 0)
    page.browser.server.answer_next(SERVICE_DOWN)
    page.browser.advance(HEARTBEAT_MS - LIVED_MS)
    page.browser.go_offline()
    page.browser.advance(LIVED_MS)
    assert (len(page.browser.network.armed), len(machine.journal)) == (0, 1)
    page.browser.crash()
    back = come_back(machine, HEARTBEAT_MS + 30_000)
    back.browser.advance(10_000)
    assert machine.spans[:2] == [(HEARTBEAT_MS, 0), (LIVED_MS, 0)]


def test_a_killed_browser_that_forgot_the_last_seconds_counts_nothing_twice():
    machine = Machine()
    page = machine.open()
    page.start()
    page.browser.advance(HEARTBEAT_MS - 1)
    on_disk = dict(machine.shared["storage"].items)
    page.browser.advance(1)
    assert machine.spans == [(HEARTBEAT_MS, 0)]
    page.browser.crash()
    machine.shared["storage"].items.clear()
    machine.shared["storage"].items.update(on_disk)
    come_back(machine, 30_000).browser.close()
    # Sent again with the same start, in time: the server recognises it.
    assert machine.spans == [(HEARTBEAT_MS, 0), (REST_MS, 0)]

"""What is told to the app of a window, or of a completion, is what becomes of it."""

import pytest

from tests.unit.helpers import DAY_MS, RUN, Page
from timeback_web.ports import Answer
from timeback_web.testing import FakeServer

DOWN = Answer(503)


def told(page):
    return [
        context.elapsed_ms
        for _, context in page.errors
        if context.operation == "heartbeat" and not context.will_retry
    ]


def watched(**options):
    reports = []
    page = Page(on_report=reports.append, **options)
    return page, reports


def lost(reports):
    return sorted(report.elapsed_ms for report in reports if report.outcome == "lost")


def crashed(*, fetch_later):
    page = Page()
    page.browser.network.has_fetch_later = fetch_later
    page.start()
    page.browser.advance(10_000)
    page.browser.crash()
    return page


@pytest.mark.parametrize("waits", [1, 20_000, 50_000])
def test_what_waited_too_long_is_reported_lost(waits):
    page = Page()
    page.browser.go_offline()
    page.start()
    page.browser.advance(waits)
    page.browser.close()
    kept = len(page.waiting)
    later, reports = watched(
        storage=page.browser.storage, server=page.browser.server, later_ms=31 * DAY_MS
    )
    later.start()
    later.browser.advance(500)
    assert len(told(later)) == kept
    assert lost(reports) == sorted(told(later))


def test_what_crashed_too_long_ago_is_reported_lost():
    page = crashed(fetch_later=False)
    later, reports = watched(
        storage=page.browser.storage, server=page.browser.server, later_ms=600_000
    )
    later.browser.network.has_fetch_later = False
    later.start()
    later.browser.advance(2_500)
    assert lost(reports) == sorted(told(later)) == [10_000]


@pytest.mark.parametrize("at_ms", [15_100, 31_000])
def test_what_a_client_loses_as_it_is_closed_is_reported_lost(at_ms):
    page, reports = watched()
    page.browser.network.latency_ms = 300
    page.browser.storage.full = True
    page.browser.server.answer_always(DOWN)
    page.start()
    page.browser.advance(at_ms)
    page.timeback.close()
    page.browser.advance(5_000)
    assert lost(reports) == sorted(told(page))
    assert sum(lost(reports)) == at_ms


def test_what_is_too_much_is_made_fewer_windows_and_not_lost():
    page, reports = watched()
    page.browser.go_offline()
    activity = page.start(time={"heartbeat_ms": 100})
    page.browser.advance(130_000)
    page.browser.go_online()
    page.browser.advance(120_000)
    activity.end()
    assert (told(page), lost(reports)) == ([], [])
    assert sum(beat.elapsed_ms for beat in page.heartbeats) == 250_000


@pytest.mark.parametrize("status", [400, 413, 422])
def test_what_is_refused_for_good_is_reported_lost_once(status):
    page, reports = watched()
    page.start()
    page.browser.server.refuse_next(status)
    page.browser.advance(20_000)
    assert lost(reports) == told(page) == [15_000]


@pytest.mark.parametrize("status", [401, 403, 404, 503, 429])
@pytest.mark.parametrize("back_after_ms", [5_000, 120_000, 600_000])
def test_a_completion_is_taken_or_its_loss_is_told_without_promises(status, back_after_ms):
    server = FakeServer()
    page = Page(server=server)
    activity = page.start()
    page.browser.advance(5_000)
    server.answer_always(Answer(status))
    activity.end({"xp_earned": 5})
    page.browser.advance(back_after_ms)
    server.answer_always(None)
    page.browser.advance(600_000)
    of_submit = [one for one in page.errors if one[1].operation == "submit"]
    assert len(server.submits) <= 1
    if not server.submits:
        error, context = of_submit[-1]
        assert not context.will_retry
        assert context.run_id == RUN
        assert "sent after sign-in" not in str(error)
        assert "is kept" not in str(error)
    assert sum(beat.elapsed_ms for beat in page.heartbeats) == 5_000

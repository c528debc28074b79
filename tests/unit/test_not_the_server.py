"""A portal, a filter or a sign-in page answers in the server's place: nothing of that counts."""

import pytest

from tests.unit.helpers import HEARTBEAT_MS, LONGEST_FIRST_RETRY_MS, Page, assert_tiles, spans
from timeback_web import UnreachableError
from timeback_web.ports import Answer

STATUSES = [200, 202, 400, 413, 422]


@pytest.mark.parametrize("status", STATUSES)
def test_a_heartbeat_answered_by_a_page_of_html_is_kept_told_and_sent_again(status):
    page = Page()
    page.start()
    page.browser.server.answer_page_next(status)
    page.browser.advance(HEARTBEAT_MS)
    assert (page.flushed, len(page.waiting)) == ([], 1)
    [(error, context)] = page.errors
    assert isinstance(error, UnreachableError)
    assert f"answered {status} with text/html" in str(error)
    assert (context.will_retry, context.elapsed_ms) == (True, HEARTBEAT_MS)
    page.browser.advance(LONGEST_FIRST_RETRY_MS)
    assert (page.flushed, page.waiting) == ([HEARTBEAT_MS], [])


@pytest.mark.parametrize("status", STATUSES)
def test_so_is_a_beacon(status):
    page = Page()
    page.browser.network.latency_ms = 50
    page.start()
    page.browser.advance(5_000)
    page.browser.server.answer_page_next(status)
    page.browser.hide()
    page.browser.advance(50)
    assert (page.flushed, len(page.waiting)) == ([], 1)
    page.browser.advance(2 * LONGEST_FIRST_RETRY_MS)
    assert (page.flushed, page.ways) == ([5_000], ["beacon", "fetch"])


@pytest.mark.parametrize("way", ["fetch", "beacon"])
def test_a_redirect_to_a_sign_in_page_is_no_answer(way):
    page = Page()
    page.browser.network.latency_ms = 50
    page.start()
    page.browser.server.redirect_next()
    if way == "fetch":
        page.browser.advance(HEARTBEAT_MS + 50)
    else:
        page.browser.advance(5_000)
        page.browser.hide()
        page.browser.advance(50)
    assert (page.ways, page.flushed, len(page.waiting)) == ([way], [], 1)
    assert "redirected to another address" in str(page.errors[0][0])
    page.browser.advance(2 * LONGEST_FIRST_RETRY_MS)
    assert (len(page.flushed), page.waiting) == (1, [])


def test_while_a_portal_answers_the_last_window_goes_into_storage():
    page = Page()
    page.start()
    page.browser.server.answer_always(Answer(200, "<html>", content_type="text/html"))
    page.browser.advance(3 * HEARTBEAT_MS + 5_000)
    sent = len(page.ways)
    page.browser.close()
    assert page.ways[sent:] == []
    after = Page(storage=page.browser.storage)
    after.start()
    assert spans(after.heartbeats) == [(HEARTBEAT_MS, 0)] * 3 + [(5_000, 0)]
    assert_tiles(after.heartbeats)


def test_a_portal_holds_up_every_run_and_is_asked_more_and_more_rarely():
    page = Page()
    page.browser.server.answer_always(Answer(200, "<html>", content_type="text/html"))
    page.start()
    page.browser.advance(3_600_000)
    assert len(page.ways) < 150


def test_a_completion_that_a_portal_answers_is_not_taken_for_done():
    page = Page()
    activity = page.start(time=False)
    page.browser.server.answer_page_next()
    closing = activity.end({"xp_earned": 10})
    assert closing.done is False
    page.browser.advance(60_000)
    assert (len(page.browser.server.submits), closing.done) == (1, True)

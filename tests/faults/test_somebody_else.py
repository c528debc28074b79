"""Somebody else answers in the server's place: nothing of that is taken for its word."""

from __future__ import annotations

import pytest

from tests.faults.matrix import EXACT, LOSE_NOTHING, LOSE_NOTHING_TWICE
from tests.faults.troubled_line import troubled_line
from tests.faults.witnessed_page import last_words, learn

pytestmark = [pytest.mark.browser, pytest.mark.faults]

HEALING_S = 40
_PAGE = b"<!doctype html><title>Sign in</title>"
PORTAL = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s" % (
    len(_PAGE),
    _PAGE,
)
TO_SIGN_IN = b"HTTP/1.1 302 Found\r\nLocation: /e2e/elsewhere.html\r\nContent-Length: 0\r\n\r\n"


def test_a_portal_that_answers_with_a_page_for_a_while(demo, open_page, eventually, matrix):
    with troubled_line(demo.url) as line:
        page = open_page(url=line.url)
        run_id = page.start()
        learn(1.3)
        line.instead = PORTAL
        eventually(lambda: line.turned_away >= 2)
        line.instead = b""
        learn(1.3)
        page.end()
        true_ms = page.true_ms()
        scenario = "portal answers 200 and HTML, then well"
        matrix.check(scenario, run_id, true_ms, LOSE_NOTHING, patience_s=HEALING_S)


def test_a_beacon_that_follows_a_redirect_to_a_sign_in_page(
    browser, demo, open_page, eventually, matrix
):
    with troubled_line(demo.url) as line:
        page = open_page(url=line.url)
        run_id = page.start("time=TimeOptions(heartbeat_ms=60_000)")
        learn(2)
        line.instead = TO_SIGN_IN
        other = browser.context.new_page()
        other.bring_to_front()
        eventually(lambda: line.turned_away >= 1)
        line.instead = b""
        other.close()
        page.tab.bring_to_front()
        learn(1.3)
        page.end()
        true_ms = page.true_ms()
        scenario = "beacon redirected to a sign-in page"
        matrix.check(scenario, run_id, true_ms, EXACT, patience_s=HEALING_S)


def test_a_page_closed_while_a_portal_answers(browser, demo, open_page, eventually, matrix):
    with troubled_line(demo.url) as line:
        page = open_page(url=line.url)
        line.instead = PORTAL
        run_id = page.start()
        eventually(lambda: line.turned_away >= 1)
        learn(1.3)
        page.tab.close()
        true_ms = last_words(browser.context, line.url)
        line.instead = b""
        again = open_page(url=line.url)
        again.start(f"run_id={run_id!r}")
        learn(1.3)
        again.end()
        true_ms += again.true_ms()
        scenario = "portal, close, well, resume"
        matrix.check(scenario, run_id, true_ms, LOSE_NOTHING_TWICE, patience_s=HEALING_S)

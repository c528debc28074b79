"""The server, or the way to it, fails: what was counted arrives later, once."""

from __future__ import annotations

import pytest

from tests.faults.matrix import LOSE_NOTHING, LOSE_NOTHING_TWICE
from tests.faults.troubled_line import troubled_line
from tests.faults.witnessed_page import last_words, learn

pytestmark = [pytest.mark.browser, pytest.mark.faults]

HEALING_S = 40
"""Backoff has jitter: the next try comes when it comes."""


def fail(demo, run_id, eventually, *, times=2):
    """Wait until the server has refused that many."""
    eventually(lambda: sum(not beat.taken for beat in demo.wire.of(run_id)) >= times)


def test_offline_close_online_resume(browser, demo, open_page, matrix):
    page = open_page()
    run_id = page.start()
    learn(1.5)
    browser.context.set_offline(True)
    learn(2.4)
    page.tab.close()
    browser.context.set_offline(False)
    true_ms = last_words(browser.context, demo.url)
    again = open_page()
    again.start(f"run_id={run_id!r}")
    learn(1.3)
    again.end()
    true_ms += again.true_ms()
    matrix.check("offline, close, online, resume", run_id, true_ms, LOSE_NOTHING_TWICE)


def test_an_answer_500_for_a_while(demo, open_page, eventually, matrix):
    page = open_page()
    demo.wire.refuse_with = (500, "BROKEN")
    run_id = page.start()
    fail(demo, run_id, eventually)
    demo.wire.refuse_with = None
    learn(1.3)
    page.end()
    true_ms = page.true_ms()
    matrix.check("500, then well", run_id, true_ms, LOSE_NOTHING, patience_s=HEALING_S)


def test_an_answer_500_then_the_page_closes(browser, demo, open_page, eventually, matrix):
    page = open_page()
    demo.wire.refuse_with = (500, "BROKEN")
    run_id = page.start()
    fail(demo, run_id, eventually)
    page.tab.close()
    true_ms = last_words(browser.context, demo.url)
    demo.wire.refuse_with = None
    again = open_page()
    again.start(f"run_id={run_id!r}")
    learn(1.3)
    again.end()
    true_ms += again.true_ms()
    matrix.check(
        "500, close, well, resume", run_id, true_ms, LOSE_NOTHING_TWICE, patience_s=HEALING_S
    )


def test_a_server_that_is_down_for_a_while(demo, open_page, matrix):
    page = open_page()
    run_id = page.start()
    learn(1.4)
    demo.stop()
    learn(2.3)
    demo.start()
    learn(1.2)
    page.end()
    true_ms = page.true_ms()
    matrix.check("server down, then up", run_id, true_ms, LOSE_NOTHING, patience_s=HEALING_S)


def test_a_503_that_asks_for_quiet_gets_it(demo, open_page, matrix):
    with troubled_line(demo.url) as line:
        page = open_page(url=line.url)
        line.busy_for_s = 3
        run_id = page.start()
        learn(2.3)
        assert line.turned_away == 1, "asked for quiet, and not left in it"
        line.busy_for_s = 0
        learn(1.3)
        page.end()
        true_ms = page.true_ms()
        scenario = "503 with Retry-After, then well"
        matrix.check(scenario, run_id, true_ms, LOSE_NOTHING, patience_s=HEALING_S)


def test_a_server_that_hangs_then_answers(demo, open_page, matrix):
    page = open_page()
    demo.wire.delay_s = 4
    run_id = page.start()
    learn(2.5)
    demo.wire.delay_s = 0
    learn(3.5)
    page.end()
    matrix.check("hangs 4 s, then answers", run_id, page.true_ms(), LOSE_NOTHING)


def test_a_page_closed_while_the_server_hangs(browser, demo, open_page, matrix):
    page = open_page()
    demo.wire.delay_s = 4
    run_id = page.start()
    learn(2.5)
    page.tab.close()
    demo.wire.delay_s = 0
    true_ms = last_words(browser.context, demo.url)
    again = open_page()
    again.start(f"run_id={run_id!r}")
    learn(1.3)
    again.end()
    true_ms += again.true_ms()
    matrix.check("hangs 4 s, page closes, resume", run_id, true_ms, LOSE_NOTHING_TWICE)


def test_a_reply_that_is_lost_after_the_commit(demo, open_page, matrix):
    with troubled_line(demo.url) as line:
        page = open_page(url=line.url)
        run_id = page.start()
        learn(1.5)
        line.cut_replies = 2
        learn(3)
        page.end()
        true_ms = page.true_ms()
        assert line.lost_replies == 2
        scenario = "reply lost after the commit"
        matrix.check(scenario, run_id, true_ms, LOSE_NOTHING, patience_s=HEALING_S)
        starts = [beat.body["startedAt"] for beat in demo.wire.of(run_id)]
        assert len(starts) > len(set(starts)), "the window was tried again, and recognised"


def test_signed_out_and_in_again(demo, open_page, eventually, matrix):
    page = open_page()
    run_id = page.start()
    learn(1.3)
    page.tab.context.clear_cookies()
    fail(demo, run_id, eventually)
    demo.sign_in(page.tab.context, "ada")
    learn(1.3)
    page.end()
    true_ms = page.true_ms()
    matrix.check("401, signed in again", run_id, true_ms, LOSE_NOTHING, patience_s=HEALING_S)


def test_a_roster_that_is_down_for_a_while(demo, open_page, eventually, matrix):
    page = open_page()
    demo.platform(roster="down")
    run_id = page.start()
    fail(demo, run_id, eventually)
    demo.platform(roster="up")
    learn(1.3)
    page.end()
    true_ms = page.true_ms()
    matrix.check("404, roster down, then up", run_id, true_ms, LOSE_NOTHING, patience_s=HEALING_S)

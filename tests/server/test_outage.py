"""An outage that a page asks for: for itself, and for a while."""

import pytest

from tests.server.running import RunningDemo, window


def test_it_refuses_the_time_of_this_browser_and_of_nobody_else(demo: RunningDemo) -> None:
    here, elsewhere = demo.browser("ada"), demo.browser("ada")
    run_id = here.start("fractions")
    assert here.post("/api/outage", {"seconds": 60}).status_code == 204
    refused = here.heartbeat(run_id, window(0))
    assert refused.status_code == 503
    assert refused.json()["error"]["code"] == "OUTAGE"
    assert here.answer("fractions", run_id, 1).status_code == 200, "the lesson itself goes on"
    assert elsewhere.heartbeat(run_id, window(15)).status_code == 204
    assert here.progress("fractions")["activeMs"] == 15_000


def test_what_was_refused_is_taken_afterwards_and_counts_once(demo: RunningDemo) -> None:
    browser = demo.browser("ada")
    run_id = browser.start("fractions")
    browser.post("/api/outage", {"seconds": 60})
    assert browser.heartbeat(run_id, window(0)).status_code == 503
    assert browser.post("/api/outage", {"seconds": 0}).status_code == 204
    assert browser.heartbeat(run_id, window(0)).status_code == 204
    assert browser.progress("fractions")["activeMs"] == 15_000


def test_it_ends_by_itself(demo: RunningDemo) -> None:
    answer = demo.browser("ada").post("/api/outage", {"seconds": 60})
    cookie = answer.headers["set-cookie"]
    assert "Max-Age=60" in cookie
    assert "HttpOnly" in cookie


@pytest.mark.parametrize("seconds", [-1, 121, 1.5, "long", None])
def test_it_can_not_be_long(demo: RunningDemo, seconds: object) -> None:
    browser = demo.browser("ada")
    assert browser.post("/api/outage", {"seconds": seconds}).status_code == 400
    assert browser.heartbeat(browser.start("fractions"), window(0)).status_code == 204

"""The JavaScript front end by itself, on a page that moves by hand."""

import json
from itertools import pairwise

import pytest

from tests.support.script_page import script_page
from tests.unit.helpers import LESSON, RUN

HEARTBEAT, SUBMIT = "/activity/heartbeat", "/activity/submit"


@pytest.fixture
def page():
    with script_page() as page:
        page.do("open", client="client", options={})
        yield page


def start(page, *, client="client", run_id=RUN, **options):
    given = {**LESSON, "runId": run_id, **options}
    page.do("start", client=client, activity="activity", options=given)


def elapsed_ms(page):
    return page.now["activities"]["activity"]["elapsedMs"]


@pytest.mark.parametrize("stall_limit_ms", [60_000, 5_000, 4_999, 4_000, 1_000])
@pytest.mark.parametrize("for_ms", [62_000, 3_900])
def test_a_limit_below_the_interval_of_looks_pauses_nothing(page, stall_limit_ms, for_ms):
    start(page, time={"stallLimitMs": stall_limit_ms})
    page.do("advance", ms=for_ms)
    assert elapsed_ms(page) == for_ms
    page.do("end", activity="activity")
    [beat] = page.sent_to(HEARTBEAT)
    assert (beat["elapsedMs"], beat["pausedMs"]) == (for_ms, 0)


@pytest.mark.parametrize("stall_limit_ms", [60_000, 4_000, 1_000])
def test_what_is_told_to_python_says_that_it_looked(page, stall_limit_ms):
    """The ledger in Python is told the same looks, and must come to the same."""
    start(page, time={"stallLimitMs": stall_limit_ms})
    page.do("advance", ms=20_000)
    page.do("attach")
    [past] = [given[3] for name, given in page.now["asked"] if name == "start"]
    assert max(after - before for before, after in pairwise(_moments(past))) <= stall_limit_ms


def _moments(past):
    told = json.loads(past)
    began = told["began"]["monotonicMs"]
    return [began, *(change["at"]["monotonicMs"] for change in told["changes"])]


@pytest.mark.parametrize("still_ms", [900, 5_000, 59_000])
def test_a_standstill_within_the_limit_counts(page, still_ms):
    start(page, time={"stallLimitMs": max(1_000, still_ms)})
    page.do("advance", ms=4_900)
    page.do("stall", ms=still_ms)
    page.do("advance", ms=1_000)
    assert elapsed_ms(page) == 5_900 + still_ms


def test_a_standstill_beyond_the_limit_is_paused_and_no_more(page):
    start(page, time={"stallLimitMs": 2_000})
    page.do("advance", ms=10_000)
    page.do("stall", ms=60_000)
    page.do("advance", ms=10_000)
    assert 20_000 - 2_000 <= elapsed_ms(page) <= 20_000


# ── a client that is closed before Python is there ──────────────────────────────────────────────


def handed_on(page, status):
    """A completion and a window, with a server that answers so; then the client is closed."""
    start(page)
    page.do("network", status=status)
    page.do("advance", ms=10_000)
    page.do("end", activity="activity", metrics={"xpEarned": 10})
    page.do("close", client="client")


@pytest.mark.parametrize("status", [204, 503])
def test_what_a_closed_client_has_left_is_seen_through_by_python(page, status):
    handed_on(page, status)
    page.do("network", status=204)
    page.do("attach")
    assert "complete" in page.asked or len(page.sent_to(SUBMIT)) == 1
    if status == 503:
        assert page.now["stored"]
        assert "seeThrough" in page.asked
    if page.asked:
        assert page.asked[0] == "openClient"


@pytest.mark.parametrize("closes", [True, False])
def test_a_page_that_is_left_before_python_is_there_sends_the_completion(page, closes):
    start(page)
    page.do("advance", ms=10_000)
    page.do("end", activity="activity", metrics={"xpEarned": 10})
    if closes:
        page.do("close", client="client")
    page.do("leave")
    [submit] = page.sent_to(SUBMIT)
    assert submit["metrics"] == {"xpEarned": 10}
    page.do("attach")
    assert "complete" not in page.asked
    assert len(page.sent_to(SUBMIT)) == 1


def test_a_client_that_is_closed_with_nothing_left_leaves_nothing(page):
    listeners, timers = page.now["listeners"], page.now["timers"]
    page.do("open", client="other", options={})
    start(page, client="other")
    page.do("advance", ms=10_000)
    page.do("close", client="other")
    page.do("advance", ms=20_000)
    assert (page.now["listeners"], page.now["timers"]) == (listeners, timers)


# ── the past of the page ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("python", [False, True], ids=["alone", "with Python"])
def test_a_second_client_claims_nothing_of_the_pages_past(page, python):
    page.do("list_visibility", entries=[[0, False]])
    page.do("advance", ms=3_000)
    began = []
    for client in ("first", "second"):
        page.do("open", client=client, options={})
        start(page, client=client, time={"since": "navigation"})
        page.do("advance", ms=20_000)
        if not python:
            began.append(elapsed_ms(page))
        page.do("close", client=client)
        if python:
            page.do("attach")
    if python:
        [past] = [given[3] for name, given in page.now["asked"] if name == "start"]
        assert _moments(past)[0] == page.now["monotonicMs"] - 20_000
    else:
        assert began == [3_000 - 1 + 20_000, 20_000]

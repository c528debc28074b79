"""The panel for developers says what the server has received, and its faults are real."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from playwright.sync_api import Error

from tests.e2e.test_lesson_page import LessonPage
from tests.support.books import assert_session, ms

pytestmark = pytest.mark.browser

A_BEAT_MS = 60_000
"""Until a heartbeat is in the table, on a machine with much to do: one is due every 15 s."""


class Panel:
    """The panel below a lesson, open."""

    def __init__(self, page: LessonPage) -> None:
        self._page = page
        page.tab.get_by_text("What happened").click()
        self._rows = page.part("windows").locator("tbody tr")

    def fault(self, name: str):
        return self._page.tab.get_by_role("button", name=name)

    def wait_for(self, way: str) -> list[str]:
        """Wait for a window that has travelled so; its cells."""
        row = self._rows.filter(has_text=re.compile(way)).first
        row.wait_for(timeout=A_BEAT_MS)
        return [text.strip() for text in row.locator("th, td").all_inner_texts()]

    @property
    def armed(self) -> str:
        return str(self._page.part("armed").inner_text())


@pytest.fixture
def open_lesson(browser, demo):
    opened: list[LessonPage] = []

    def open_(path: str = "lesson") -> LessonPage:
        demo.sign_in(browser.context, "ada")
        page = LessonPage(browser.context.new_page(), demo.url)
        opened.append(page)
        page.tab.goto(f"{demo.url}/{path}/fractions")
        page.wait_for("ready")
        return page

    yield open_
    problems = [problem for page in opened for problem in page.problems]
    assert not problems, problems


def seconds(text):
    return float(text.removesuffix(" s"))


def test_each_heartbeat_is_in_the_table_as_the_server_received_it(demo, open_lesson):
    page = open_lesson()
    panel = Panel(page)
    cells = panel.wait_for(r"fetch → delivered \(204\).*received")
    first = demo.wire.taken(page.run_id)[0]
    assert seconds(cells[1]) == pytest.approx(first["elapsedMs"] / 1000, abs=0.051)
    assert seconds(cells[2]) == pytest.approx(first["pausedMs"] / 1000, abs=0.051)
    page.part("leave").click()
    page.wait_for("left")
    panel.wait_for(r"beacon → delivered \(204\).*received")
    assert [beat.by_beacon for beat in demo.wire.of(page.run_id)][-1]


def test_what_earlier_pages_reported_is_known_from_the_server(demo, open_lesson):
    first = open_lesson()
    run_id = first.run_id
    first.tab.wait_for_timeout(1_000)
    first.tab.close()
    demo.wire.await_last(run_id)
    page = open_lesson()
    cells = Panel(page).wait_for("an earlier page")
    assert cells[4] == "received"
    [before, *_] = demo.wire.taken(run_id)
    assert seconds(cells[1]) == pytest.approx(before["elapsedMs"] / 1000, abs=0.051)


def test_a_page_that_is_cut_off_keeps_its_windows_and_sends_them_later(demo, open_lesson):
    page = open_lesson()
    panel = Panel(page)
    panel.fault("Cut this page off").click()
    assert "You are offline" in page.part("status").inner_text()
    panel.wait_for("outbox.*not yet")
    assert demo.wire.of(page.run_id) == [], "nothing has left the page"
    assert page.tab.evaluate("Object.keys(localStorage).some((key) => key.includes('/outbox/'))")
    page.part("choices").get_by_role("radio").first.check()
    page.part("submit").click()
    page.tab.get_by_text("Your answer was not sent.").wait_for()

    panel.fault("Cut this page off").click()
    panel.wait_for(r"outbox → sent from there \(try 1\) → delivered \(204\).*received")
    page.part("submit").click()
    page.part("next").wait_for()
    page.part("leave").click()
    page.wait_for("left")
    assert_session(demo.wire.taken(page.run_id))


def test_a_server_that_is_down_for_this_browser_gets_everything_afterwards(demo, open_lesson):
    page = open_lesson()
    panel = Panel(page)
    panel.fault("Server down for a minute").click()
    panel.wait_for(r"fetch → refused \(503\) → outbox.*not yet")
    assert {beat.status for beat in demo.wire.of(page.run_id)} == {503}
    with demo.api("ada") as elsewhere:  # the same learner, another browser
        beat = demo.wire.of(page.run_id)[0].body | {"startedAt": "2026-11-01T10:00:00.000Z"}
        beat |= {"endedAt": "2026-11-01T10:00:01.000Z", "elapsedMs": 1000, "pausedMs": 0}
        answer = elsewhere.post("/api/timeback/activity/heartbeat", json=beat)
        assert answer.status_code == 204
    page.answer()  # the lesson itself goes on

    panel.fault("Server down for a minute").click()
    panel.wait_for(r"refused \(503\) → outbox → sent from there .* delivered \(204\).*received")
    page.part("leave").click()
    page.wait_for("left")
    assert_session(demo.wire.taken(page.run_id)[1:])


def test_a_tab_that_crashes_has_left_its_window_with_the_browser(demo, open_lesson, eventually):
    page = open_lesson()
    run_id = page.run_id
    panel = Panel(page)
    page.tab.get_by_text("If this tab crashed now").wait_for()
    page.tab.wait_for_timeout(2_000)
    assert "with the browser (fetchLater)" in panel.armed
    crashed = []
    page.tab.on("crash", lambda _: crashed.append(True))
    with suppress(Error):  # of a page that is gone while it is waited for
        panel.fault("Crash this tab").click()
        page.tab.wait_for_event("crash", timeout=60_000)
    assert crashed, "the tab's process has ended"
    eventually(lambda: demo.wire.taken(run_id), within_s=60)
    worked_ms = sum(beat["elapsedMs"] for beat in demo.wire.taken(run_id))
    assert worked_ms >= 2_000

    again = open_lesson()
    assert again.run_id == run_id
    cells = Panel(again).wait_for("an earlier page")
    assert cells[4] == "received"
    last = demo.wire.taken(run_id)[-1]
    assert ms(last["endedAt"]) > ms(last["startedAt"])


def test_a_worker_tells_the_same(demo, open_lesson):
    page = open_lesson("worker")
    panel = Panel(page)
    panel.wait_for(r"fetch → delivered \(204\).*received")
    assert demo.wire.taken(page.run_id)
    page.part("leave").click()
    page.wait_for("left")
    assert_session(demo.wire.taken(page.run_id))


def test_folded_it_draws_nothing_and_asks_nothing(demo, open_lesson):
    page = open_lesson()
    asked: list[str] = []
    page.tab.on("request", lambda request: asked.append(request.url))
    page.tab.locator("#saved:not(:empty)").wait_for(timeout=A_BEAT_MS)
    assert page.part("windows").locator("tbody tr").count() == 0
    assert not [url for url in asked if "/api/journal" in url]

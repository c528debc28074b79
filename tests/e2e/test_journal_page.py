"""The journal page: a teacher watches a class at work, and a learner the own lesson."""

from __future__ import annotations

import uuid

import pytest

from tests.server.running import window

pytestmark = pytest.mark.browser

BOOT_TIMEOUT_MS = 90_000
COURSE = {"subject": "Math", "grade": 3}


class JournalPage:
    """The journal in a browser window of its own, so that it can be somebody else's."""

    def __init__(self, browser, url, **account):
        self.context = browser.browser.new_context()
        if account:
            answer = self.context.request.post(f"{url}/api/signin", data=account)
            assert answer.status == 204, answer.text()
        self.tab = self.context.new_page()
        self.errors = []
        self.tab.on("pageerror", lambda error: self.errors.append(str(error)))
        self.tab.goto(f"{url}/journal")

    def wait_until_live(self):
        self.tab.wait_for_selector("#status[data-live=on]")

    def run(self, run_id):
        return self.tab.locator(f"[data-run-id='{run_id}']")

    def wait_for_text(self, run_id, text):
        self.run(run_id).filter(has_text=text).wait_for()

    def row(self, learner):
        return self.tab.locator(f"tr[data-learner={learner}]")


@pytest.fixture
def open_journal(browser, demo):
    opened = []

    def open_(**account):
        page = JournalPage(browser, demo.url, **account)
        opened.append(page)
        return page

    yield open_
    for page in opened:
        assert page.errors == []
        page.context.close()


@pytest.fixture
def ada(demo):
    with demo.api("ada") as client:
        yield client


def beat(client, run_id, start_s, active_ms=15_000, paused_ms=0):
    body = {"id": "fractions", "name": "Fractions", "course": COURSE, "runId": run_id}
    answer = client.post(
        "/api/timeback/activity/heartbeat", json=body | window(start_s, active_ms, paused_ms)
    )
    assert answer.status_code == 204, answer.text


def start(client, lesson="fractions"):
    run_id = str(uuid.uuid4())
    client.post(f"/api/progress/{lesson}", json={"runId": run_id}).raise_for_status()
    return run_id


def test_a_teacher_watches_a_real_lesson(browser, demo, open_journal):
    teacher = open_journal(teacher="somerville")
    teacher.wait_until_live()
    assert "Not started" in teacher.row("ada").inner_text()

    demo.sign_in(browser.context, "ada")
    lesson = browser.context.new_page()
    lesson.goto(f"{demo.url}/lesson/fractions")
    lesson.wait_for_selector("main[data-state=ready]", timeout=BOOT_TIMEOUT_MS)
    run_id = lesson.locator("main").get_attribute("data-run-id")
    # Saved at once, so it is there before any time has arrived.
    teacher.wait_for_text(run_id, "No time has arrived")

    lesson.get_by_test_id("pause").click()
    lesson.wait_for_timeout(1_200)
    lesson.get_by_test_id("pause").click()
    lesson.get_by_test_id("leave").click()
    lesson.wait_for_selector("main[data-state=left]")
    demo.wire.await_last(run_id)
    teacher.wait_for_text(run_id, "Working now")
    assert "Working now" in teacher.row("ada").inner_text()

    # The page says what the server has, window by window.
    shown = demo.journal("ada", run_id)
    (session,) = shown["sessions"]
    teacher.run(run_id).get_by_text("Sessions and windows as a table").click()
    rows = teacher.run(run_id).locator("tbody tr:has(td)")
    rows.nth(len(session["windows"]) - 1).wait_for()  # the news of the last one may be on its way
    assert rows.count() == len(session["windows"]) == len(demo.wire.taken(run_id))
    for row, window_ in zip(rows.all(), session["windows"], strict=True):
        seconds = [f"{window_[name] / 1000:.1f} s" for name in ("activeMs", "inactiveMs")]
        assert row.locator("td.number").all_inner_texts() == seconds
    assert shown["inactiveMs"] >= 1_000


def test_a_completion_comes_with_its_metrics(demo, ada, open_journal):
    run_id = start(ada)
    beat(ada, run_id, 0)
    teacher = open_journal(teacher="somerville")
    teacher.wait_for_text(run_id, "Attempt 1")
    questions = ada.get("/api/lessons/fractions").json()["questions"]
    for question in questions:
        answer = {"runId": run_id, "question": question["id"], "choice": 0}
        ada.post("/api/lessons/fractions/answers", json=answer).raise_for_status()
    teacher.wait_for_text(run_id, "Completed")
    metrics = demo.journal("ada", run_id)["completion"]["metrics"]
    figures = teacher.run(run_id).locator(".figures").inner_text()
    assert f"{metrics['correctQuestions']} of {len(questions)}" in figures
    assert f"{metrics['xpEarned']}\n" in f"{figures}\n"
    assert teacher.row("ada").locator("td").nth(2).inner_text() == "1"


def test_what_is_open_and_in_focus_stays_when_time_arrives(ada, open_journal):
    run_id = start(ada)
    beat(ada, run_id, 0)
    teacher = open_journal(teacher="somerville")
    teacher.wait_for_text(run_id, "15.0 s")
    summary = teacher.run(run_id).locator("[data-fold=table] summary")
    summary.focus()
    teacher.tab.keyboard.press("Enter")
    beat(ada, run_id, 15, 6_000, 9_000)
    teacher.wait_for_text(run_id, "21.0 s")
    assert teacher.run(run_id).get_by_role("table").is_visible()
    assert summary.evaluate("summary => summary === document.activeElement")


def test_the_bars_are_as_long_as_the_time(ada, open_journal):
    run_id = start(ada)
    beat(ada, run_id, 0, 12_000, 3_000)
    beat(ada, run_id, 600, 30_000)
    teacher = open_journal(teacher="somerville")
    sessions = teacher.run(run_id).get_by_test_id("session")
    sessions.nth(1).wait_for()
    widths = [
        [float(piece.get_attribute("width").rstrip("%")) for piece in one.locator("rect").all()]
        for one in sessions.all()
    ]
    # The scale goes to the next round mark after the longest session: 30 s.
    assert widths == [[pytest.approx(40), pytest.approx(10)], [pytest.approx(100)]]


def test_the_server_comes_back_and_so_does_the_journal(demo, ada, open_journal):
    run_id = start(ada)
    beat(ada, run_id, 0)
    teacher = open_journal(teacher="somerville")
    teacher.wait_for_text(run_id, "15.0 s")
    demo.stop()
    teacher.tab.locator("#status[data-live=lost]").wait_for()
    assert "This is how it was at" in teacher.tab.get_by_test_id("status").inner_text()
    assert teacher.run(run_id).is_visible(), "what is known stays"
    demo.start()
    beat(ada, run_id, 15)
    teacher.wait_for_text(run_id, "30.0 s")
    teacher.wait_until_live()


def test_a_page_that_nobody_looks_at_holds_no_connection(browser, demo, ada, eventually):
    demo.sign_in(browser.context, "ada")
    page = browser.context.new_page()
    ended = []
    page.on("requestfailed", lambda request: ended.append(request.url))
    page.on("requestfinished", lambda request: ended.append(request.url))
    page.goto(f"{demo.url}/journal")
    page.wait_for_selector("#status[data-live=on]")
    stream = f"{demo.url}/api/journal/stream"
    assert stream not in ended
    front = browser.context.new_page()
    front.bring_to_front()
    page.wait_for_function("document.hidden")
    eventually(lambda: page.evaluate("1") and stream in ended)
    run_id = start(ada)
    page.bring_to_front()
    page.wait_for_selector(f"[data-run-id='{run_id}']")


def test_a_learner_sees_no_class_and_a_teacher_no_other(demo, ada, open_journal):
    run_id = start(ada)
    beat(ada, run_id, 0)
    grace = open_journal(learner="grace")
    grace.tab.wait_for_selector("main[data-state=empty]")
    assert not grace.tab.get_by_test_id("overview").is_visible()
    noether = open_journal(teacher="noether")
    noether.wait_until_live()
    noether.row("katherine").wait_for()
    assert noether.run(run_id).count() == 0
    assert "Ada" not in noether.tab.locator("main").inner_text()


def test_a_teacher_signs_in_at_the_journal(open_journal):
    page = open_journal()
    page.tab.get_by_role("button", name="Mary Somerville, Class 3a").click()
    page.tab.get_by_role("heading", name="Class 3a").wait_for()
    page.wait_until_live()
    page.tab.get_by_test_id("sign-out").click()
    page.tab.get_by_role("heading", name="Who is learning today?").wait_for()

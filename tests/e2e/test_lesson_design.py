"""How the pages behave for eyes, hands and ears: nothing jumps, everything works by keyboard."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from tests.e2e.test_lesson_page import LessonPage
from tests.support.books import active_ms, assert_balanced, paused_ms

pytestmark = pytest.mark.browser

DESK, PHONE = (1280, 900), (390, 844)
MOST_SHIFT = 0.05
"""Half of what the browser makers call good (https://web.dev/articles/cls)."""

SHIFTS = """() => new Promise((done) => {
  const shifts = [];
  const collect = (list) => {
    for (const { value, sources } of list.getEntries()) {
      shifts.push({ value, of: sources.map(({ node }) => node?.id || node?.className || '?') });
    }
  };
  new PerformanceObserver(collect).observe({ type: 'layout-shift', buffered: true });
  setTimeout(() => done(shifts), 500);
})"""


def shifts(tab):
    """Every layout shift since the page began, also those just after an input."""
    assert "layout-shift" in tab.evaluate("PerformanceObserver.supportedEntryTypes")
    return tab.evaluate(SHIFTS)


@pytest.fixture
def tab(browser, demo):
    """A tab of Ada's; a page that fails fails the test."""
    demo.sign_in(browser.context, "ada")
    tab = browser.context.new_page()
    problems: list[str] = []
    tab.on("pageerror", lambda error: problems.append(str(error)))
    yield tab
    assert not problems, problems


@pytest.fixture
def lesson(tab, demo):
    return LessonPage(tab, demo.url)


# ── nothing jumps ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_nothing_jumps_when_python_is_ready(lesson, size):
    lesson.tab.set_viewport_size({"width": size[0], "height": size[1]})
    lesson.open()
    lesson.tab.locator("#saved:not(:empty)").wait_for()  # the first window has arrived
    found = shifts(lesson.tab)
    assert sum(shift["value"] for shift in found) < MOST_SHIFT, found


def test_what_is_measured_is_seen_when_it_is_there(lesson):
    lesson.open()
    lesson.tab.evaluate(
        """() => {
          const box = document.createElement('div');
          box.textContent = 'A notice that nobody kept room for';
          box.style.height = '200px';
          document.body.prepend(box);
        }"""
    )
    assert sum(shift["value"] for shift in shifts(lesson.tab)) > MOST_SHIFT


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_home_page_stands_still(tab, demo, size):
    tab.set_viewport_size({"width": size[0], "height": size[1]})
    tab.goto(demo.url)
    tab.wait_for_selector("main[data-state=signed-in]")
    found = shifts(tab)
    assert sum(shift["value"] for shift in found) < MOST_SHIFT, found


@pytest.mark.parametrize("path", ["/", "/lesson/fractions", "/worker/fractions"])
def test_a_phone_needs_no_scrolling_to_the_side(tab, demo, path):
    tab.set_viewport_size({"width": 360, "height": 740})
    tab.goto(demo.url + path)
    anyone = "main[data-state=signed-in], main[data-state=ready]"
    tab.wait_for_selector(anyone, timeout=90_000)
    wide = tab.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide[0] <= wide[1]


# ── motion ───────────────────────────────────────────────────────────────────────────────────────

MOVING = """() => [...document.querySelectorAll('body *')].filter((node) => {
  const { transitionDuration, animationName } = getComputedStyle(node);
  const moves = transitionDuration.split(', ').some((time) => parseFloat(time) > 0);
  return moves || animationName !== 'none';
}).map((node) => node.id || node.className || node.nodeName)"""


def test_who_wants_less_motion_gets_none(lesson):
    lesson.tab.emulate_media(reduced_motion="no-preference")
    lesson.open()
    assert lesson.tab.evaluate(MOVING), "or there would be nothing to honour"
    lesson.tab.emulate_media(reduced_motion="reduce")
    assert lesson.tab.evaluate(MOVING) == []


# ── the keyboard ─────────────────────────────────────────────────────────────────────────────────

FOCUSED = """() => {
  const { activeElement: node } = document;
  return node.dataset.testid || node.getAttribute('aria-label') || node.textContent.trim();
}"""


class Keyboard:
    """A learner without a mouse."""

    MOST_TABS = 60

    def __init__(self, tab):
        self._tab = tab
        self.press = tab.keyboard.press

    @property
    def focused(self) -> str:
        return str(self._tab.evaluate(FOCUSED))

    def go_to(self, pattern: str) -> None:
        """Press Tab until the focus is there."""
        for _ in range(self.MOST_TABS):
            if re.search(pattern, self.focused):
                return
            self.press("Tab")
        raise AssertionError(f"no {pattern!r} within {self.MOST_TABS} tabs")

    def activate(self, pattern: str) -> None:
        self.go_to(pattern)
        self.press("Enter")


def test_a_whole_lesson_by_keyboard_alone(browser, demo, eventually):
    tab = browser.context.new_page()
    tab.goto(demo.url)
    tab.wait_for_selector("main[data-state=signed-out]")
    keys = Keyboard(tab)
    keys.activate("^A?Ada Lovelace")
    tab.wait_for_selector("main[data-state=signed-in]")
    keys.activate("^Start: Fractions")
    page = LessonPage(tab, demo.url)
    page.wait_for("ready")
    run_id, total = page.run_id, page.total

    keys.activate("^pause$")
    tab.wait_for_selector("main[data-paused]")
    keys.activate("^pause$")
    tab.wait_for_selector("main:not([data-paused])")
    keys.activate("^leave$")
    page.wait_for("left")
    assert keys.focused == "See you next time"
    keys.activate("^resume$")
    page.wait_for("ready")

    for number in range(1, total + 1):
        assert f"Question {number} of {total}" in keys.focused
        keys.press("Tab")  # into the choices
        keys.press("Space")
        keys.press("ArrowDown")
        keys.press("Enter")  # sends the answer, and goes to the way on
        page.part("next").wait_for()
        assert keys.focused == "next"
        keys.press("Enter")
        if number < total:
            tab.get_by_text(f"Question {number + 1} of {total}").first.wait_for()
    page.wait_for("done")
    assert keys.focused == "Lesson completed"
    eventually(lambda: demo.journal("ada", run_id)["completion"])
    assert demo.journal("ada", run_id)["completion"]["metrics"]["totalQuestions"] == total
    keys.activate("^try-again$")
    page.wait_for("ready")
    assert page.run_id != run_id


def test_every_step_of_the_progress_is_told_in_words(lesson):
    lesson.open()
    lesson.answer(0)  # not right: three quarters are shaded
    lesson.answer(0)
    steps = lesson.part("steps").get_by_role("listitem").all_inner_texts()
    assert steps[:4] == [
        "Question 1: not right",
        "Question 2: right",
        "Question 3: now",
        "Question 4: to come",
    ]
    assert lesson.part("steps").locator("[aria-current=step]").inner_text() == steps[2]


# ── pictures ─────────────────────────────────────────────────────────────────────────────────────

DRAWN = """(pictures) => pictures.map((picture) => {
  const node = document.createElement('lesson-picture');
  node.setAttribute('value', JSON.stringify(picture));
  document.body.append(node);
  const svg = node.querySelector('svg');
  const box = svg.getBBox();
  const [x, y, width, height] = svg.getAttribute('viewBox').split(' ').map(Number);
  const beyond = box.x + box.width > x + width || box.y + box.height > y + height;
  const inside = box.x >= x && box.y >= y && !beyond;
  return {
    words: svg.getAttribute('aria-label'), role: svg.getAttribute('role'), inside,
    parts: node.querySelectorAll('.part').length, shaded: node.querySelectorAll('.shaded').length,
  };
})"""


PARTS = {
    "bar": lambda picture: picture["parts"],
    "pie": lambda picture: picture["parts"],
    "cut": lambda picture: len(picture["widths"]),
    "wholes": lambda picture: -(-picture["shaded"] // picture["parts"]) * picture["parts"],
    "grid": lambda picture: picture["rows"] * picture["columns"],
    "set": lambda picture: picture["count"],
    "line": lambda _: 1,  # the dot
    "clock": lambda _: 1,  # the face
}


def counted(picture):
    """How many parts a picture has, and how many of them are shaded."""
    if picture["shape"] == "pair":
        one, other = counted(picture["a"]), counted(picture["b"])
        return one[0] + other[0], one[1] + other[1]
    shaded = 1 if picture["shape"] == "line" else picture.get("shaded", 0)
    return PARTS[picture["shape"]](picture), shaded


def test_pictures_show_what_the_lesson_says_and_tell_it_without_the_answer(lesson, demo):
    lesson.open()
    with demo.api("ada") as client:
        ids = [each["id"] for each in client.get("/api/lessons").json()]
        lessons = [client.get(f"/api/lessons/{each}").json() for each in ids]
    questions = [q for each in lessons for q in each["questions"] if "picture" in q]
    assert len(questions) >= 15
    drawn = lesson.tab.evaluate(DRAWN, [question["picture"] for question in questions])
    for question, seen in zip(questions, drawn, strict=True):
        assert (seen["parts"], seen["shaded"]) == counted(question["picture"]), question
        assert seen["role"] == "img"
        assert seen["inside"], question
        assert len(seen["words"]) > 20
        assert not any(choice in seen["words"] for choice in question["choices"]), seen["words"]
        assert not re.search(r"\d/\d|half|third|quarter", seen["words"])


# ── the clock and the days ───────────────────────────────────────────────────────────────────────


def test_the_clock_is_seen_to_stop_when_the_page_is_hidden(browser, demo, lesson, eventually):
    lesson.open()
    assert lesson.part("clock-note").inner_text() == "counting"
    browser.context.new_page()  # in front
    eventually(lambda: lesson.tab.title() == "\N{DOUBLE VERTICAL BAR} Fractions")
    assert lesson.part("clock-note").inner_text() == "page hidden"
    stood = lesson.part("clock").inner_text()
    lesson.tab.wait_for_timeout(2_500)
    assert lesson.part("clock").inner_text() == stood
    lesson.tab.bring_to_front()
    eventually(lambda: lesson.tab.title() == "Fractions")
    assert lesson.part("clock-note").inner_text() == "counting"
    assert re.search(r"\d+ s not counted", lesson.tab.locator("#uncounted").inner_text())
    lesson.part("leave").click()
    lesson.wait_for("left")
    assert lesson.part("clock-note").inner_text() == "ended"
    beats = demo.wire.taken(lesson.run_id)
    assert_balanced(beats)
    assert paused_ms(beats) >= 2_500


def window(start, active_s, paused_s=0):
    end = start + timedelta(seconds=active_s + paused_s)
    stamps = {"startedAt": start.isoformat(), "endedAt": end.isoformat()}
    return {**stamps, "elapsedMs": active_s * 1000, "pausedMs": paused_s * 1000}


def worked_before(demo, *sessions):
    """Sessions that Ada had days ago, (days, active minutes), reported window by window."""
    run_id = str(uuid.uuid4())
    about = {"id": "fractions", "name": "Fractions", "runId": run_id}
    about["course"] = {"subject": "Math", "grade": 3}
    noon = datetime.now().astimezone().replace(hour=12, minute=0, second=0, microsecond=0)
    with demo.api("ada") as client:
        client.post("/api/progress/fractions", json={"runId": run_id}).raise_for_status()
        for days, minutes in sessions:
            start = (noon - timedelta(days=days)).astimezone(UTC)
            for minute in range(minutes):
                beat = about | window(start + timedelta(minutes=minute), 60)
                client.post("/api/timeback/activity/heartbeat", json=beat).raise_for_status()
        for question, choice in (("q1", 1), ("q2", 0), ("q3", 0)):
            answer = {"runId": run_id, "question": question, "choice": choice}
            client.post("/api/lessons/fractions/answers", json=answer).raise_for_status()
    return run_id


def test_resuming_shows_the_days_and_goes_on_where_the_learner_left(demo, lesson):
    run_id = worked_before(demo, (4, 4), (2, 6))
    days = [datetime.now().astimezone() - timedelta(days=ago) for ago in (4, 2)]
    lesson.open()
    assert lesson.run_id == run_id
    assert f"Question 4 of {lesson.total}" in lesson.part("question").inner_text()
    head = lesson.tab.locator("#standing").inner_text()
    assert head == f"Welcome back. You go on at question 4 of {lesson.total}."
    rows = lesson.part("sessions").get_by_role("listitem")
    assert rows.locator(".day").all_inner_texts() == [*(f"{day:%A}" for day in days), "Now"]
    assert rows.locator(".when").all_inner_texts()[:2] == ["12:00 to 12:04", "12:00 to 12:06"]
    assert [text for text in rows.locator(".length").all_inner_texts() if text] == [
        "4 min",
        "6 min",
    ]
    widths = rows.locator(".bar").evaluate_all(
        "bars => bars.map(bar => parseFloat(getComputedStyle(bar, '::before').width))"
    )
    assert widths[0] / widths[1] == pytest.approx(4 / 6, rel=0.02)
    assert active_ms(demo.wire.taken(run_id)) >= 600_000

"""Minutes of lessons in a real Chromium, on a line and a server that fail now and then."""

from __future__ import annotations

import os
import random
import time
from itertools import combinations

import pytest

from tests.faults.witnessed_page import learn
from tests.soak.lesson import Lesson
from tests.support.books import active_ms, assert_balanced, ms

pytestmark = [pytest.mark.browser, pytest.mark.soak, pytest.mark.timeout(0)]

MINUTES = float(os.environ.get("SOAK_MINUTES", "5"))
SEED = int(os.environ.get("SOAK_SEED", "0"))
TABS = (2, 1, 1)
"""In how many tabs each lesson is open; the learner looks at one tab at a time."""
A_SESSION_MS = 100
A_TURN_MS = 25
"""How far the witness and the page may be apart: their clocks are read one after the other, in a
page that may be busy. Two tabs of a run hand it over in some milliseconds."""

_PATIENCE_S = 70
"""The longest backoff, and some."""


class Day:
    """What a learner does, in what order chance says, and what goes wrong meanwhile."""

    def __init__(self, browser, demo):
        self.dice = random.Random(SEED)
        self.context, self.wire = browser.context, demo.wire
        self.lessons = [
            Lesson(browser.context, demo.url, number, tabs) for number, tabs in enumerate(TABS)
        ]
        self.deeds = 0

    def go_by(self):
        until_s = time.monotonic() + MINUTES * 60
        while time.monotonic() < until_s:
            lesson = self.dice.choice(self.lessons)
            page = self.dice.choice(lesson.pages)
            lesson.look_at(page)
            learn(self.dice.uniform(0.2, 4))
            self.dice.choice(DEEDS)(self, lesson, page)
            learn(self.dice.uniform(0, 2))
            self.deeds += 1
        self.all_is_well()

    def all_is_well(self):
        self.context.set_offline(False)
        self.wire.refuse_with, self.wire.delay_s = None, 0

    # ── deeds ────────────────────────────────────────────────────────────────────────────────

    def just_learn(self, lesson, page):
        learn(self.dice.uniform(1, 5))

    def pause(self, lesson, page):
        lesson.pause(page)
        learn(self.dice.uniform(0, 2))
        lesson.resume(page)

    def leave_and_return(self, lesson, page):
        lesson.leave(page)
        learn(self.dice.uniform(0, 2))
        lesson.go_back(page)

    def reload(self, lesson, page):
        lesson.reload(page)

    def close(self, lesson, page):
        lesson.close_and_open_another(page)

    def end(self, lesson, page):
        lesson.end_and_start_again(page)

    def be_offline(self, lesson, page):
        self.context.set_offline(True)
        learn(self.dice.uniform(0.5, 4))
        lesson.look_at(self.dice.choice(lesson.pages))
        learn(self.dice.uniform(0.5, 2))
        self.context.set_offline(False)

    def be_refused(self, lesson, page):
        self.wire.refuse_with = (self.dice.choice([500, 503, 429, 404]), "NOT_NOW")
        learn(self.dice.uniform(0.5, 4))
        lesson.look_at(self.dice.choice(lesson.pages))
        learn(self.dice.uniform(0.5, 2))
        self.wire.refuse_with = None

    def leave_while_refused(self, lesson, page):
        self.wire.refuse_with = (503, "NOT_NOW")
        learn(self.dice.uniform(1.5, 3))  # long enough for the page to hear of it
        lesson.reload(page)
        self.wire.refuse_with = None

    def be_slow(self, lesson, page):
        self.wire.delay_s = self.dice.uniform(0.1, 2)
        learn(self.dice.uniform(1, 4))
        self.wire.delay_s = 0


DEEDS = [
    *[Day.just_learn] * 3,
    *[Day.pause] * 2,
    *[Day.leave_and_return] * 2,
    Day.reload,
    Day.close,
    Day.end,
    *[Day.be_offline] * 2,
    *[Day.be_refused] * 2,
    Day.leave_while_refused,
    *[Day.be_slow] * 2,
]


def test_minutes_of_lessons_arrive_as_they_were_seen(browser, demo, record_property):
    demo.sign_in(browser.context, "ada")
    day = Day(browser, demo)
    day.go_by()
    for lesson in day.lessons:
        lesson.end()
    rows = [measure(lesson, demo.wire) for lesson in day.lessons]
    table = "\n".join([f"{day.deeds} deeds, seed {SEED}", *map(str, rows)])
    print(table)  # noqa: T201 - figures, for who asks with -s
    record_property("soak", table)
    for lesson in day.lessons:
        assert not lesson.problems
        windows = demo.wire.taken(lesson.run_id)
        assert_balanced(windows)
        assert double_ms(windows) <= 0
    assert all(abs(row["off_ms"]) <= row["may_be_off_ms"] for row in rows), table


def measure(lesson, wire):
    lesson.await_delivery(_PATIENCE_S)
    true_ms, received_ms = lesson.true_ms(), active_ms(wire.taken(lesson.run_id))
    return {
        "lesson": lesson.number,
        "sessions": lesson.sessions,
        "turns": lesson.turns,
        "true_ms": round(true_ms),
        "received_ms": received_ms,
        "off_ms": round(received_ms - true_ms),
        "may_be_off_ms": A_SESSION_MS * lesson.sessions + A_TURN_MS * lesson.turns,
    }


def double_ms(windows):
    """How much two windows must both have counted, at most; negative where they need not."""
    return max((_double_ms(one, other) for one, other in combinations(windows, 2)), default=0)


def _double_ms(one, other):
    start = max(ms(one["startedAt"]), ms(other["startedAt"]))
    shared = min(ms(one["endedAt"]), ms(other["endedAt"])) - start
    return shared - one["pausedMs"] - other["pausedMs"] if shared > 0 else 0

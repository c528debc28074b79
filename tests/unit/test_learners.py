"""One page, several learners: nothing goes out under another one's sign-in."""

import json

import pytest

from tests.unit.helpers import HEARTBEAT_MS, LESSON, SERVICE_DOWN, flap
from timeback_web import Timeback
from timeback_web.testing import FakeBrowser, FakeStorage


class School:
    """A page whose learners sign in and out without a reload."""

    def __init__(self, **ports):
        self.browser = FakeBrowser(**ports)
        self.cookie = ""
        self.booked = []
        self.clients = {}
        take = self.browser.server.handle

        def handle(request):
            answer = take(request)
            if answer.status == 204:
                beat = json.loads(request.body)
                self.booked.append((self.cookie, beat["runId"], beat["elapsedMs"]))
            return answer

        self.browser.server.handle = handle

    def client(self, learner):
        if learner not in self.clients:
            self.clients[learner] = Timeback(learner=learner or None, browser=self.browser)
        return self.clients[learner]

    def start(self, learner, **options):
        """`learner` is signed in, and starts their run."""
        self.cookie = learner
        return self.client(learner).activity.start(
            {**LESSON, "run_id": learner or "nobody", **options}
        )

    def wrong(self):
        return [one for one in self.booked if one[0] != one[1]]

    def of(self, learner):
        return sum(elapsed for _, run, elapsed in self.booked if run == learner)


def with_a_backlog_of_ada(**ports):
    school = School(**ports)
    activity = school.start("ada")
    school.browser.server.answer_always(SERVICE_DOWN)
    school.browser.advance(2 * HEARTBEAT_MS)
    activity.end()
    school.browser.server.answer_always(None)
    return school


@pytest.mark.parametrize("moment", ["at once", "retry", "online", "hidden"])
def test_what_waits_of_the_last_learner_stays_when_another_one_starts(moment):
    school = with_a_backlog_of_ada()
    school.start("bob")
    if moment == "online":
        flap(school.browser)
    if moment == "hidden":
        school.browser.hide()
        school.browser.show()
    school.browser.advance(0 if moment == "at once" else 600_000)
    assert school.wrong() == []
    assert school.of("ada") == 0
    assert [key for key in school.browser.storage.items if "/ada/" in key]


def test_it_goes_out_when_its_own_learner_starts_again():
    school = with_a_backlog_of_ada()
    school.start("bob").end()
    school.browser.advance(60_000)
    school.start("ada")
    school.browser.advance(60_000)
    assert school.wrong() == []
    assert school.of("ada") >= 2 * HEARTBEAT_MS


def test_a_lesson_that_goes_on_under_another_sign_in_is_kept_and_not_beaconed():
    school = School()
    school.start("ada")
    school.browser.advance(5_000)
    school.start("bob")
    school.browser.advance(3 * HEARTBEAT_MS)
    school.browser.close()
    assert school.wrong() == []
    ada = [json.loads(text) for key, text in school.browser.storage.items.items() if "/ada/" in key]
    assert sum(entry["elapsed_ms"] for entry in ada) == 5_000 + 3 * HEARTBEAT_MS


def test_a_crash_leaves_no_window_of_another_learner_with_the_browser():
    school = School()
    school.start("ada")
    school.browser.advance(5_000)
    school.start("bob")
    school.browser.advance(5_000)
    school.browser.crash()
    assert school.wrong() == []


def test_what_storage_does_not_take_is_not_beaconed_under_another_sign_in():
    school = School()
    school.browser.storage.full = True
    activity = school.start("ada")
    school.browser.server.answer_always(SERVICE_DOWN)
    school.browser.advance(HEARTBEAT_MS)
    activity.end()
    school.browser.server.answer_always(None)
    school.start("bob")
    school.browser.close()
    assert school.wrong() == []


def test_the_answer_of_a_window_under_way_is_still_heard():
    school = School()
    flushed = []
    school.browser.network.latency_ms = 500
    activity = school.start("ada", on_flush=flushed.append)
    school.browser.advance(5_000)
    activity.end()
    school.start("bob")
    school.browser.advance(1_000)
    assert flushed == [5_000]


def test_learners_at_different_servers_do_not_disturb_each_other():
    school = with_a_backlog_of_ada()
    Timeback("/other", learner="bob", browser=school.browser).activity.start(LESSON)
    school.browser.advance(60_000)
    assert school.of("ada") == 2 * HEARTBEAT_MS


def test_without_a_tag_nobody_is_held_up():
    school = with_a_backlog_of_ada()
    Timeback(browser=school.browser).activity.start(LESSON)
    school.browser.advance(60_000)
    assert school.of("ada") == 2 * HEARTBEAT_MS


def test_another_page_does_not_know():
    storage = FakeStorage()
    School(storage=storage).start("bob")
    school = with_a_backlog_of_ada(storage=storage)
    school.browser.advance(60_000)
    assert school.of("ada") == 2 * HEARTBEAT_MS


@pytest.mark.parametrize("tag", ["ada", ""])
def test_a_client_that_is_closed_sends_nothing_more(tag):
    school = School()
    school.start(tag)
    school.browser.server.answer_always(SERVICE_DOWN)
    school.browser.advance(2 * HEARTBEAT_MS)
    school.client(tag).close()
    school.browser.server.answer_always(None)
    tries = len(school.browser.network.sent)
    school.start("bob")
    flap(school.browser)
    school.browser.advance(600_000)
    bodies = [sent.request.body for sent in school.browser.network.sent[tries:]]
    assert {json.loads(body)["runId"] for body in bodies} == {"bob"}


def test_the_client_made_anew_for_the_same_learner_sends_what_the_closed_one_left():
    school = School()
    school.start("ada")
    school.browser.server.answer_always(SERVICE_DOWN)
    school.browser.advance(2 * HEARTBEAT_MS)
    school.clients.pop("ada").close()
    school.browser.server.answer_always(None)
    school.start("ada")
    school.browser.advance(60_000)
    assert school.of("ada") >= 2 * HEARTBEAT_MS

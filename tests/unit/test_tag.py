"""An element of a page, tracked by its attributes."""

from __future__ import annotations

import json

import pytest

from tests.unit.helpers import OTHER_RUN, RUN, SERVICE_DOWN, assert_tiles, spans
from timeback_web.autostart.watch import Watch
from timeback_web.ports import Answer, PageEvent
from timeback_web.ports.elements import Press, State
from timeback_web.testing import FakeBrowser, FakeServer
from timeback_web.testing.elements import FakeElement, FakeElements

PROGRESS = "/api/progress/lesson-1"
NONE_YET = Answer(404)
FRESH = Answer(200, json.dumps({"runId": None}))
KNOWN = Answer(200, json.dumps({"runId": RUN, "completed": False}))


class AppServer(FakeServer):
    """Also has the app's own route; `answers` are what it says to the next questions for a run."""

    def __init__(self, *answers: Answer) -> None:
        super().__init__()
        self.answers = list(answers)
        self.saving = Answer(200, "{}")
        self.saved: list[str] = []
        self.asked = 0

    def handle(self, request):
        if request.url != PROGRESS:
            return super().handle(request)
        if request.body is None:
            self.asked += 1
            return self.answers.pop(0) if self.answers else self._what_is_saved()
        if self.saving.status == 200:
            self.saved.append(json.loads(request.body)["runId"])
        return self.saving

    def _what_is_saved(self) -> Answer:
        return Answer(200, json.dumps({"runId": self.saved[-1] if self.saved else None}))


class Tag:
    """A page with one element, and what came of it."""

    def __init__(
        self,
        *answers: Answer,
        latency_ms: int = 0,
        saving: Answer = Answer(200, "{}"),  # noqa: B008 - it never changes
        **attributes: str,
    ) -> None:
        self.server = AppServer(*answers)
        self.server.saving = saving
        self.browser = FakeBrowser(server=self.server)
        self.browser.network.latency_ms = latency_ms
        self.element = lesson(progress=PROGRESS, **attributes)
        self.elements = FakeElements(self.element)
        self.watch = Watch(self.browser, self.elements)

    @property
    def beats(self):
        return self.server.heartbeats

    def press(self, press: Press) -> None:
        self.elements.press(press)


def lesson(**attributes: str) -> FakeElement:
    given = {"activity": "lesson-1", "name": "Fractions", "course": "MATH-3", **attributes}
    return FakeElement(**given)


# ── the run ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "answer",
    [NONE_YET, FRESH, Answer(204), Answer(200, "null"), Answer(200, "{}")],
    ids=["404", "no run", "204", "null", "empty"],
)
def test_a_first_start_makes_a_run_and_saves_it(answer):
    tag = Tag(answer)
    [run_id] = tag.server.saved
    assert tag.element.told == [("start", {"runId": run_id, "resumed": False})]
    assert tag.element.state == "active"
    tag.browser.advance(15_000)
    assert {beat.run_id for beat in tag.beats} == {run_id}
    assert tag.beats[0].elapsed_ms == 15_000


def test_a_known_run_is_resumed_and_not_saved_again():
    tag = Tag(KNOWN)
    assert tag.element.told == [("start", {"runId": RUN, "resumed": True})]
    assert tag.server.saved == []
    tag.browser.advance(2_000)
    tag.browser.close()
    assert [beat.run_id for beat in tag.beats] == [RUN]
    assert spans(tag.beats) == [(2_000, 0)]


def test_without_a_place_for_progress_each_page_is_a_run():
    runs = set()
    for _ in range(2):
        element = lesson()
        browser = FakeBrowser()
        Watch(browser, FakeElements(element))
        browser.advance(1_000)
        browser.close()
        [beat] = browser.server.heartbeats
        runs.add(beat.run_id)
    assert len(runs) == 2


def test_a_run_that_the_page_has_is_taken_as_it_is():
    browser = FakeBrowser()
    element = lesson(run=RUN)
    Watch(browser, FakeElements(element))
    assert element.told == [("start", {"runId": RUN, "resumed": True})]
    assert browser.network.sent == []


def test_what_is_completed_is_not_counted():
    tag = Tag(Answer(200, json.dumps({"runId": RUN, "completed": True})))
    assert tag.element.told == [("completed", {"runId": RUN})]
    assert tag.element.state == "completed"
    tag.browser.advance(60_000)
    tag.browser.close()
    assert tag.beats == []


def test_another_tab_was_first_its_run_is_the_one_that_counts():
    tag = Tag(FRESH, KNOWN, latency_ms=100)
    tag.server.saving = Answer(409, json.dumps({"error": {"code": "RUN_EXISTS"}}))
    tag.browser.advance(10_000)
    tag.browser.close()
    assert tag.element.events.count("start") == 2
    [beat] = [beat for beat in tag.beats if beat.run_id == RUN]
    # From the moment of the answer: 100 ms for the first question, 100 for the save.
    assert (beat.elapsed_ms, beat.paused_ms) == (9_800, 0)
    assert sum(beat.elapsed_ms for beat in tag.beats) == 10_000


def test_a_server_that_refuses_every_run_is_not_asked_for_ever():
    tag = Tag(FRESH, FRESH, latency_ms=10)
    tag.server.saving = Answer(409)
    tag.browser.advance(60_000)
    assert tag.element.state == "failed"
    assert "answers 409 to a new run, but names none" in tag.element.error
    assert tag.server.asked == 2


# ── the time until the run is known ──────────────────────────────────────────────────────────


def test_time_counts_while_the_run_is_looked_up():
    tag = Tag(KNOWN, latency_ms=5_000)
    assert tag.element.state == "loading"
    tag.browser.advance(2_000)
    tag.browser.hide()
    tag.browser.advance(1_000)
    tag.browser.show()
    tag.browser.advance(4_000)
    assert tag.element.state == "active"
    tag.browser.close()
    assert spans(tag.beats) == [(6_000, 1_000)]


def test_a_standstill_while_the_run_is_looked_up_is_not_counted():
    tag = Tag(KNOWN, latency_ms=5_000, stall_limit_ms="3000")
    tag.browser.advance(1_500)
    tag.browser.sleep(3_600_000)
    tag.browser.advance(3_500)
    tag.browser.close()
    assert sum(beat.elapsed_ms for beat in tag.beats) == 5_000
    assert sum(beat.paused_ms for beat in tag.beats) >= 3_600_000 - 1_000


def test_inputs_count_while_the_run_is_looked_up():
    tag = Tag(KNOWN, latency_ms=8_000, idle_after_ms="5000")
    tag.browser.advance(4_000)
    tag.browser.act()
    tag.browser.advance(4_500)
    tag.browser.act()
    tag.browser.close()
    assert spans(tag.beats) == [(8_500, 0)]


def test_a_page_that_is_away_while_the_run_is_looked_up_is_not_counted():
    tag = Tag(KNOWN, latency_ms=5_000)
    tag.browser.advance(1_000)
    tag.browser.lifecycle.tell(PageEvent.LEAVING)  # frozen, with its window in sight
    tag.browser.advance(2_000)
    tag.browser.lifecycle.tell(PageEvent.RETURNED)
    tag.browser.advance(3_000)
    tag.browser.close()
    assert spans(tag.beats) == [(4_000, 2_000)]


def test_what_was_seen_before_python_came_is_counted_once():
    browser = FakeBrowser(server=AppServer(KNOWN))
    browser.lifecycle.past = [(-3_000.0, False)]
    elements = FakeElements(lesson(progress=PROGRESS))
    browser.advance(0)
    Watch(browser, elements)
    elements.press(Press.END)
    assert spans(browser.server.heartbeats) == [(browser.clock.monotonic_ms + 3_000, 0)]
    elements.press(Press.RESUME)
    browser.advance(1_000)
    elements.press(Press.END)
    assert spans(browser.server.heartbeats)[1:] == [(1_000, 0)]


def test_an_element_that_comes_later_counts_from_then_on():
    browser = FakeBrowser(server=AppServer(KNOWN))
    browser.lifecycle.past = [(-3_000.0, False)]
    elements = FakeElements()
    Watch(browser, elements)
    browser.advance(60_000)
    elements.put(lesson(progress=PROGRESS))
    browser.advance(2_000)
    browser.close()
    assert spans(browser.server.heartbeats) == [(2_000, 0)]


@pytest.mark.parametrize("trouble", [SERVICE_DOWN, Answer(None, "offline"), Answer(429)])
def test_a_server_that_is_down_is_asked_again_and_the_time_counts(trouble):
    tag = Tag(trouble, trouble, KNOWN)
    [(event, told)] = tag.element.told
    assert (event, told["willRetry"], told["attribute"]) == ("error", True, None)
    assert tag.element.error == told["message"]
    assert tag.elements.logged == [(f"timeback: {told['message']}", False)]
    tag.browser.advance(10_000)
    assert tag.element.events == ["error", "error", "start"]
    assert tag.element.error is None
    tag.browser.close()
    assert spans(tag.beats) == [(10_000, 0)]


def test_retry_after_is_heeded():
    tag = Tag(Answer(503, retry_after="30"), KNOWN)
    tag.browser.advance(29_900)
    assert tag.server.asked == 1
    tag.browser.advance(2_000)
    assert tag.server.asked == 2


def test_the_network_comes_back_and_nobody_waits_for_the_next_try():
    tag = Tag(Answer(503, retry_after="600"), KNOWN)
    tag.browser.go_offline()
    tag.browser.go_online()
    assert tag.element.state == "active"


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (Answer(401), "answered 401; is the learner signed in?"),
        (Answer(400), "answered 400"),
        (Answer(200, "<!doctype html>"), "answered with what is no progress"),
        (Answer(200, "[]"), "expected a JSON object"),
        (Answer(200, '{"runId": 7}'), "runId is no string"),
        (Answer(200, "[" * 100_000), "answered with what is no progress"),
        (Answer(200, '{"runId": "  "}'), "run_id: must not be blank"),
    ],
    ids=["401", "400", "html", "list", "number", "deep", "blank"],
)
def test_an_answer_that_helps_nobody_is_told_once(answer, message):
    tag = Tag(answer)
    assert tag.element.state == "failed"
    assert message in tag.element.error
    assert tag.element.events == ["error"]
    assert [serious for _, serious in tag.elements.logged] == [True]
    tag.browser.advance(120_000)
    tag.browser.close()
    assert tag.beats == []
    assert tag.server.asked == 1
    assert tag.browser.timers.pending == 0


def test_a_run_that_cannot_be_saved_now_is_saved_later():
    tag = Tag(FRESH, latency_ms=10)
    tag.server.saving = SERVICE_DOWN
    tag.browser.advance(5_000)
    assert tag.element.state == "active"
    assert "answered 503" in tag.element.error
    tag.server.saving = Answer(200)
    tag.browser.advance(60_000)
    assert tag.element.error is None
    assert len(tag.server.saved) == 1
    assert {beat.run_id for beat in tag.beats} == set(tag.server.saved)


def test_a_run_that_is_never_taken_is_counted_and_told_of():
    tag = Tag(FRESH, latency_ms=10)
    tag.server.saving = Answer(400)
    tag.browser.advance(20_000)
    assert tag.element.state == "active"
    assert "answered 400" in tag.element.error, "also after a heartbeat was taken"
    assert tag.element.events.count("error") == 1
    assert tag.beats


# ── the learner ──────────────────────────────────────────────────────────────────────────────


def test_pause_resume_end_and_on_with_the_same_run():
    tag = Tag(KNOWN, KNOWN)
    tag.browser.advance(2_000)
    tag.press(Press.PAUSE)
    assert tag.element.state == "paused"
    tag.browser.advance(3_000)
    tag.press(Press.RESUME)
    tag.browser.advance(1_000)
    tag.press(Press.END)
    assert tag.element.state == "ended"
    assert tag.element.told[-1] == ("end", {"runId": RUN, "elapsedMs": 3_000})
    assert sum(beat.elapsed_ms for beat in tag.beats) == 3_000
    tag.browser.advance(60_000)
    tag.press(Press.PAUSE)
    tag.press(Press.END)
    assert tag.element.events.count("end") == 1
    tag.press(Press.RESUME)
    tag.browser.advance(1_000)
    tag.press(Press.END)
    assert sum(beat.elapsed_ms for beat in tag.beats) == 4_000
    assert tag.elements.shown == [
        State.LOADING,
        State.ACTIVE,
        State.PAUSED,
        State.ACTIVE,
        State.ENDED,
        State.LOADING,
        State.ACTIVE,
        State.ENDED,
    ]


def test_a_pause_before_the_run_is_known_counts_as_one():
    tag = Tag(KNOWN, latency_ms=5_000)
    tag.browser.advance(1_000)
    tag.press(Press.PAUSE)
    tag.browser.advance(5_000)
    assert tag.element.state == "paused"
    tag.press(Press.RESUME)
    tag.browser.advance(1_000)
    tag.browser.close()
    assert spans(tag.beats) == [(2_000, 5_000)]


def test_an_end_before_the_run_is_known_loses_nothing():
    tag = Tag(SERVICE_DOWN, KNOWN, latency_ms=500)
    tag.browser.advance(400)
    tag.press(Press.END)
    assert tag.element.state == "ended"
    tag.browser.advance(30_000)
    assert tag.element.state == "ended"
    assert sum(beat.elapsed_ms for beat in tag.beats) == 400
    assert tag.element.events == ["error", "start", "end", "flush"]
    assert tag.browser.timers.pending == 0


def test_going_on_before_the_run_is_known_goes_on_with_the_same_session():
    tag = Tag(KNOWN, latency_ms=5_000)
    tag.browser.advance(1_000)
    tag.press(Press.END)
    tag.browser.advance(2_000)
    tag.press(Press.RESUME)
    assert tag.element.state == "loading"
    tag.browser.advance(3_000)
    tag.browser.close()
    assert spans(tag.beats) == [(4_000, 2_000)]
    assert tag.server.asked == 1


def test_what_is_learnt_after_the_end_changes_no_state():
    tag = Tag(Answer(200, '{"runId": "r", "completed": true}'), latency_ms=500)
    tag.press(Press.END)
    tag.browser.advance(1_000)
    assert tag.element.state == "ended"
    refused = Tag(Answer(401), latency_ms=500)
    refused.press(Press.END)
    refused.browser.advance(1_000)
    assert refused.element.state == "ended"
    assert refused.elements.logged, "but it is told"


def test_an_answer_to_a_former_question_is_not_taken_for_one_to_this():
    tag = Tag(Answer(401), KNOWN, latency_ms=500)
    tag.browser.advance(400)
    twin = lesson(progress=PROGRESS)
    tag.elements.put(twin)
    tag.browser.advance(150)  # that is answered, while the run is looked up anew
    assert (tag.element.state, twin.state) == ("ended", "loading")
    tag.browser.advance(400)
    assert twin.told == [("start", {"runId": RUN, "resumed": True})]


def test_a_sign_in_and_another_try():
    tag = Tag(Answer(401), KNOWN)
    tag.browser.advance(60_000)
    tag.press(Press.RESUME)
    assert tag.element.state == "active"
    assert tag.element.error is None
    tag.browser.advance(1_000)
    tag.browser.close()
    assert spans(tag.beats) == [(1_000, 0)]


def test_delivery_trouble_is_told_and_over_with_the_next_flush():
    tag = Tag(KNOWN)
    tag.server.answer_next(SERVICE_DOWN)
    tag.browser.advance(15_000)
    [told] = [detail for event, detail in tag.element.told if event == "error"]
    assert told["willRetry"] is True
    assert tag.element.error == told["message"]
    tag.browser.advance(60_000)
    assert tag.element.error is None
    assert_tiles(sorted(tag.beats, key=lambda beat: beat.started_at))


def test_time_that_the_server_keeps_is_not_sent():
    tag = Tag(KNOWN, time="off")
    assert tag.element.state == "active"
    tag.browser.advance(60_000)
    tag.press(Press.END)
    tag.browser.close()
    assert tag.beats == []
    assert {sent.request.url for sent in tag.browser.network.sent} == {PROGRESS}


# ── a run that is not saved yet ─────────────────────────────────────────────────────────────


def unsaved():
    tag = Tag(saving=SERVICE_DOWN)
    tag.browser.advance(20_000)
    assert tag.server.saved == []
    return tag


def end_and_go_on(tag):
    tag.press(Press.END)
    tag.browser.advance(1_000)
    tag.press(Press.RESUME)


def replace_the_element(tag):
    tag.elements.put(lesson(progress=PROGRESS))


def remove_it_and_put_another_one(tag):
    tag.elements.put()
    tag.browser.advance(1_000)
    tag.elements.put(lesson(progress=PROGRESS))


@pytest.mark.parametrize(
    "again", [end_and_go_on, replace_the_element, remove_it_and_put_another_one]
)
@pytest.mark.parametrize("refusal", [SERVICE_DOWN, Answer(400)])
def test_a_run_that_is_not_saved_yet_is_gone_on_with(again, refusal):
    tag = unsaved()
    tag.server.saving = refusal
    again(tag)
    again(tag)
    tag.browser.advance(20_000)
    tag.server.saving = Answer(200)
    again(tag)
    tag.browser.advance(120_000)
    tag.elements.put()
    [run_id] = set(tag.server.saved)
    assert {beat.run_id for beat in tag.beats} == {run_id}
    assert sum(beat.elapsed_ms for beat in tag.beats) == 160_000
    assert_tiles(tag.beats[-3:])


def test_a_run_that_another_tab_was_first_with_takes_over_also_after_a_replacement():
    tag = unsaved()
    tag.server.answers = [KNOWN]
    twin = lesson(progress=PROGRESS)
    tag.elements.put(twin)
    tag.server.saving = Answer(409)
    tag.browser.advance(120_000)
    assert twin.told[-1][0] == "flush"
    assert ("start", {"runId": RUN, "resumed": True}) in twin.told
    assert "start" not in tag.element.events[2:]


def test_a_saved_run_is_asked_for_again():
    tag = Tag()
    tag.browser.advance(1_000)
    tag.server.answers = [KNOWN]
    end_and_go_on(tag)
    assert tag.element.told[-1] == ("start", {"runId": RUN, "resumed": True})


@pytest.mark.parametrize("pressed", [True, False], ids=["ended", "replaced"])
def test_two_elements_that_look_for_one_run_begin_one(pressed):
    tag = Tag(SERVICE_DOWN, SERVICE_DOWN, SERVICE_DOWN)
    tag.browser.advance(500)
    if pressed:
        tag.press(Press.END)
    tag.browser.advance(100)
    tag.elements.put(lesson(progress=PROGRESS))
    tag.browser.advance(60_000)
    tag.elements.put()
    assert len(set(tag.server.saved)) == 1
    assert sum(beat.elapsed_ms for beat in tag.beats) == 60_500 + (not pressed) * 100


def test_the_page_s_past_is_counted_also_if_its_element_was_replaced_before_the_run_was_known():
    tag = Tag(SERVICE_DOWN)
    tag.browser.lifecycle.past = [(0.0, False)]
    tag.watch.stop()
    again = AppServer(SERVICE_DOWN)
    tag.browser.network._server = again
    elements = FakeElements(lesson(progress=PROGRESS))
    watch = Watch(tag.browser, elements)
    tag.browser.advance(500)
    elements.put(lesson(progress=PROGRESS))
    tag.browser.advance(10_000)
    watch.stop()
    assert sum(beat.elapsed_ms for beat in again.heartbeats) == 5_000 + 10_500


# ── who is signed in ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("attribute", ["learner", "server", "progress", "run"])
def test_whatever_says_whose_time_of_what_begins_anew_when_it_changes(attribute):
    tag = Tag(KNOWN, KNOWN)
    if attribute == "run":
        tag.element.write("data-timeback-progress", None)
        tag.element.write("data-timeback-run", RUN)
        tag.elements.put(tag.element)
    tag.browser.advance(1_000)
    tag.element.told.clear()
    tag.element.write(f"data-timeback-{attribute}", "/another")
    tag.elements.put(tag.element)
    assert tag.beats[-1].elapsed_ms == 1_000
    tag.browser.advance(1_000)
    assert [name for name in tag.element.events if name != "flush"][:1] == ["end"]
    assert ("answered 404" in (tag.element.error or "")) == (attribute == "progress")


def test_the_run_that_is_written_into_the_page_after_the_start_changes_nothing():
    element = lesson()
    elements = FakeElements(element)
    Watch(FakeBrowser(), elements)
    element.write("data-timeback-run", element.told[0][1]["runId"])
    elements.put(element)
    assert element.events == ["start"]


def test_nothing_of_a_learner_who_has_gone_is_sent_asked_or_shown():
    tag = Tag(SERVICE_DOWN, SERVICE_DOWN, learner="ada")
    tag.server.answer_always(SERVICE_DOWN)
    tag.browser.advance(500)
    tag.element.write("data-timeback-learner", "bob")
    tag.element.write("data-timeback-progress", None)
    tag.element.write("data-timeback-run", OTHER_RUN)
    tag.element.told.clear()
    tag.elements.put(tag.element)
    assert [error for error, _ in tag.elements.logged if "is lost" in error]
    asked = tag.server.asked
    tag.server.answer_always(None)
    tag.browser.advance(60_000)
    assert tag.server.asked == asked
    assert {beat.run_id for beat in tag.beats} == {OTHER_RUN}
    assert "error" not in tag.element.events
    assert tag.element.error is None


def test_a_run_of_a_learner_who_comes_back_is_still_theirs():
    tag = Tag(saving=SERVICE_DOWN, learner="ada")
    tag.browser.advance(1_000)
    [(_, started)] = [one for one in tag.element.told if one[0] == "start"]
    tag.elements.put(lesson(learner="bob", run=OTHER_RUN))
    tag.browser.advance(1_000)
    tag.server.saving = Answer(200)
    tag.browser.advance(60_000)
    assert tag.server.saved == [], "not under the cookie of somebody else"
    tag.elements.put(lesson(learner="ada", progress=PROGRESS))
    assert tag.server.saved == [started["runId"]]


# ── the page ─────────────────────────────────────────────────────────────────────────────────


def test_an_element_that_goes_has_ended_and_the_next_one_begins():
    tag = Tag(KNOWN, Answer(200, json.dumps({"runId": OTHER_RUN})))
    tag.browser.advance(2_000)
    other = lesson(activity="lesson-2", progress=PROGRESS)
    tag.elements.put(other)
    assert tag.element.state == "ended"
    assert spans(tag.beats) == [(2_000, 0)]
    tag.browser.advance(1_000)
    tag.elements.put()
    assert [(beat.id, beat.run_id) for beat in tag.beats] == [
        ("lesson-1", RUN),
        ("lesson-2", OTHER_RUN),
    ]
    assert other.state == "ended"


def test_an_element_that_goes_before_its_run_is_known_has_ended_too():
    tag = Tag(KNOWN, latency_ms=1_000)
    tag.browser.advance(600)
    tag.elements.put()
    tag.browser.advance(10_000)
    assert sum(beat.elapsed_ms for beat in tag.beats) == 600
    assert tag.browser.timers.pending == 0


def test_the_run_of_an_element_that_went_is_not_disturbed_by_the_one_that_came():
    tag = Tag(KNOWN, latency_ms=1_000)
    tag.browser.advance(600)
    other = lesson(activity="lesson-2", run=OTHER_RUN)
    tag.elements.put(other)
    tag.browser.advance(1_000)
    assert (tag.element.state, other.state) == ("ended", "active")
    assert tag.elements.shown == [State.LOADING, State.ENDED, State.LOADING, State.ACTIVE]
    tag.browser.close()
    assert [(beat.run_id, beat.elapsed_ms) for beat in tag.beats] == [
        (RUN, 600),
        (OTHER_RUN, 1_000),
    ]
    tag.watch.stop()


def test_an_element_in_the_place_of_one_that_went_begins_anew():
    tag = Tag(KNOWN, KNOWN)
    tag.browser.advance(1_000)
    twin = lesson(progress=PROGRESS)
    tag.elements.put(twin)
    assert (tag.element.state, twin.state) == ("ended", "active")


def test_what_comes_later_is_shown_for_the_state_as_it_is():
    tag = Tag(KNOWN)
    tag.elements.shown.clear()
    tag.elements.put(tag.element)
    assert tag.elements.shown == [State.ACTIVE]


def test_another_activity_on_the_same_element_is_another_activity():
    tag = Tag(KNOWN, Answer(200, json.dumps({"runId": OTHER_RUN})))
    tag.browser.advance(1_000)
    tag.element.write("data-timeback-activity", "lesson-2")
    tag.elements.put(tag.element)
    tag.browser.advance(1_000)
    tag.browser.close()
    assert [(beat.id, beat.elapsed_ms) for beat in tag.beats] == [
        ("lesson-1", 1_000),
        ("lesson-2", 1_000),
    ]


def test_what_changes_elsewhere_in_the_page_changes_nothing():
    tag = Tag(KNOWN)
    tag.browser.advance(1_000)
    for _ in range(3):
        tag.elements.put(tag.element)
    assert tag.element.events == ["start"]
    assert tag.server.asked == 1


def test_of_two_elements_the_first_counts_and_the_second_is_told_why_not():
    tag = Tag(KNOWN, Answer(200, json.dumps({"runId": OTHER_RUN})))
    second = lesson(activity="lesson-2", progress=PROGRESS)
    for _ in range(3):
        tag.elements.put(tag.element, second)
    assert second.state == "failed"
    assert second.error.startswith("activity 'lesson-2' is not tracked")
    assert second.events == ["error"]
    assert tag.element.state == "active"
    assert State.FAILED not in tag.elements.shown, "the page itself is fine"
    tag.elements.put(second)
    assert (second.state, second.error) == ("active", None)
    tag.browser.advance(1_000)
    tag.browser.close()
    assert [beat.run_id for beat in tag.beats] == [OTHER_RUN]


def test_a_second_element_that_comes_again_is_told_again():
    tag = Tag(KNOWN)
    second = lesson(activity="lesson-2")
    for together in (True, False, True):
        tag.elements.put(tag.element, *([second] if together else []))
    assert second.events == ["error", "error"]


def test_a_bad_attribute_is_told_in_three_places_with_the_same_words():
    tag = Tag(grade="three")
    assert tag.element.state == "failed"
    [(event, told)] = tag.element.told
    assert (event, told["attribute"], told["willRetry"]) == ("error", "data-timeback-course", False)
    assert tag.element.error == told["message"]
    assert tag.elements.logged == [(f"timeback: {told['message']}", True)]
    assert tag.browser.network.sent == []
    assert tag.elements.shown == [State.FAILED]


@pytest.mark.parametrize("attribute", ["progress", "server"])
def test_addresses_of_other_sites_are_refused(attribute):
    element = lesson(**{attribute: "//elsewhere.test/api"})
    browser = FakeBrowser()
    Watch(browser, FakeElements(element))
    assert element.error == f"data-timeback-{attribute}: expected an address of this site"
    assert browser.network.sent == []


def test_what_was_looked_up_before_is_silent_and_ends_with_the_watch():
    tag = Tag(*[SERVICE_DOWN] * 99)
    tag.browser.advance(2_000)
    tag.element.write("data-timeback-activity", "lesson-2")
    tag.element.write("data-timeback-progress", None)
    tag.element.told.clear()
    tag.elements.put(tag.element)
    tag.browser.advance(60_000)
    assert (tag.element.state, tag.element.error) == ("active", None)
    assert "error" not in tag.element.events
    tag.watch.stop()
    assert (tag.browser.timers.pending, tag.browser.lifecycle.listeners) == (0, 0)
    sent = len(tag.browser.network.sent)
    tag.browser.advance(3_600_000)
    assert len(tag.browser.network.sent) == sent


def test_nothing_stays_behind():
    tag = Tag(KNOWN)
    tag.server.answer_always(SERVICE_DOWN)
    tag.browser.advance(5_000)
    assert not tag.watch.stopped
    tag.watch.stop()
    tag.watch.stop()
    assert tag.watch.stopped
    assert tag.element.events.count("end") == 1
    assert tag.element.state == "ended"
    assert tag.elements.listeners == 0
    assert tag.browser.timers.pending == 0
    assert tag.browser.lifecycle.listeners == 0

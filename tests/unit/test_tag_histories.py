"""An element whose run is not saved yet, or whose activity changes while its run is looked up."""

import json

import pytest

from timeback_web.autostart.watch import Watch
from timeback_web.ports import Answer
from timeback_web.ports.elements import Press
from timeback_web.testing import FakeBrowser, FakeServer
from timeback_web.testing.elements import FakeElement, FakeElements

PROGRESS = "/api/progress/"


class AppServer(FakeServer):
    """Remembers a run for each activity, and refuses a second one."""

    def __init__(self):
        super().__init__()
        self.saved = {}
        self.loads, self.saves = True, True

    def handle(self, request):
        if not request.url.startswith(PROGRESS):
            return super().handle(request)
        name = request.url.removeprefix(PROGRESS)
        if request.body is None:
            return self._load(name)
        return self._save(name, json.loads(request.body)["runId"])

    def _load(self, name):
        known = json.dumps({"runId": self.saved.get(name)})
        return Answer(200, known) if self.loads else Answer(503)

    def _save(self, name, run_id):
        if not self.saves:
            return Answer(503)
        if self.saved.setdefault(name, run_id) != run_id:
            return Answer(409)
        return Answer(204)


def lesson(name="a", **more):
    return FakeElement(
        activity=name, name=name.upper(), course="MATH-3", progress=PROGRESS + name, **more
    )


class Tag:
    def __init__(self, *, latency_ms=0, **server):
        self.server = AppServer()
        vars(self.server).update(server)
        self.browser = FakeBrowser(server=self.server)
        self.browser.network.latency_ms = latency_ms
        self.element = lesson()
        self.elements = FakeElements(self.element)
        self.watch = Watch(self.browser, self.elements)

    def again(self, how):
        """The learner ends and resumes; or the page renders the same lesson anew."""
        if how == "end and resume":
            self.elements.press(Press.END)
            self.browser.advance(5_000)
            self.elements.press(Press.RESUME)
        elif how == "replaced":
            self.elements.put(lesson())
        else:
            self.elements.put()
            self.browser.advance(5_000)
            self.elements.put(lesson())

    @property
    def by_run(self):
        runs = {}
        for beat in self.server.heartbeats:
            runs[beat.run_id] = runs.get(beat.run_id, 0) + beat.elapsed_ms
        return runs


AGAIN = ["end and resume", "replaced", "gone and back"]


@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize("latency_ms", [0, 400])
@pytest.mark.parametrize("how", AGAIN)
def test_until_it_is_saved_a_run_stays_the_same(how, latency_ms, times):
    tag = Tag(latency_ms=latency_ms, saves=False)
    tag.browser.advance(40_000)
    for _ in range(times):
        tag.again(how)
        tag.browser.advance(10_000)
    tag.server.saves = True
    tag.browser.advance(120_000)
    tag.watch.stop()
    tag.browser.advance(60_000)
    assert tag.by_run == {tag.server.saved["a"]: 40_000 + times * 10_000 + 120_000}


@pytest.mark.parametrize("how", AGAIN)
def test_replaced_at_once_while_the_save_is_under_way(how):
    tag = Tag(latency_ms=300)
    tag.browser.advance(500)  # the run is known, and being saved
    tag.again(how)
    tag.browser.advance(60_000)
    tag.watch.stop()
    tag.browser.advance(60_000)
    assert tag.by_run == {tag.server.saved["a"]: 60_500}


def test_a_run_that_was_not_saved_is_saved_also_when_it_has_ended():
    tag = Tag(saves=False)
    tag.browser.advance(40_000)
    tag.elements.press(Press.END)
    tag.server.saves = True
    tag.browser.advance(120_000)
    assert tag.by_run == {tag.server.saved["a"]: 40_000}


@pytest.mark.parametrize("latency_ms", [0, 300])
@pytest.mark.parametrize("same_element", [True, False])
def test_the_next_activity_hears_nothing_of_the_last_ones_trouble(same_element, latency_ms):
    tag = Tag(latency_ms=latency_ms, loads=False)
    tag.browser.advance(2_000)
    tag.server.loads = True
    tag.server.saved["b"] = "run-b"
    element = lesson("b")
    if same_element:
        element = tag.element
        for name, value in lesson("b").attributes().items():
            element.write(name, value)
    inner = tag.server.handle
    tag.server.handle = lambda request: (
        Answer(503) if request.url == PROGRESS + "a" else inner(request)
    )
    tag.elements.put(element)
    tag.element.told.clear()
    tag.browser.advance(600_000)
    assert (element.state, element.error) == ("active", None)
    assert "error" not in element.events
    if not same_element:
        # Its own time is not lost: it waits until its run is known.
        assert tag.element.state == "ended"
    tag.watch.stop()
    assert tag.browser.lifecycle.listeners == 0
    sent = len(tag.browser.network.sent)
    tag.browser.advance(3_600_000)
    assert len(tag.browser.network.sent) - sent <= 1  # the last window, if it was refused
    assert tag.browser.timers.pending == 0


@pytest.mark.parametrize("when", ["looking", "counting, not saved", "ended, not known"])
def test_after_stop_nothing_is_asked_any_more(when):
    tag = Tag(loads=when == "counting, not saved", saves=False)
    tag.browser.advance(2_000)
    if when == "ended, not known":
        tag.elements.press(Press.END)
        tag.browser.advance(2_000)
    tag.watch.stop()
    assert (tag.browser.timers.pending, tag.browser.lifecycle.listeners) == (0, 0)
    sent = len(tag.browser.network.sent)
    tag.browser.advance(3_600_000)
    assert len(tag.browser.network.sent) == sent

"""A learner signs out and another signs in, with no page load between: nobody gets another's time.

The server books a heartbeat for whoever is signed in. So of what was counted for Ada nothing may
be sent while Bob is, however it waits: in storage, in memory, or refused while it was under way.
"""

import json

import pytest

from tests.unit.helpers import OTHER_RUN, RUN
from timeback_web import Timeback
from timeback_web.autostart.watch import Watch
from timeback_web.ports import Answer
from timeback_web.testing import FakeBrowser, FakeServer
from timeback_web.testing.elements import FakeElement, FakeElements

RUNS = {"ada": RUN, "bob": OTHER_RUN}
LESSON = {"id": "lesson-1", "name": "Fractions", "course": {"code": "MATH-3"}}


class School(FakeServer):
    """A server that books for whoever is signed in, and can be down."""

    def __init__(self) -> None:
        super().__init__()
        self.signed_in = "ada"
        self.down = False
        self.booked: dict[tuple[str, str], int] = {}

    def handle(self, request):
        if self.down:
            return Answer(503)
        before = len(self.heartbeats)
        answer = super().handle(request)
        if len(self.heartbeats) > before:
            body = json.loads(request.body)
            key = (self.signed_in, body["runId"])
            self.booked[key] = self.booked.get(key, 0) + body["elapsedMs"]
        return answer

    def of(self, learner, *, booked_for=None):
        return self.booked.get((booked_for or learner, RUNS[learner]), 0)


class Tag:
    """Lessons as elements of the page."""

    def __init__(self, browser, learner, *, tagged):
        self.browser, self.tagged = browser, tagged
        self.elements = FakeElements(self.lesson(learner))
        self.watch = Watch(browser, self.elements)

    def lesson(self, learner):
        attributes = {"learner": learner} if self.tagged else {}
        return FakeElement(
            activity=learner,
            name="Fractions",
            course="MATH-3",
            run=RUNS[learner],
            **attributes,
        )

    def sign_out(self):
        self.elements.put()

    def sign_in(self, learner):
        self.elements.put(self.lesson(learner))

    def close(self):
        self.watch.stop()


class SameElement(Tag):
    """One element, written anew for the next learner, whose cookie is there by then."""

    def sign_out(self):
        """The element stays where it is."""

    def sign_in(self, learner):
        [element] = self.elements.find()
        for name, value in self.lesson(learner).attributes().items():
            element.write(name, value)
        self.elements.put(element)


class Page:
    """A client for each learner, as the guide asks for: closed, and made anew."""

    def __init__(self, browser, learner, *, tagged):
        self.browser, self.tagged = browser, tagged
        self.sign_in(learner)

    def sign_in(self, learner):
        tag = {"learner": learner} if self.tagged else {}
        self.timeback = Timeback(browser=self.browser, on_error=lambda *_: None, **tag)
        self.timeback.activity.start({**LESSON, "run_id": RUNS[learner]})

    def sign_out(self):
        self.timeback.close()

    def close(self):
        self.timeback.close()


KINDS = [
    pytest.param(Tag, True, id="tag"),
    pytest.param(SameElement, True, id="same element"),
    pytest.param(Page, True, id="client"),
    pytest.param(Page, False, id="client without a tag of the learner"),
]


@pytest.mark.parametrize("latency_ms", [0, 400])
@pytest.mark.parametrize("away_ms", [0, 1_000, 70_000])
@pytest.mark.parametrize(("kind", "tagged"), KINDS)
def test_what_waits_of_one_learner_is_not_booked_for_the_next(kind, tagged, away_ms, latency_ms):
    server = School()
    browser = FakeBrowser(server=server)
    browser.network.latency_ms = latency_ms
    page = kind(browser, "ada", tagged=tagged)
    browser.advance(16_000)
    server.down = True
    browser.advance(60_000)
    page.sign_out()
    browser.advance(away_ms)
    server.signed_in, server.down = "bob", False
    page.sign_in("bob")
    browser.advance(120_000)
    assert server.of("ada", booked_for="bob") == 0
    assert server.of("bob") >= 105_000
    # Ada comes back, and so does her time.
    page.sign_out()
    browser.advance(1_000)
    server.signed_in = "ada"
    page.sign_in("ada")
    browser.advance(120_000)
    page.close()
    browser.advance(1_000)
    counted_ms = 76_000 + 120_000
    if kind is SameElement:
        counted_ms += away_ms  # the element stands there until it is written anew
    assert server.of("ada") == counted_ms
    assert server.of("bob", booked_for="ada") == 0
    assert browser.timers.pending == browser.lifecycle.listeners == 0


@pytest.mark.parametrize("full", [False, True], ids=["room", "storage is full"])
@pytest.mark.parametrize(("kind", "tagged"), KINDS[2:])
def test_what_is_refused_after_the_client_was_closed_is_kept_or_told_lost(kind, tagged, full):
    server = School()
    browser = FakeBrowser(server=server)
    told = []

    def start(learner):
        tag = {"learner": learner} if tagged else {}
        client = Timeback(browser=browser, on_error=lambda *one: told.append(one), **tag)
        client.activity.start({**LESSON, "run_id": RUNS[learner]})
        return client

    browser.network.latency_ms = 300
    browser.storage.full = full
    ada = start("ada")
    server.down = True
    browser.advance(15_100)  # the heartbeat is under way
    ada.close()
    server.signed_in = "bob"
    bob = start("bob")
    browser.advance(5_000)
    server.down = False
    browser.advance(60_000)
    bob.close()
    browser.storage.full = False
    browser.advance(1_000)
    server.signed_in = "ada"
    ada = start("ada")
    browser.advance(20_000)
    ada.close()
    browser.advance(1_000)
    assert server.of("ada", booked_for="bob") == server.of("bob", booked_for="ada") == 0
    lost_ms = sum(
        context.elapsed_ms
        for _, context in told
        if not context.will_retry and context.run_id == RUN
    )
    assert server.of("ada") + lost_ms == 15_100 + 20_000

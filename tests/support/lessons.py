"""The ways in which a page starts a lesson: a client in Python, the tag, a front end in JavaScript.

Each has the same few handles, so that a history can use one after the other, or several at a time.
"""

from __future__ import annotations

import json
from itertools import count
from typing import TYPE_CHECKING, Protocol

from timeback_web import Timeback
from timeback_web.autostart.watch import Watch
from timeback_web.frontends import FrontEnds
from timeback_web.ports.elements import Press
from timeback_web.testing.elements import FakeElement, FakeElements

if TYPE_CHECKING:
    from tests.support.witness import Witness
    from timeback_web.testing import FakeBrowser

COURSE = "MATH-3"


class Lesson(Protocol):
    """A lesson that is open."""

    def pause(self) -> None: ...
    def resume(self) -> None: ...
    def close(self) -> None: ...


class Page:
    """One page of a learner's browser, and the ways of starting a lesson in it.

    Args:
        browser: The page.
        witness: Told of trouble.
    """

    def __init__(self, browser: FakeBrowser, witness: Witness) -> None:
        self.browser = browser
        self.witness = witness
        self.front_ends = FrontEnds(browser)
        self.elements = FakeElements()
        self.watch: Watch | None = None
        self.keys = count()

    def in_python(self, run_id: str, learner: str | None, time: dict[str, object]) -> Lesson:
        return InPython(self, run_id, learner, time)

    def in_javascript(self, run_id: str, learner: str | None, time: dict[str, object]) -> Lesson:
        return InJavaScript(self, run_id, learner, time)

    def as_element(self, run_id: str, learner: str | None, time: dict[str, object]) -> Lesson:
        return AsElement(self, run_id, learner, time)

    def stop(self) -> None:
        if self.watch is not None:
            self.watch.stop()
            self.watch, self.elements = None, FakeElements()


class InPython:
    def __init__(self, page: Page, run_id: str, learner: str | None, time) -> None:
        self._client = Timeback(
            browser=page.browser, learner=learner, on_error=page.witness.on_error
        )
        self._activity = self._client.activity.start(
            id="lesson", name="Lesson", course={"code": COURSE}, run_id=run_id, time=time
        )
        self.pause, self.resume = self._activity.pause, self._activity.resume
        self.close = self._client.close


class InJavaScript:
    """JavaScript has waited for Python, and hands over what it has begun a moment ago."""

    def __init__(self, page: Page, run_id: str, learner: str | None, time) -> None:
        self._front_ends = page.front_ends
        self._witness = page.witness
        self._client = f"client-{next(page.keys)}"
        self._key = f"activity-{next(page.keys)}"
        config = {"baseURL": "/api/timeback", **({"learner": learner} if learner else {})}
        opened = self._front_ends.open_client(self._client, json.dumps(config), None, self._tell)
        now = page.browser.clock.read()
        began = {"monotonicMs": now.monotonic_ms, "wallMs": now.wall_ms}
        past = {"began": began, "hidden": page.browser.lifecycle.hidden, "changes": []}
        options = {"id": "lesson", "name": "Lesson", "course": {"code": COURSE}, "runId": run_id}
        started = self._front_ends.start(
            self._client,
            self._key,
            json.dumps({**options, "time": time}),
            json.dumps(past),
            self._tell,
        )
        assert (opened, started) == ("", "")

    def pause(self) -> None:
        assert self._front_ends.pause(self._key) == ""

    def resume(self) -> None:
        assert self._front_ends.resume(self._key) == ""

    def close(self) -> None:
        assert self._front_ends.close_client(self._client) == ""

    def _tell(self, what: str, details: str) -> None:
        if what == "error":
            context = json.loads(details)["context"]
            if context["operation"] == "heartbeat" and not context["willRetry"]:
                self._witness.lost[context["runId"]] += context["elapsedMs"]


class HeardElement(FakeElement):
    """An element whose listeners are told of trouble, in words."""

    def __init__(self, witness: Witness, run_id: str, **attributes: str) -> None:
        super().__init__(**attributes)
        self._witness = witness
        self._run_id = run_id

    def tell(self, event: str, detail) -> None:
        super().tell(event, detail)
        if event == "timeback:error" and not detail["willRetry"]:
            self._witness.lost_somehow.add(self._run_id)


class AsElement:
    """An element of the page, which a watch of the whole page has found."""

    def __init__(self, page: Page, run_id: str, learner: str | None, time) -> None:
        self._page = page
        attributes = {name: str(value) for name, value in time.items()}
        if learner:
            attributes["learner"] = learner
        element = HeardElement(
            page.witness,
            run_id,
            activity=run_id,
            name="Lesson",
            course=COURSE,
            run=run_id,
            **attributes,
        )
        page.elements.put(element)
        if page.watch is None:
            page.watch = Watch(page.browser, page.elements)

    def pause(self) -> None:
        self._page.elements.press(Press.PAUSE)

    def resume(self) -> None:
        self._page.elements.press(Press.RESUME)

    def close(self) -> None:
        """The element leaves the page; the watch stays."""
        self._page.elements.put()

"""A lesson in real pages: one run, the tabs it is open in, and what their witnesses saw."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

from tests.faults.witnessed_page import WitnessedPage, learn

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

_LAST_WORDS = """
() => Object.entries(localStorage).filter(([key]) => key.startsWith("faults/witness/"))
"""


class Lesson:
    """One run.

    Args:
        context: Of the browser.
        url: Of the server.
        number: Which lesson it is.
        tabs: How many tabs it is open in.

    Attributes:
        run_id: Given by the first start.
        sessions: How many there were.
        turns: How often the learner came or went, in whatever way.
    """

    def __init__(self, context: BrowserContext, url: str, number: int, tabs: int) -> None:
        self.number = number
        self.run_id = ""
        self.sessions = self.turns = 0
        self._context = context
        self._url = url
        self._witnesses: set[str] = set()
        self.pages = [self.open() for _ in range(tabs)]

    def open(self) -> WitnessedPage:
        page = WitnessedPage(self._context.new_page(), self._url)
        page.load()
        self.begin(page)
        return page

    def begin(self, page: WitnessedPage) -> None:
        """Start a session, or the run."""
        options = f"run_id={self.run_id!r}, " if self.run_id else ""
        name = f"id='lesson-{self.number}', name='Lesson {self.number}'"
        self.run_id = page.start(options + name)
        self._witnesses.add(page.testify().name)
        self.sessions += 1
        self.turns += 1

    def look_at(self, page: WitnessedPage) -> None:
        page.tab.bring_to_front()
        page.await_visibility("visible")
        self.turns += 1

    def end_and_start_again(self, page: WitnessedPage) -> None:
        page.end()
        self.begin(page)

    def pause(self, page: WitnessedPage) -> None:
        page.run("activity.pause()\njs.window.witness.end()")
        self.turns += 1

    def resume(self, page: WitnessedPage) -> None:
        page.run("js.window.witness.begin()\nactivity.resume()")
        self.turns += 1

    def leave(self, page: WitnessedPage) -> None:
        page.leave_to("/e2e/elsewhere.html")
        self.turns += 1

    def go_back(self, page: WitnessedPage) -> None:
        """Out of the back/forward cache; should the browser have given it up, from the server."""
        page.tab.evaluate("history.back()")
        page.tab.wait_for_url("**/track.html", wait_until="commit")
        page.wait_ready()
        self.turns += 1
        if not page.run("'activity' in globals()"):
            self.begin(page)

    def reload(self, page: WitnessedPage) -> None:
        page.load()
        self.begin(page)

    def close_and_open_another(self, page: WitnessedPage) -> None:
        self.pages.remove(page)
        self._context.new_page().bring_to_front()  # a browser closes with its last tab
        page.tab.close()
        self.pages.append(self.open())

    def end(self) -> None:
        for page in self.pages:
            page.end()
            self.turns += 1

    def await_delivery(self, within_s: float) -> None:
        """Wait until nothing waits any more; then a little longer for what must not come."""
        deadline_s = time.monotonic() + within_s
        while self.pages[0].windows_waiting() and time.monotonic() < deadline_s:
            learn(0.2)
        learn(2)

    def true_ms(self) -> float:
        """What the witnesses of all its pages saw, those that are gone and those that are here."""
        seen = {}
        for name, words in self.pages[0].tab.evaluate(_LAST_WORDS):
            seen[name] = json.loads(words)["activeMs"]
        for page in self.pages:
            testimony = page.testify()
            seen[testimony.name] = testimony.active_ms
        assert self._witnesses <= seen.keys(), "a witness left without a word"
        return sum(seen[name] for name in self._witnesses)

    @property
    def problems(self) -> list[str]:
        return [problem for page in self.pages for problem in page.problems]

"""A tracked page with a witness in it, who knows the true time."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.e2e.tracked_page import TrackedPage

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

_WITNESS = (Path(__file__).parent / "witness.js").read_text()
_OUTBOX = "timeback_web/outbox/"


@dataclass(frozen=True)
class Testimony:
    """What the witness of one page had seen at one moment.

    Attributes:
        name: Of the witness; each load of a page has its own.
        active_ms: True active time so far.
        counting: Whether it went on from there.
        epoch_ms: The moment, on the wall clock that the test shares with the page.
    """

    name: str
    active_ms: float
    counting: bool
    epoch_ms: float

    @classmethod
    def of(cls, seen: dict[str, Any]) -> Testimony:
        return cls(seen["name"], seen["activeMs"], seen["counting"], seen["epochMs"])

    def active_ms_at(self, epoch_s: float) -> float:
        """True active time at a later moment, should nothing have changed before."""
        later_ms = epoch_s * 1000 - self.epoch_ms
        return self.active_ms + (later_ms if self.counting else 0)


class WitnessedPage(TrackedPage):
    """Wraps a tab; `start` and `end` begin and end the witness's count, too."""

    def __init__(self, tab: Page, url: str, *scripts: str) -> None:
        super().__init__(tab, url)
        for script in (_WITNESS, *scripts):
            tab.add_init_script(script)

    def start(self, options: str = "", client: str = "") -> str:
        run_id = self.run(
            f"""
            import js
            timeback = Timeback({client})
            js.window.witness.begin()
            activity = start(timeback, {options})
            activity.run_id
            """
        )
        return str(run_id)

    def end(self) -> None:
        self.run("js.window.witness.end()\nawait activity.end()")

    def testify(self) -> Testimony:
        return Testimony.of(self.tab.evaluate("witness.read()"))

    def true_ms(self) -> float:
        return self.testify().active_ms

    def await_visibility(self, state: str) -> None:
        # Polled by timer: a hidden page draws no frames, which the default would wait for.
        self.tab.wait_for_function(f"() => document.visibilityState === '{state}'", polling=50)

    def windows_waiting(self) -> int:
        """How many windows wait in storage."""
        count = "prefix => Object.keys(localStorage).filter(k => k.startsWith(prefix)).length"
        return int(self.tab.evaluate(count, _OUTBOX))


def last_words(context: BrowserContext, url: str) -> float:
    """True active time of all witnesses that have left their pages, as they wrote it down."""
    reader = context.new_page()
    reader.goto(f"{url}/e2e/elsewhere.html")
    told = reader.evaluate(
        """
        () => Object.keys(localStorage)
            .filter(key => key.startsWith("faults/witness/"))
            .map(key => JSON.parse(localStorage.getItem(key)).activeMs)
        """
    )
    reader.close()
    return float(sum(told))


def learn(seconds: float) -> None:
    """Somebody learns for a while; that is, time passes."""
    time.sleep(seconds)

"""A page in which the test runs Python, in whichever browser."""

from __future__ import annotations

import time
from textwrap import dedent
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.engines.engine import Engine

BOOT_TIMEOUT_S = 90
_WITNESS = """
() => {
    window.startedAt = performance.now();
    addEventListener("pagehide", () => {
        localStorage.setItem("witness", performance.now() - window.startedAt);
    }, { capture: true });
}
"""


class EnginePage:
    """Wraps the tab of an engine that is on `/e2e/track.html`."""

    def __init__(self, engine: Engine, url: str) -> None:
        self.engine = engine
        self.is_open = False
        self._url = url

    def open(self, learner: str = "ada") -> EnginePage:
        """Open a tab as a learner who is signed in, with Python ready."""
        self._open_blank()
        status = self.engine.evaluate(
            """learner => fetch("/api/signin", {
                method: "POST", body: JSON.stringify({ learner }),
            }).then(answer => answer.status)""",
            learner,
        )
        assert status == 204
        self.engine.go(f"{self._url}/e2e/track.html")
        self._wait_ready()
        return self

    def _wait_ready(self) -> None:
        deadline = time.monotonic() + BOOT_TIMEOUT_S
        while not self.engine.evaluate("() => !!window.runPython"):
            assert time.monotonic() < deadline, "Python did not become ready"
            time.sleep(0.1)

    def run(self, source: str) -> Any:
        """Run Python in the page; the value of the last expression, if it is a plain one."""
        return self.engine.evaluate("source => window.runPython(source)", dedent(source))

    def start(self, options: str = "") -> str:
        """Start an activity as `activity`; its run id. A witness looks at the clock, too."""
        self.engine.evaluate(_WITNESS)
        run_id = self.run(
            f"""
            timeback = Timeback()
            activity = start(timeback, {options})
            activity.run_id
            """
        )
        return str(run_id)

    def leave(self) -> None:
        """Navigate to another page of the site."""
        self.engine.go(f"{self._url}/e2e/elsewhere.html")

    def close(self) -> None:
        if self.is_open:
            self.engine.close_tab()
            self.is_open = False

    def stored(self) -> int:
        """Windows that wait in storage."""
        keys = self.engine.evaluate("() => Object.keys(localStorage)")
        return sum(key != "witness" for key in keys)

    def witnessed_ms(self) -> float:
        """What the witness has seen of the page that was left last, from start to `pagehide`."""
        self._open_blank()
        witnessed = self._witness()
        self.close()
        return witnessed

    def _witness(self) -> float:
        return float(self.engine.evaluate("() => localStorage.getItem('witness')"))

    def forget(self) -> None:
        """Leave nothing to the next test."""
        self._open_blank()
        self.engine.evaluate("() => localStorage.clear()")
        self.close()

    def _open_blank(self) -> None:
        if not self.is_open:
            self.engine.open_tab()
            self.is_open = True
        self.leave()

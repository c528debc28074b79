"""A browser tab in which the test runs Python."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

BOOT_TIMEOUT_MS = 90_000


class TrackedPage:
    """Wraps a tab on `/e2e/track.html`."""

    def __init__(self, tab: Page, url: str) -> None:
        self.tab = tab
        self.problems: list[str] = []
        self._url = url
        tab.on("pageerror", lambda error: self.problems.append(str(error)))

    def load(self) -> None:
        """Go to the page and wait until Python is ready."""
        self.tab.goto(f"{self._url}/e2e/track.html")
        self.wait_ready()

    def wait_ready(self) -> None:
        # Polled by timer: a hidden page draws no frames, which the default would wait for.
        self.tab.wait_for_function("() => !!window.runPython", polling=200, timeout=BOOT_TIMEOUT_MS)

    def run(self, source: str) -> Any:
        """Run Python in the page; the value of the last expression, if it is a plain one."""
        return self.tab.evaluate("source => window.runPython(source)", dedent(source))

    def start(self, options: str = "", client: str = "") -> str:
        """Start an activity as `activity`; its run id."""
        run_id = self.run(
            f"""
            timeback = Timeback({client})
            activity = start(timeback, {options})
            activity.run_id
            """
        )
        return str(run_id)

    def leave_to(self, path: str) -> None:
        """Navigate to another page of the site."""
        self.tab.goto(f"{self._url}{path}")

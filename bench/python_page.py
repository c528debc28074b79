"""A tab in which the bench runs Python, with the bundle's `timeback_web` at hand."""

from __future__ import annotations

from contextlib import contextmanager
from textwrap import dedent
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from bench.lab import Lab
    from tests.support.chromium import Chromium


class PythonPage:
    """Wraps a tab whose page has left Pyodide in `window.python`."""

    def __init__(self, tab: Page) -> None:
        self.tab = tab

    def run(self, source: str) -> Any:  # noqa: ANN401
        """Run Python; the value of the last expression, if it is a plain one."""
        return self.tab.evaluate("source => python.runPythonAsync(source)", dedent(source))

    def wait(self, milliseconds: float) -> None:
        """Let the page do what it does."""
        self.tab.wait_for_timeout(milliseconds)


@contextmanager
def open_python(lab: Lab, browser: Chromium, path: str) -> Iterator[PythonPage]:
    """Open a page, and wait until it reports that Python is there."""
    tab = browser.context.new_page()
    tab.bring_to_front()
    tab.goto(f"{lab.site.origin}{path}", wait_until="commit")
    lab.site.await_report()
    yield PythonPage(tab)
    tab.close()

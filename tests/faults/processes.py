"""The processes of a browser, for tests that stop or kill them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.faults.witnessed_page import WitnessedPage
    from tests.support.chromium import Chromium

_BUSY = "until = performance.now() + 1500; while (performance.now() < until);"


def renderer_of(browser: Chromium, page: WitnessedPage) -> int:
    """The process that works when the page is made to work; ask before the page is timed."""
    before = _renderers(browser)
    page.tab.evaluate(f"() => {{ let {_BUSY} }}")
    after = _renderers(browser)
    return max(after, key=lambda process: after[process] - before.get(process, 0.0))


def _renderers(browser: Chromium) -> dict[int, float]:
    """CPU seconds of each renderer, by process id."""
    cdp = browser.browser.new_browser_cdp_session()
    processes = cdp.send("SystemInfo.getProcessInfo")["processInfo"]
    cdp.detach()
    return {one["id"]: one["cpuTime"] for one in processes if one["type"] == "renderer"}

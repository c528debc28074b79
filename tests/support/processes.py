"""The processes of a browser, for tests that stop or kill them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from playwright.sync_api import Error

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.support.chromium import Chromium

_BUSY = "() => { const until = performance.now() + 400; while (performance.now() < until); }"
_TRIES = 10


class _HasTab(Protocol):
    tab: Page


def renderer_of(browser: Chromium, page: _HasTab) -> int:
    """The process that works when the page is made to work; ask before the page is timed.

    Other pages may be busy as well (one that has just been opened compiles for seconds), so it is
    made to work until nobody else has worked half as much.
    """
    worked: dict[int, float] = {}
    for _ in range(_TRIES):
        try:
            before = _renderers(browser)
            page.tab.evaluate(_BUSY)
            after = _renderers(browser)
        except Error:  # of a process that came or went while it was asked for
            continue
        worked = {process: after[process] - before.get(process, 0.0) for process in after}
        victim, *others = sorted(worked, key=lambda process: worked[process], reverse=True)
        if all(worked[other] < worked[victim] / 2 for other in others):
            return victim
    raise AssertionError(f"whose process is it? {worked}")


def _renderers(browser: Chromium) -> dict[int, float]:
    """CPU seconds of each renderer, by process id."""
    cdp = browser.browser.new_browser_cdp_session()
    processes = cdp.send("SystemInfo.getProcessInfo")["processInfo"]
    cdp.detach()
    return {one["id"]: one["cpuTime"] for one in processes if one["type"] == "renderer"}

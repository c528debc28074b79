"""Living through a history in a real browser, in a process of its own."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.faults.witnessed_page import Testimony, last_words
from tests.support.chromium import Chromium, launch_chromium

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from bench.histories import Act, History, Visit

_WITNESS = (Path(__file__).parents[1] / "tests" / "faults" / "witness.js").read_text()
_BOOT_TIMEOUT_MS = 120_000
_ARRIVAL_S = 3.0
_INPUT_EVERY_S = 0.4


@dataclass(frozen=True)
class Lived:
    """A history that has been lived through, and its truth."""

    history: History
    true_ms: float


def live(origin: str, folder: Path, history: History) -> Lived:
    """Do all that the history says, in a browser with a fresh profile."""
    with launch_chromium(folder / history.name) as browser:
        killed_ms = 0.0
        for visit in history.visits:
            killed_ms += _Learner(browser, origin, history.name).live(visit)
        time.sleep(_ARRIVAL_S)
        return Lived(history, killed_ms + last_words(browser.context, origin))


class _Learner:
    def __init__(self, browser: Chromium, origin: str, name: str) -> None:
        self._browser = browser
        self._origin = origin
        self._name = name
        self._other = browser.context.new_page()
        self._tab = browser.context.new_page()
        self._tab.add_init_script(_WITNESS)
        self._cdp = browser.browser.new_browser_cdp_session()

    def live(self, visit: Visit) -> float:
        """One visit; its true time, if the page can't tell it any more."""
        before = self._renderers()
        self._open()
        after = self._renderers()
        renderer = max(after, key=lambda process: after[process] - before.get(process, 0.0))
        for act in visit.acts:
            self._do(act)
        if visit.end == "kill":
            seen = Testimony.of(self._tab.evaluate("witness.read()"))
            os.kill(renderer, signal.SIGKILL)
            return seen.active_ms_at(time.time())
        if visit.end == "navigate":
            self._tab.goto(f"{self._origin}/blank.html")
        self._tab.close()
        return 0.0

    def _open(self) -> None:
        self._tab.bring_to_front()
        self._tab.goto(f"{self._origin}/history.html?history={self._name}")
        self._tab.wait_for_function("() => !!window.started", polling=100, timeout=_BOOT_TIMEOUT_MS)

    def _do(self, act: Act) -> None:
        if act.kind == "work":
            self._work(act.seconds)
        elif act.kind == "read":
            time.sleep(act.seconds)
        elif act.kind == "hide":
            self._other.bring_to_front()
            time.sleep(act.seconds)
            self._tab.bring_to_front()
        else:
            self._set_window("minimized")
            time.sleep(act.seconds)
            self._set_window("normal")
        _await_sight(self._tab)

    def _work(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        place = 0
        while time.monotonic() < until:
            place = (place + 17) % 200
            self._tab.mouse.move(20 + place, 20 + place)
            self._tab.mouse.wheel(0, 10 if place % 2 else -10)
            time.sleep(_INPUT_EVERY_S)

    def _set_window(self, state: str) -> None:
        session = self._browser.context.new_cdp_session(self._tab)
        window = session.send("Browser.getWindowForTarget")["windowId"]
        session.detach()
        bounds = {"windowId": window, "bounds": {"windowState": state}}
        self._cdp.send("Browser.setWindowBounds", bounds)

    def _renderers(self) -> dict[int, float]:
        """CPU seconds of each renderer, by process id."""
        processes = self._cdp.send("SystemInfo.getProcessInfo")["processInfo"]
        return {one["id"]: one["cpuTime"] for one in processes if one["type"] == "renderer"}


def _await_sight(tab: Page) -> None:
    tab.wait_for_function("() => document.visibilityState === 'visible'", polling=50)

"""Handlers that the browser stops midway, as Firefox does when it shuts a page's process down.

Such a stop is no exception that code could see: no `except` and no `finally` runs. What follows
`pagehide`, the `visibilitychange` of a page that was in sight, runs all the same.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import timeback_web
from tests.unit.helpers import Page
from timeback_web.ports import PageEvent

if TYPE_CHECKING:
    from types import FrameType

_PACKAGE = str(Path(timeback_web.__file__).parent)
_TESTING = str(Path(timeback_web.__file__).parent / "testing")
WORKED_MS = 5_000
MOST_LINES = 2_000


class _StoppedError(BaseException):
    pass


class _Stop:
    """Stops what runs in the package before a line of it, counted from the first."""

    def __init__(self, before_line: int) -> None:
        self._lines_left = before_line
        self.stopped = False

    def __call__(self, frame: FrameType, event: str, _: Any) -> Any:
        path = frame.f_code.co_filename
        if not path.startswith(_PACKAGE) or path.startswith(_TESTING):
            return None
        if event == "line":
            self._lines_left -= 1
            if self._lines_left <= 0:
                self.stopped = True
                raise _StoppedError
        return self


def stop_in_leaving(page: Page, before_line: int) -> bool:
    """Leave the page; whether the handler got to that line."""
    stop = _Stop(before_line)
    before = sys.gettrace()
    sys.settrace(stop)
    try:
        page.browser.lifecycle.tell(PageEvent.LEAVING)
    except _StoppedError:
        pass
    finally:
        sys.settrace(before)
    return stop.stopped


def worked(**network: Any) -> Page:
    page = Page()
    vars(page.browser.network).update(network)
    page.start(time={"heartbeat_ms": 600_000})
    page.browser.advance(WORKED_MS)
    return page


def count_lines() -> int:
    """How many lines leaving takes: the test below can't end with fewer."""
    return next(n for n in range(1, MOST_LINES) if not stop_in_leaving(worked(**FIREFOX), n))


FIREFOX = {"has_fetch_later": False, "receipts": False}


def test_wherever_leaving_is_stopped_what_follows_reports_the_window():
    lines = count_lines()
    assert lines > 50
    for line in range(1, lines):
        page = worked(**FIREFOX)
        assert stop_in_leaving(page, line)
        page.browser.lifecycle.tell(PageEvent.HIDDEN)
        bodies = {sent.request.body for sent in page.browser.network.sent}
        assert len(bodies) == 1, f"line {line} of {lines}"
        assert page.heartbeats[0].elapsed_ms == WORKED_MS, f"line {line} of {lines}"


def test_an_error_is_no_stop_and_nothing_is_sent_twice(monkeypatch: pytest.MonkeyPatch):
    page = worked()
    network, beacon = page.browser.network, page.browser.network.beacon

    def fail_after_sending(*arguments: Any) -> bool:
        beacon(*arguments)
        raise RuntimeError("of somebody else's")

    monkeypatch.setattr(network, "beacon", fail_after_sending)
    with pytest.raises(RuntimeError):
        page.browser.lifecycle.tell(PageEvent.LEAVING)
    monkeypatch.undo()
    page.browser.lifecycle.tell(PageEvent.HIDDEN)
    assert page.ways == ["beacon"]


def test_an_app_that_is_told_of_the_window_may_cause_events_meanwhile():
    page = Page()
    page.browser.network.receipts = False
    told: list[int] = []

    def on_flush(elapsed_ms: int) -> None:
        told.append(elapsed_ms)
        page.browser.lifecycle.tell(PageEvent.FOCUSED)

    page.start(time={"heartbeat_ms": 600_000}, on_flush=on_flush)
    page.browser.advance(WORKED_MS)
    page.browser.lifecycle.tell(PageEvent.LEAVING)
    assert told == [WORKED_MS]
    assert page.ways == ["beacon"]

"""Callbacks that act: whatever they start, end or close, nothing is left half done."""

from __future__ import annotations

import pytest

from tests.unit.helpers import OTHER_RUN, SERVICE_DOWN, Page, spans
from timeback_web import ActivityInProgressError, TimebackError, UsageError
from timeback_web.testing import FakeStorage


class Headers:
    """An app's headers callable that fails as long as a test wants it to."""

    def __init__(self) -> None:
        self.fail = False
        self.act = lambda: None

    def __call__(self) -> dict[str, str]:
        self.act()
        if self.fail:
            raise ValueError("no token")
        return {}


def page_with_something_waiting():
    """Whose `start()` sends at once, and fails at that."""
    storage = FakeStorage()
    before = Page(storage=storage)
    activity = before.start()
    before.browser.server.answer_always(SERVICE_DOWN)
    before.browser.advance(20_000)
    activity.end()
    before.browser.close()
    headers = Headers()
    page = Page(storage=storage, headers=headers, later_ms=60_000)
    headers.fail = True
    return page, headers


def test_end_in_on_error_of_start():
    page, headers = page_with_something_waiting()
    open_then = []

    def on_error(_, __):
        if page.timeback.activity.current:
            open_then.append(page.timeback.activity.current)
            page.timeback.activity.current.end()

    activity = page.start(on_error=on_error)
    assert open_then == [activity]
    assert activity.ended
    assert page.timeback.activity.current is None
    headers.fail = False
    page.browser.advance(60_000)
    assert page.traces == (0, 0, 0, 0)


def test_close_in_on_error_of_start():
    page, _ = page_with_something_waiting()
    activity = page.start(on_error=lambda *_: page.timeback.close())
    assert activity.ended
    page.browser.advance(60_000)
    assert page.traces[:2] == (0, 0)


def test_start_in_on_error_of_start():
    page, _ = page_with_something_waiting()
    refused = []

    def on_error(_, __):
        with pytest.raises(ActivityInProgressError) as caught:
            page.start(OTHER_RUN)
        refused.append(caught.value)

    activity = page.start(on_error=on_error)
    assert refused
    assert page.timeback.activity.current is activity
    assert not activity.ended


@pytest.mark.parametrize("what", ["start", "close"])
def test_headers_that_act(what):
    page, headers = page_with_something_waiting()
    headers.fail = False
    headers.act = lambda: page.start(OTHER_RUN) if what == "start" else page.timeback.close()
    activity = page.start()
    headers.act = lambda: None
    assert activity.ended == (what == "close")
    assert page.timeback.activity.current is (None if what == "close" else activity)
    page.timeback.close()
    page.browser.advance(120_000)
    assert page.traces[:2] == (0, 0)


def test_callbacks_of_start_come_in_order_and_later_ones_at_once():
    page, headers = page_with_something_waiting()
    headers.fail = False
    told = []
    activity = page.start(
        on_flush=lambda elapsed_ms: told.append(("flush", page.timeback.activity.current)),
        on_pause=lambda: told.append(("pause", page.timeback.activity.current)),
    )
    before = len(told)
    assert told == [("flush", activity)] * before
    assert before
    activity.pause()
    assert told[before][0] == "pause"


def test_start_in_on_flush_of_end():
    page = Page()
    started = []

    def on_flush(_):
        if not started and activity.ended:
            started.append(page.start(OTHER_RUN, on_flush=None))

    activity = page.start(on_flush=on_flush)
    page.browser.advance(5_000)
    activity.end()
    [other] = started
    assert page.timeback.activity.current is other
    page.browser.advance(5_000)
    other.end()
    assert spans(page.heartbeats) == [(5_000, 0), (5_000, 0)]
    assert page.traces == (0, 0, 0, 0)


@pytest.mark.parametrize("callback", ["on_flush", "on_pause"])
def test_close_in_a_callback(callback):
    page = Page()
    activity = page.start(**{callback: lambda *_: page.timeback.close()})
    page.browser.advance(5_000)
    page.browser.hide()
    page.browser.show()
    assert activity.ended
    with pytest.raises(UsageError):
        page.start(OTHER_RUN)
    page.browser.advance(20_000)
    assert page.traces == (0, 0, 0, 0)
    assert sum(active for active, _ in spans(page.heartbeats)) == 5_000


def test_a_callback_of_start_that_raises_is_told_like_any_other():
    page, _ = page_with_something_waiting()
    told = []

    def on_error(error, context):
        told.append(context.operation)
        raise TimebackError("the app's own bug")

    activity = page.start(on_error=on_error)
    assert told
    assert page.timeback.activity.current is activity


def test_an_end_that_cannot_be_flushed_is_an_end():
    page = Page()
    activity = page.start()
    page.browser.advance(1_000)
    page.browser.network.beacon = None
    with pytest.raises(TypeError):
        activity.end()
    assert activity.ended
    assert page.timeback.activity.current is None
    assert page.start(OTHER_RUN).run_id == OTHER_RUN

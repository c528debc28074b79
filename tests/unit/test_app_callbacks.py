import asyncio
import gc
import logging

import pytest

from timeback_web import ErrorContext, TimebackError
from timeback_web.callbacks import Callbacks
from timeback_web.notices import Notices

TROUBLE = TimebackError("trouble")
CONTEXT = ErrorContext(operation="heartbeat", run_id="run-a", elapsed_ms=5)


def callbacks(**of_the_app):
    return Callbacks(Notices(), **of_the_app)


def boom(*_):
    raise RuntimeError("the app's own bug")


def test_the_app_is_told_what_happened():
    told = []
    reporter = callbacks(
        on_error=lambda *arguments: told.append(arguments),
        on_pause=lambda: told.append("pause"),
        on_resume=lambda: told.append("resume"),
        on_flush=told.append,
    )
    reporter.paused("run-a")
    reporter.resumed("run-a")
    reporter.flushed("run-a", 7)
    reporter.error(TROUBLE, CONTEXT)
    assert told == ["pause", "resume", 7, (TROUBLE, CONTEXT)]


def test_without_callbacks_nothing_happens(caplog):
    reporter = callbacks()
    reporter.paused("run-a")
    reporter.resumed("run-a")
    reporter.flushed("run-a", 7)
    assert caplog.records == []


def test_trouble_that_nobody_asks_for_is_logged(caplog):
    with caplog.at_level(logging.WARNING, logger="timeback_web"):
        callbacks().error(TROUBLE, CONTEXT)
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "trouble" in caplog.text
    assert "run-a" in caplog.text


def test_trouble_that_is_asked_for_is_not_logged(caplog):
    callbacks(on_error=lambda *_: None).error(TROUBLE, CONTEXT)
    assert caplog.records == []


@pytest.mark.parametrize("callback", ["on_pause", "on_resume", "on_flush"])
def test_a_callback_that_raises_reaches_on_error_and_no_further(callback):
    told = []
    reporter = Callbacks(
        Notices(), on_error=lambda *arguments: told.append(arguments), **{callback: boom}
    )
    {
        "on_pause": lambda: reporter.paused("run-a"),
        "on_resume": lambda: reporter.resumed("run-a"),
        "on_flush": lambda: reporter.flushed("run-a", 7),
    }[callback]()
    [(error, context)] = told
    assert isinstance(error.__cause__, RuntimeError)
    assert "the app's own bug" in str(error)
    assert (context.operation, context.run_id, context.will_retry) == ("callback", "run-a", False)


def test_a_callback_that_raises_without_on_error_is_logged(caplog):
    callbacks(on_pause=boom).paused("run-a")
    assert "the app's own bug" in caplog.text


def test_an_on_error_that_raises_is_logged_and_not_called_again(caplog):
    calls = []

    def on_error(*_):
        calls.append(1)
        boom()

    callbacks(on_error=on_error).error(TROUBLE, CONTEXT)
    assert len(calls) == 1
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "the app's own bug" in caplog.text


def test_a_callback_of_the_wrong_arity_is_the_apps_trouble_not_ours():
    told = []
    callbacks(on_error=lambda e, _: told.append(e), on_flush=lambda: None).flushed("run-a", 7)
    assert isinstance(told[0].__cause__, TypeError)


def test_an_async_callback_runs():
    told = []

    async def on_flush(ms):
        await asyncio.sleep(0)
        told.append(ms)

    async def page():
        callbacks(on_flush=on_flush).flushed("run-a", 7)
        gc.collect()
        await asyncio.sleep(0.01)

    asyncio.run(page())
    assert told == [7]


def test_an_async_callback_that_raises_reaches_on_error():
    told = []

    async def on_pause():
        boom()

    async def page():
        Callbacks(
            Notices(), on_error=lambda error, _: told.append(error), on_pause=on_pause
        ).paused("run-a")
        await asyncio.sleep(0.01)

    asyncio.run(page())
    assert isinstance(told[0].__cause__, RuntimeError)


def test_an_async_on_error_that_raises_is_logged(caplog):
    async def on_error(*_):
        boom()

    async def page():
        callbacks(on_error=on_error).error(TROUBLE, CONTEXT)
        await asyncio.sleep(0.01)

    asyncio.run(page())
    assert "the app's own bug" in caplog.text


def test_a_cancelled_callback_is_no_trouble(caplog):
    async def on_pause():
        raise asyncio.CancelledError

    async def page():
        callbacks(on_pause=on_pause).paused("run-a")
        await asyncio.sleep(0.01)

    asyncio.run(page())
    assert caplog.records == []


def test_an_async_callback_where_no_loop_runs_is_reported_and_closed():
    told = []

    async def on_pause():
        raise AssertionError("it can't run")

    callbacks(on_error=lambda error, _: told.append(error), on_pause=on_pause).paused("run-a")
    gc.collect()
    assert isinstance(told[0].__cause__, RuntimeError)

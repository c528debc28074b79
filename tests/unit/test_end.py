"""`end()`: at once, once, and never in the way."""

import asyncio
import gc

import pytest

from tests.unit.helpers import (
    DAY_MS,
    HEARTBEAT_MS,
    LESSON,
    OTHER_RUN,
    SERVICE_DOWN,
    Page,
    spans,
)
from timeback_web import ActivityInProgressError, InvalidOptionsError, UsageError
from timeback_web.activity import END_LIMIT_MS
from timeback_web.testing import FakeStorage


async def wait_for(awaitable):
    return await awaitable


# ── what it does ─────────────────────────────────────────────────────────────────────────────────


def test_it_sends_before_it_returns():
    page = Page()
    page.browser.network.latency_ms = 100
    activity = page.start()
    page.browser.advance(7_000)
    activity.end()
    assert page.ways == ["beacon"]


def test_it_ends_once_and_returns_the_same_again():
    page = Page()
    activity = page.start()
    page.browser.advance(7_000)
    first = activity.end()
    page.browser.advance(7_000)
    assert activity.end() is first
    assert activity.end({"xp_earned": 5}) is first
    assert spans(page.heartbeats) == [(7_000, 0)]
    assert page.browser.server.submits == []


def test_afterwards_the_activity_is_still():
    page = Page()
    activity = page.start()
    activity.end()
    activity.pause()
    activity.resume()
    page.browser.hide()
    page.browser.show()
    page.browser.advance(60_000)
    assert (activity.ended, activity.paused) == (True, True)
    assert page.traces == (0, 0, 0, 0)
    assert page.browser.network.sent == []


@pytest.mark.parametrize("prepare", [lambda a: None, lambda a: a.pause()], ids=["run", "paused"])
def test_it_records_no_completion(prepare):
    page = Page()
    activity = page.start()
    page.browser.advance(5_000)
    prepare(activity)
    page.browser.advance(5_000)
    activity.end()
    assert page.browser.server.submits == []
    assert sum(sum(pair) for pair in spans(page.heartbeats)) == 10_000


def test_never_awaiting_it_gives_no_warning():
    page = Page()
    page.start().end()
    gc.collect()


# ── awaiting it ──────────────────────────────────────────────────────────────────────────────────


def test_it_may_be_awaited_more_than_once():
    page = Page()
    activity = page.start()
    page.browser.advance(5_000)

    async def app():
        closing = activity.end()
        await closing
        await closing
        await activity.end()

    asyncio.run(app())


def test_awaiting_waits_for_the_answer():
    page = Page()
    page.browser.network.latency_ms = 300
    activity = page.start()
    page.browser.advance(5_000)

    async def app():
        closing = activity.end()
        waiter = asyncio.ensure_future(wait_for(closing))
        page.browser.advance(299)
        await asyncio.sleep(0)
        assert not waiter.done()
        page.browser.advance(1)
        await waiter

    asyncio.run(app())
    assert page.flushed == [5_000]


@pytest.mark.parametrize("way", ["offline", "refused", "full"])
def test_awaiting_never_raises_for_trouble_with_delivery(way):
    page = Page()
    activity = page.start()
    page.browser.advance(5_000)
    if way == "offline":
        page.browser.go_offline()
    else:
        page.browser.server.answer_always(SERVICE_DOWN)
    page.browser.storage.full = way == "full"
    asyncio.run(wait_for(activity.end()))
    assert page.flushed == []


def test_awaiting_is_bounded_when_the_server_hangs():
    page = Page()
    page.browser.network.latency_ms = 10**9
    activity = page.start()
    page.browser.advance(5_000)
    closing = activity.end()
    page.browser.advance(END_LIMIT_MS - 1)
    assert closing.done is False
    page.browser.advance(1)
    assert closing.done is True


def test_the_bound_leaves_no_timer_behind():
    page = Page()
    page.browser.network.latency_ms = 300
    activity = page.start()
    page.browser.advance(5_000)
    activity.end()
    page.browser.advance(300)
    assert page.browser.timers.pending == 0


# ── async with ───────────────────────────────────────────────────────────────────────────────────


def test_async_with_ends_it():
    page = Page()

    async def app():
        async with page.start() as activity:
            page.browser.advance(5_000)
            assert activity.ended is False
        assert activity.ended is True

    asyncio.run(app())
    assert spans(page.heartbeats) == [(5_000, 0)]


def test_async_with_ends_it_when_the_body_raises():
    page = Page()

    async def app():
        async with page.start():
            page.browser.advance(5_000)
            raise KeyError("the lesson's own bug")

    with pytest.raises(KeyError, match="own bug"):
        asyncio.run(app())
    assert spans(page.heartbeats) == [(5_000, 0)]
    assert page.timeback.activity.current is None


def test_async_with_takes_an_end_inside():
    page = Page()

    async def app():
        async with page.start() as activity:
            page.browser.advance(5_000)
            await activity.end({"xp_earned": 1})

    asyncio.run(app())
    assert (len(page.heartbeats), len(page.browser.server.submits)) == (1, 1)


# ── one at a time ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("time", [True, False])
def test_a_second_start_is_refused_and_says_what_to_do(time):
    page = Page()
    activity = page.start(time=time)
    before = page.traces
    with pytest.raises(ActivityInProgressError) as caught:
        page.start(run_id=OTHER_RUN)
    for part in ("lesson-1", activity.run_id, "end()", "start()"):
        assert part in str(caught.value)
    assert isinstance(caught.value, UsageError)
    assert page.timeback.activity.current is activity
    assert page.traces == before


def test_after_end_the_next_may_start():
    page = Page()
    page.start().end()
    assert page.timeback.activity.current is None
    second = page.start(run_id=OTHER_RUN)
    assert page.timeback.activity.current is second


def test_the_next_may_start_while_the_last_window_flies():
    page = Page()
    page.browser.network.latency_ms = 2_000
    first = page.start()
    page.browser.advance(5_000)
    first.end()
    second = page.start(run_id=OTHER_RUN)
    page.browser.advance(5_000)
    second.end()
    page.browser.advance(5_000)
    assert [(beat.run_id, beat.elapsed_ms) for beat in page.heartbeats] == [
        (first.run_id, 5_000),
        (OTHER_RUN, 5_000),
    ]


def test_ending_an_old_activity_again_leaves_the_new_one_alone():
    page = Page()
    first = page.start()
    first.end()
    second = page.start(run_id=OTHER_RUN)
    first.end()
    assert page.timeback.activity.current is second


# ── time=False ───────────────────────────────────────────────────────────────────────────────────


def test_where_the_server_keeps_the_time_nothing_happens_in_the_page():
    storage = FakeStorage()
    before = Page(storage=storage, learner="ada")
    before.browser.go_offline()
    before.start()
    before.browser.advance(HEARTBEAT_MS)
    before.browser.close()
    page = Page(storage=storage, later_ms=DAY_MS, learner="ada")
    activity = page.start(time=False)
    assert page.traces == (0, 0, 1, 0)
    activity.pause()
    activity.resume()
    page.browser.advance(60_000)
    page.browser.hide()
    page.browser.show()
    page.browser.leave()
    asyncio.run(wait_for(activity.end()))
    page.browser.advance(60_000)
    assert page.browser.network.sent == []
    assert page.traces == (0, 0, 1, 0)
    assert (activity.elapsed_ms, activity.paused_ms, activity.ended) == (0, 0, True)


def test_where_the_server_keeps_the_time_a_completion_may_still_be_sent():
    page = Page()
    page.start(time=False).end({"xp_earned": 5})
    assert (page.heartbeats, len(page.browser.server.submits)) == ([], 1)


# ── wrong metrics ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("metrics", [{}, {"xp_earned": "5"}, {"xpEarned": 1, "time": {}}, 5, "x"])
def test_wrong_metrics_leave_the_activity_open(metrics):
    page = Page()
    activity = page.start()
    page.browser.advance(5_000)
    with pytest.raises(InvalidOptionsError):
        activity.end(metrics)
    assert (activity.ended, activity.paused) == (False, False)
    assert page.timeback.activity.current is activity
    assert page.browser.network.sent == []
    page.browser.advance(5_000)
    activity.end({"xp_earned": 5})
    assert spans(page.heartbeats) == [(10_000, 0)]
    assert len(page.browser.server.submits) == 1


@pytest.mark.parametrize("metrics", [5, "x", [1]])
def test_metrics_that_are_no_mapping_are_refused_in_words_of_the_app(metrics):
    with pytest.raises(InvalidOptionsError) as caught:
        Page().timeback.activity.start(LESSON).end(metrics)
    assert caught.value.field == "metrics"

import asyncio
import gc

import pytest

from timeback_web import Closing


def test_awaiting_what_is_done_does_not_wait():
    closing = Closing()
    closing.finish()

    async def app():
        await closing
        await closing

    asyncio.run(app())


def test_awaiting_waits_until_it_is_done():
    async def app():
        closing = Closing()
        waiter = asyncio.ensure_future(_await(closing))
        await asyncio.sleep(0)
        assert (closing.done, waiter.done()) == (False, False)
        closing.finish()
        await waiter
        return closing.done

    assert asyncio.run(app()) is True


def test_all_who_wait_are_let_go():
    async def app():
        closing = Closing()
        waiters = [asyncio.ensure_future(_await(closing)) for _ in range(3)]
        await asyncio.sleep(0)
        closing.finish()
        await asyncio.gather(*waiters)

    asyncio.run(app())


def test_one_who_gives_up_waiting_does_not_disturb_the_others():
    async def app():
        closing = Closing()
        impatient, patient = (asyncio.ensure_future(_await(closing)) for _ in range(2))
        await asyncio.sleep(0)
        impatient.cancel()
        with pytest.raises(asyncio.CancelledError):
            await impatient
        closing.finish()
        await patient

    asyncio.run(app())


def test_callbacks_are_called_once_in_order():
    told = []
    closing = Closing()
    closing.then(lambda: told.append(1))
    closing.then(lambda: told.append(2))
    closing.finish()
    closing.finish()
    assert told == [1, 2]


def test_a_callback_that_comes_late_is_called_at_once():
    told = []
    closing = Closing()
    closing.finish()
    closing.then(lambda: told.append(1))
    assert told == [1]


def test_never_awaiting_it_is_fine():
    Closing()
    Closing().finish()
    gc.collect()


async def _await(closing):
    await closing

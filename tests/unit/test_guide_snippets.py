"""The TypeScript of the documentation of stateful activities, translated key for key."""

import asyncio
import uuid

from tests.unit.helpers import Page


def test_starting_a_session():
    page = Page()
    activity = page.timeback.activity.start(
        {"id": "lesson-1", "name": "Fractions", "course": {"subject": "Math", "grade": 3}}
    )
    assert uuid.UUID(activity.run_id)
    assert (activity.id, activity.name) == ("lesson-1", "Fractions")


def test_resuming_a_session_in_one_run():
    page = Page()

    async def sitting(run_id=None):
        activity = page.timeback.activity.start(
            {
                "id": "lesson-1",
                "name": "Fractions",
                "course": {"subject": "Math", "grade": 3},
                **({"runId": run_id} if run_id else {}),
            }
        )
        page.browser.advance(20_000)
        await activity.end()
        return activity.run_id

    monday = asyncio.run(sitting())
    page.browser.advance(2 * 24 * 3_600_000)
    assert asyncio.run(sitting(monday)) == monday
    assert {heartbeat.run_id for heartbeat in page.heartbeats} == {monday}
    assert sum(heartbeat.elapsed_ms for heartbeat in page.heartbeats) == 40_000
    assert page.browser.server.submits == []


def test_unmounting_without_await():
    page = Page()
    activity = page.timeback.activity.start(
        {"id": "lesson-1", "name": "Fractions", "course": {"subject": "Math", "grade": 3}}
    )
    page.browser.advance(1_000)
    activity.end()
    assert [heartbeat.elapsed_ms for heartbeat in page.heartbeats] == [1_000]


def test_server_managed_time():
    page = Page()
    activity = page.timeback.activity.start(
        {
            "id": "lesson-1",
            "name": "Fractions",
            "course": {"subject": "Math", "grade": 3},
            "runId": "assignment-7",
            "time": False,
        }
    )
    page.browser.advance(60_000)
    asyncio.run(_await(activity.end()))
    assert page.browser.network.sent == []


def test_callbacks_of_the_reference():
    page, told = Page(), []
    page.timeback.activity.start(
        {
            "id": "lesson-1",
            "name": "Fractions",
            "course": {"code": "MATH-3"},
            "process": False,
            "onError": lambda error, context: told.append("error"),
            "onPause": lambda: told.append("pause"),
            "onResume": lambda: told.append("resume"),
            "onFlush": told.append,
        }
    )
    page.browser.advance(15_000)
    page.browser.hide()
    page.browser.show()
    page.browser.server.refuse_next(503)
    page.browser.advance(15_000)
    assert told == [15_000, "pause", "resume", "error"]


async def _await(closing):
    await closing

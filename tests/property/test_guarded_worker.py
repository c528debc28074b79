"""A worker that is busy now and then, and the real guard on its page: together they lose nothing.

The page tells the guard, in its own task, what the worker hears late. The witness adds up the spans
from what has happened to the page, and what the app has asked for.
"""

from hypothesis import given
from hypothesis import strategies as st

from tests.property.effort import effort
from tests.property.test_told_late import PAGE, Event, possible, witnessed
from tests.support.guarded import GuardedWorker
from tests.support.script_page import guard_page
from tests.support.witness import School

LESSON = {"id": "lesson-1", "name": "Fractions", "course": {"code": "MATH-3"}, "run_id": "run-1"}
APP = ("pause", "resume", "look")
HAPPENS = {"hidden": "hide", "visible": "show", "leaving": "leave", "returned": "come_back"}
STEPS = st.one_of(st.integers(0, 900), st.integers(1, 20_000))
HISTORIES = st.lists(
    st.builds(Event, STEPS, st.sampled_from(PAGE + APP), st.booleans()), max_size=8
).map(possible)
SLEEP_MS = 100_000


def live(worker: GuardedWorker, history: list[Event], rest_ms: int) -> None:
    """Let all of it happen."""
    activity = worker.timeback.activity.start(
        {**LESSON, "time": {"heartbeat_ms": 1_000, "stall_limit_ms": 10**8}}
    )
    worker.talk()
    for event in history:
        worker.pass_time(event.after_ms)
        if event.what in HAPPENS:
            worker.happen(HAPPENS[event.what])
        elif event.what == "sleep":
            worker.sleep(SLEEP_MS)
        elif event.what == "look":
            assert activity.elapsed_ms >= 0
        else:
            getattr(activity, event.what)()
            worker.talk()
        worker.busy = event.busy
        if not event.busy:
            worker.rest()
    worker.pass_time(rest_ms)
    worker.rest()
    activity.end()
    worker.talk()


@effort(5)
@given(history=HISTORIES, rest_ms=st.integers(0, 20_000))
def test_all_that_was_worked_arrives_once(history, rest_ms):
    server = School()
    with guard_page() as page:
        worker = GuardedWorker(page, server)
        live(worker, history, rest_ms)
        worker.timeback.close()
        worker.talk()
        assert page.now["armed"] == 0, "something is left with the browser"
        assert page.now["stored"] == {}, "something is left in storage"
    arrived = sum(one.active for one in server.booked)
    assert abs(arrived - witnessed(history, rest_ms)) <= 1 + len(history)

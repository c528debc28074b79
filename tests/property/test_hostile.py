"""What an app, a server and a store may do wrong, at the front door of the client.

Wherever something is refused, it is by an error that is documented, and nothing is left behind: no
timer, no listener, no lock, no key, and nothing sent.
"""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.property.effort import effort
from tests.property.test_options import METRICS, START
from tests.unit.helpers import LESSON, RUN
from timeback_web import (
    Course,
    InvalidOptionsError,
    Metrics,
    Timeback,
    TimebackError,
    TimeOptions,
)
from timeback_web.ports import Answer
from timeback_web.testing import FakeBrowser, FakeServer, FakeStorage


class Bottomless(dict):
    """A mapping that holds itself."""


BOTTOMLESS = Bottomless()
BOTTOMLESS["course"] = BOTTOMLESS
DEEP = json.loads("[" * 500 + "]" * 500)

VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(st.characters(), max_size=30),
    st.sampled_from([10**5000, b"\0", "\0", "\ud800", "x" * 10_000, object, print, DEEP, ()]),
    st.sampled_from([BOTTOMLESS, {"subject": BOTTOMLESS}, {1: 2}, {None: None}, [{}], {"": ""}]),
)
FIELDS = [
    *("id", "name", "course", "run_id", "runId", "time", "process", "on_error", "onError"),
    *("on_pause", "on_resume", "on_flush", "defaultCourse", "__class__", "self", "options"),
]
WRONG = st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=5), VALUES, max_size=6)
ALMOST = WRONG.map(lambda wrong: LESSON | wrong)


def left_behind(browser: FakeBrowser) -> dict[str, object]:
    """All that a session holds while it is open."""
    return {
        "timers": browser.timers.pending,
        "listeners": browser.lifecycle.listeners,
        "stored": dict(browser.storage.items),
        "sent": len(browser.network.sent),
        "armed": len(browser.network.armed),
    }


@effort(100)
@given(options=st.one_of(WRONG, ALMOST, START, VALUES))
def test_a_start_works_or_leaves_nothing_behind(options):
    browser = FakeBrowser()
    timeback = Timeback(browser=browser)
    untouched = left_behind(browser)
    try:
        activity = timeback.activity.start(options)
    except TimebackError:
        assert left_behind(browser) == untouched
        assert timeback.activity.current is None
    else:
        activity.end()
        timeback.close()
        browser.advance(1)
        assert browser.lifecycle.listeners == 0
        assert browser.timers.pending == 0


@effort(40)
@given(keywords=WRONG.map(lambda given: {name: value for name, value in given.items() if name}))
def test_keywords_are_as_safe_as_a_mapping(keywords):
    keywords.pop("self", None)
    browser = FakeBrowser()
    timeback = Timeback(browser=browser)
    untouched = left_behind(browser)
    try:
        timeback.activity.start(**keywords)
    except TimebackError:
        assert left_behind(browser) == untouched
    else:
        timeback.close()


OF_CLASSES = [
    *("heartbeat_ms", "stall_limit_ms", "idle_after_ms", "since", "subject", "grade", "code"),
    *("xp_earned", "total_questions", "correct_questions", "mastered_units", "pct_complete"),
]


@effort(40)
@given(
    kind=st.sampled_from([TimeOptions, Course, Metrics]),
    fields=st.dictionaries(st.sampled_from(OF_CLASSES), VALUES, max_size=4),
)
def test_the_classes_of_options_refuse_plainly(kind, fields):
    fields = {name: value for name, value in fields.items() if name in kind.__annotations__}
    missing = kind is Metrics and "xp_earned" not in fields
    with suppress(InvalidOptionsError):
        if missing:
            with pytest.raises(TypeError, match="xp_earned"):  # as of any call in Python
                kind(**fields)
        else:
            kind(**fields)


@effort(40)
@given(metrics=st.one_of(METRICS, VALUES.filter(lambda value: value is not None), WRONG))
def test_metrics_that_are_wrong_do_not_end_the_activity(metrics):
    browser = FakeBrowser()
    activity = Timeback(browser=browser).activity.start(LESSON)
    browser.advance(1_000)
    try:
        activity.end(metrics)
    except TimebackError:
        assert not activity.ended
        assert not browser.server.submits
        activity.end()
    assert activity.ended
    browser.advance(60_000)
    assert sum(beat.elapsed_ms for beat in browser.server.heartbeats) == 1_000


KEYS = st.sampled_from(
    [
        f"timeback_web/{shelf}/1/%2Fapi%2Ftimeback/{run}/{rest}"
        for shelf in ("outbox", "journal")
        for run in (RUN, "x", "%", "")
        for rest in ("0", "1700000000000-1", "nan", "-1", "9" * 40, "", "a/b")
    ]
) | st.text(max_size=20)
BODIES = st.one_of(
    st.text(max_size=30),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["body", "startedAt", "runId", "learner", "v", "at", "x"]), inner
            )
        ),
        max_leaves=8,
    ).map(json.dumps),
    st.just("[" * 2_000),
)


@effort(40)
@given(stored=st.dictionaries(KEYS, BODIES, max_size=6))
def test_whatever_lies_in_the_store_a_session_works(stored):
    storage = FakeStorage()
    storage.items.update(stored)
    browser = FakeBrowser(storage=storage)
    told = []
    timeback = Timeback(browser=browser, on_error=lambda error, _context: told.append(error))
    activity = timeback.activity.start(LESSON | {"run_id": RUN})
    browser.advance(20_000)
    activity.end()
    timeback.close()
    browser.advance(600_000)
    own = [beat for beat in browser.server.heartbeats if beat.run_id == RUN]
    assert sum(beat.elapsed_ms for beat in own) >= 20_000
    assert all(isinstance(error, TimebackError) for error in told)
    strangers = {key for key in stored if not key.startswith("timeback_web/")}
    assert strangers <= storage.items.keys(), "what is not ours is left alone"


class HostileServer(FakeServer):
    """Answers each request with the next of what it was given."""

    def __init__(self, answers):
        super().__init__()
        self._answers = list(answers)

    def handle(self, request):
        answer = self._answers.pop() if self._answers else Answer(204)
        if answer.status in range(200, 300):
            super().handle(request)  # what it says it has taken it has taken
        return answer


ANSWERS = st.lists(
    st.builds(
        Answer,
        st.none() | st.integers(0, 999) | st.sampled_from([0, 100, 200, 204, 302, 400, 429, 503]),
        st.text(max_size=20) | BODIES | st.just("<html>" * 5_000),
        st.text(max_size=10) | st.sampled_from(["-1", "nan", "1e400", "0", "9" * 30]),
        # The rest is not a server's to say.
        sent=st.just(True),
        seen=st.just(True),
    ),
    max_size=8,
)


@effort(40)
@given(answers=ANSWERS)
def test_whatever_a_server_answers_time_is_delivered_or_told_lost(answers):
    browser = FakeBrowser(server=HostileServer(answers))
    told = []
    timeback = Timeback(browser=browser, on_error=lambda error, _context: told.append(error))
    activity = timeback.activity.start(LESSON)
    for _ in range(4):
        browser.advance(15_000)
    activity.end()
    browser.advance(24 * 3_600_000)
    timeback.close()
    assert all(isinstance(error, TimebackError) for error in told)
    arrived = sum(beat.elapsed_ms for beat in browser.server.heartbeats)
    assert arrived <= 60_000
    assert arrived == 60_000 or told
    assert browser.lifecycle.listeners == 0

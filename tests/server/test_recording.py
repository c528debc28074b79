"""A completion is recorded exactly once, whatever happens on the way."""

import asyncio
import threading
import time
import uuid
from pathlib import Path
from typing import Any

import pytest

from demo.server.completions import CompletionQueue, LeaseLostError
from demo.server.recorder import Recorder
from demo.server.tables import Completion
from tests.server.running import Browser, RunningDemo, wait_for


def test_a_completion_carries_the_run_the_results_and_its_own_time(demo: RunningDemo) -> None:
    browser = demo.browser("ada")
    run_id = browser.complete("fractions")
    browser.wait_until_recorded("fractions")
    (event,) = demo.wire.taken("ActivityEvent")
    assert event["session"] == f"urn:uuid:{run_id}"
    assert event["object"]["id"].endswith("/activities/Math/g3/fractions")
    assert event["eventTime"] == browser.progress("fractions")["completion"]["completedAt"]
    assert demo.wire.taken("TimeSpentEvent") == []


def test_a_completion_is_recorded_at_once_not_at_the_next_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("demo.server.recorder.POLL_S", 60)
    with RunningDemo(tmp_path, retry_base_ms=60_000) as demo:
        browser = demo.browser("ada")
        browser.complete("fractions")
        browser.wait_until_recorded("fractions")


def test_attempts_are_numbered_even_when_the_gradebook_knows_nothing(
    demo: RunningDemo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The SDK says 1 when it finds no results, also when it could not look."""
    monkeypatch.setattr("demo.server.platform.gradebook.conditions", lambda _where: {})
    browser = demo.browser("ada")
    browser.complete("fractions")
    browser.wait_until_recorded("fractions")
    browser.post("/api/lessons/fractions/attempts")
    browser.complete("fractions")
    browser.wait_until_recorded("fractions")
    attempts = [event["generated"]["attempt"] for event in demo.wire.taken("ActivityEvent")]
    assert attempts == [1, 2]


def test_while_the_platform_is_down_a_completion_waits(demo: RunningDemo) -> None:
    demo.faults(events="down")
    browser = demo.browser("ada")
    browser.complete("fractions")
    wait_for(lambda: _row(demo).tries >= 2)
    assert browser.state_of("fractions") == "pending"
    demo.faults(events="up")
    browser.wait_until_recorded("fractions")
    assert len(demo.wire.taken("ActivityEvent")) == 1


def test_while_the_roster_is_down_a_completion_waits(demo: RunningDemo) -> None:
    demo.faults(roster="down")
    browser = demo.browser("ada")
    browser.complete("fractions")
    wait_for(lambda: _row(demo).tries >= 2)
    assert browser.state_of("fractions") == "pending"
    demo.faults(roster="up")
    browser.wait_until_recorded("fractions")


def test_a_reply_that_was_lost_does_not_double_the_completion(demo: RunningDemo) -> None:
    losses = iter([True, True, False])
    demo.wire.lose_reply = lambda _event: next(losses)
    browser = demo.browser("ada")
    run_id = browser.complete("fractions")
    browser.wait_until_recorded("fractions")
    sent = demo.wire.taken("ActivityEvent")
    assert len(sent) == 3
    assert sent[0] == sent[1] == sent[2], "a retry must send the very same event"
    assert len(browser.journal(run_id)["events"]) == 1
    # The gradebook has one result as well, so the next attempt is the second.
    browser.post("/api/lessons/fractions/attempts")
    demo.wire.lose_reply = lambda _event: False
    browser.complete("fractions")
    browser.wait_until_recorded("fractions")
    assert demo.wire.taken("ActivityEvent")[-1]["generated"]["attempt"] == 2


def test_when_only_the_time_is_missing_only_the_time_is_sent_again(demo: RunningDemo) -> None:
    """`record()` with `time` makes two calls; here the second one fails twice."""
    refusals = iter([True, True, False])
    demo.wire.refuse = lambda event: event["type"] == "TimeSpentEvent" and next(refusals)
    browser = demo.browser("ada")
    run_id = browser.complete("reading-clocks")
    browser.wait_until_recorded("reading-clocks")
    assert len(demo.wire.taken("ActivityEvent")) == 1
    assert len(demo.wire.taken("TimeSpentEvent")) == 1
    kinds = [event["type"] for event in browser.journal(run_id)["events"]]
    assert kinds == ["ActivityEvent", "TimeSpentEvent"]


def test_a_lost_reply_to_the_time_does_not_double_it(demo: RunningDemo) -> None:
    losses = iter([True, False])
    demo.wire.lose_reply = lambda event: event["type"] == "TimeSpentEvent" and next(losses)
    browser = demo.browser("ada")
    run_id = browser.complete("reading-clocks")
    browser.wait_until_recorded("reading-clocks")
    first, second = demo.wire.taken("TimeSpentEvent")
    assert first == second
    assert len(browser.journal(run_id)["events"]) == 2


def test_a_restart_takes_up_what_was_pending(tmp_path: Path) -> None:
    with RunningDemo(tmp_path) as before:
        before.faults(events="down")
        browser = before.browser("ada")
        run_id = browser.complete("fractions")
        completed_at = browser.progress("fractions")["completion"]["completedAt"]
    with RunningDemo(tmp_path) as after:
        browser = after.browser("ada")
        browser.wait_until_recorded("fractions")
        (event,) = after.wire.taken("ActivityEvent")
        assert event["session"] == f"urn:uuid:{run_id}"
        assert event["eventTime"] == completed_at


def test_a_restart_does_not_record_again(tmp_path: Path) -> None:
    with RunningDemo(tmp_path) as before:
        browser = before.browser("ada")
        browser.complete("fractions")
        browser.wait_until_recorded("fractions")
    with RunningDemo(tmp_path) as after:
        time.sleep(0.3)
        assert after.wire.arrivals == []
        assert after.browser("ada").state_of("fractions") == "recorded"


def test_a_database_that_was_set_back_records_under_the_same_id(tmp_path: Path) -> None:
    """What was sealed is gone with the newer database; the id follows from the run alone."""
    ids = []
    run_id = str(uuid.uuid4())
    for name in ("newer", "older"):
        folder = tmp_path / name
        folder.mkdir()
        with RunningDemo(folder) as demo:
            browser = demo.browser("ada")
            browser.complete("reading-clocks", browser.start("reading-clocks", run_id))
            browser.wait_until_recorded("reading-clocks")
            ids.append([arrival.event["id"] for arrival in demo.wire.arrivals])
    newer, older = ids
    assert newer == older
    assert len(set(newer)) == 2


def test_two_servers_on_one_database_record_once(tmp_path: Path) -> None:
    with RunningDemo(tmp_path) as one, RunningDemo(tmp_path) as two:
        learners = ("ada", "grace", "alan", "katherine")
        one.faults(events="down")
        two.faults(events="down")
        for server, learner in zip((one, two, one, two), learners, strict=True):
            server.browser(learner).complete("fractions")
        one.faults(events="up")
        two.faults(events="up")
        for learner in learners:
            one.browser(learner).wait_until_recorded("fractions")
        taken = one.wire.taken("ActivityEvent") + two.wire.taken("ActivityEvent")
        assert len(taken) == 4


def test_what_the_sdk_refuses_is_failed_and_says_why(tmp_path: Path) -> None:
    lessons = tmp_path / "lessons"
    lessons.mkdir()
    (lessons / "lost.toml").write_text(
        """
        id = "lost"
        name = "Lost"
        summary = "A lesson of a course that is not in timeback.config.json."
        time = "heartbeats"
        xp_per_correct = 1
        course = { subject = "Math", grade = 9 }
        [[questions]]
        id = "q1"
        prompt = "?"
        choices = ["a", "b"]
        answer = 0
        explanation = "!"
        """
    )
    with RunningDemo(tmp_path, lessons_dir=lessons) as demo:
        browser = demo.browser("ada")
        run_id = browser.start("lost")
        body = {"runId": run_id, "question": "q1", "choice": 0}
        assert browser.post("/api/lessons/lost/answers", body).status_code == 200
        wait_for(lambda: browser.state_of("lost") == "failed")
        assert "unknown_course" in browser.progress("lost")["completion"]["error"]
        time.sleep(0.2)
        assert _row(demo).tries == 1, "it must not be tried again"


def test_only_one_of_many_servers_gets_a_completion(tmp_path: Path) -> None:
    with _waiting_completion(tmp_path) as (queues, _):
        claims: list[object] = []
        barrier = threading.Barrier(len(queues))

        def claim(queue: CompletionQueue) -> None:
            barrier.wait()
            claims.append(queue.claim_next())

        threads = [threading.Thread(target=claim, args=(queue,)) for queue in queues]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(claims) == len(queues)
        assert len([each for each in claims if each]) == 1


def test_a_server_that_lost_its_lease_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with _waiting_completion(tmp_path) as ((slow, quick, *_), demo):
        old = slow.claim_next()
        assert old is not None
        assert quick.claim_next() is None
        _pass_time(monkeypatch, 61_000)
        new = quick.claim_next()
        assert new is not None
        with pytest.raises(LeaseLostError):
            slow.seal(old, "activity_event", {"id": "too late"})
        slow.recorded(old)
        slow.failed(old, "too late")
        slow.activity_taken(old)
        row = _row(demo)
        assert (row.state, row.activity_taken, row.activity_event) == ("pending", False, None)
        quick.recorded(new)
        assert _row(demo).state == "recorded"


def test_an_event_is_sealed_by_its_first_try(tmp_path: Path) -> None:
    with _waiting_completion(tmp_path) as ((queue, *_), _):
        claim = queue.claim_next()
        assert claim is not None
        assert queue.seal(claim, "activity_event", {"try": 1}) == {"try": 1}
        assert queue.seal(claim, "activity_event", {"try": 2}) == {"try": 1}
        assert queue.seal(claim, "time_event", {"try": 2}) == {"try": 2}


def test_retries_wait_longer_and_longer_up_to_a_bound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("demo.server.recorder.random.uniform", lambda _low, high: high)
    with _waiting_completion(tmp_path) as ((queue, *_), _):
        recorder = Recorder(queue, _never, 1_000)
        delays = [recorder._delay_ms(tries) for tries in (1, 2, 3, 4, 9, 10, 1000)]
        assert delays == [1_000, 2_000, 4_000, 8_000, 256_000, 300_000, 300_000]


def test_a_stop_in_the_middle_hands_the_lease_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("demo.server.recorder.GRACE_S", 0.1)
    with _waiting_completion(tmp_path) as ((queue, *_), demo):
        asyncio.run(_stop_while_recording(queue))
        row = _row(demo)
        assert (row.state, row.lease) == ("pending", None)
        assert queue.claim_next() is not None


async def _stop_while_recording(queue: CompletionQueue) -> None:
    started = asyncio.Event()

    async def hang(_input: Any) -> None:
        started.set()
        await asyncio.sleep(60)

    recorder = Recorder(queue, hang, 1_000)
    await recorder.start()
    await asyncio.wait_for(started.wait(), 5)
    await recorder.stop()


async def _never(_input: Any) -> None:
    raise AssertionError("not to be called")


class _waiting_completion:  # noqa: N801 - used like a function
    """A completion that no recorder works on, and several queues on its database."""

    def __init__(self, folder: Path) -> None:
        self._demo = RunningDemo(folder)

    def __enter__(self) -> tuple[list[CompletionQueue], RunningDemo]:
        self._demo.__enter__()
        self._demo.services.recorder._stopping = True
        self._demo.services.recorder.wake()
        task = self._demo.services.recorder._task
        assert task is not None
        wait_for(task.done)
        browser: Browser = self._demo.browser("ada")
        browser.complete("fractions")
        services = self._demo.services
        queues = [CompletionQueue(services.database, services.catalogue) for _ in range(5)]
        return queues, self._demo

    def __exit__(self, *_: object) -> None:
        self._demo.__exit__()


def _row(demo: RunningDemo) -> Completion:
    with demo.services.database.reading() as session:
        return session.query(Completion).one()


def _pass_time(monkeypatch: pytest.MonkeyPatch, ms: int) -> None:
    later = time.time_ns() // 1_000_000 + ms
    monkeypatch.setattr("demo.server.completions.now_ms", lambda: later)

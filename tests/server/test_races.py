import uuid

from tests.server.running import FRACTIONS_ANSWERS, RunningDemo, at_once, wait_for


def test_of_two_runs_that_start_at_once_one_is_saved(demo: RunningDemo) -> None:
    tabs = [demo.browser("ada") for _ in range(6)]
    runs = [str(uuid.uuid4()) for _ in tabs]
    answers = at_once(
        *(
            lambda tab=tab, run=run: tab.post("/api/progress/fractions", {"runId": run})
            for tab, run in zip(tabs, runs, strict=True)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409, 409]
    # Everybody is told the same run, the winner and those who came too late.
    assert len({answer.json()["runId"] for answer in answers}) == 1


def test_of_two_learners_who_save_the_same_run_one_gets_it(demo: RunningDemo) -> None:
    run_id = str(uuid.uuid4())
    browsers = [demo.browser("ada"), demo.browser("grace")]
    answers = at_once(
        *(
            lambda each=each: each.post("/api/progress/fractions", {"runId": run_id})
            for each in browsers
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]


def test_answers_to_one_question_that_race_count_once(demo: RunningDemo) -> None:
    run_id = demo.browser("ada").start("fractions")
    tabs = [demo.browser("ada") for _ in range(4)]
    answers = at_once(
        *(
            lambda tab=tab, choice=choice: tab.answer("fractions", run_id, 1, choice)
            for choice, tab in enumerate(tabs)
        )
    )
    assert [answer.status_code for answer in answers] == [200] * 4
    assert len({answer.json()["correct"] for answer in answers}) == 1
    assert len(tabs[0].progress("fractions")["answers"]) == 1


def test_last_answers_that_race_make_one_completion(demo: RunningDemo) -> None:
    """Both as repeats of one question and as the two last questions in two tabs."""
    browser = demo.browser("ada")
    run_id = browser.start("fractions")
    last = len(FRACTIONS_ANSWERS)
    for number in range(1, last - 1):
        browser.answer("fractions", run_id, number)
    tabs = [demo.browser("ada") for _ in range(6)]
    answers = at_once(
        *(
            lambda tab=tab, number=last - index % 2: tab.answer("fractions", run_id, number)
            for index, tab in enumerate(tabs)
        )
    )
    assert [answer.status_code for answer in answers] == [200] * 6
    browser.wait_until_recorded("fractions")
    assert len(demo.wire.taken("ActivityEvent")) == 1


def test_next_attempts_that_race_open_one(demo: RunningDemo) -> None:
    demo.browser("ada").complete("fractions")
    tabs = [demo.browser("ada") for _ in range(4)]
    answers = at_once(
        *(lambda tab=tab: tab.post("/api/lessons/fractions/attempts") for tab in tabs)
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert tabs[0].progress("fractions")["attempt"] == 2


def test_completions_of_several_learners_are_all_recorded(demo: RunningDemo) -> None:
    learners = ("ada", "grace", "alan", "katherine")
    runs = {learner: demo.browser(learner).complete("fractions") for learner in learners}
    for learner in learners:
        demo.browser(learner).wait_until_recorded("fractions")
    wait_for(lambda: len(demo.wire.taken("ActivityEvent")) == 4)
    sessions = {event["session"] for event in demo.wire.taken("ActivityEvent")}
    assert sessions == {f"urn:uuid:{run_id}" for run_id in runs.values()}

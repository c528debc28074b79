"""When the server says no, or nothing: what had been counted arrives later, once."""

from __future__ import annotations

import time

import pytest

from tests.support.books import active_ms, assert_session

pytestmark = pytest.mark.browser


def stored(page):
    return page.tab.evaluate("localStorage.length")


def assert_everything_arrived(demo, page, run_id, eventually):
    """All the page has counted has been taken, and each window once."""
    page.run("await activity.end()")
    counted_ms = page.run("activity.elapsed_ms")
    # A session that ends before the first good answer has been read keeps its last window: it
    # follows that answer.
    eventually(lambda: active_ms(demo.wire.taken(run_id)) >= counted_ms)
    beats = demo.wire.taken(run_id)
    assert_session(beats)
    assert active_ms(beats) == counted_ms
    journal = demo.journal("ada", run_id)
    assert journal["activeMs"] == active_ms(beats)
    assert len(journal["events"]) == len(beats)


def test_server_down_and_up_again(demo, open_page, eventually):
    page = open_page()
    run_id = page.start()
    eventually(lambda: demo.wire.taken(run_id))
    demo.stop()
    eventually(lambda: stored(page) >= 2)
    assert page.run("isinstance(errors[0][0], UnreachableError) and errors[0][1].will_retry")
    demo.start()
    eventually(lambda: stored(page) == 0, within_s=60)
    assert_everything_arrived(demo, page, run_id, eventually)


def test_server_down_when_the_page_closes(demo, open_page, eventually):
    page = open_page()
    run_id = page.start()
    demo.stop()
    eventually(lambda: page.run("len(errors)"))
    counted_ms = page.run("activity.elapsed_ms")
    page.tab.context.new_page()
    page.tab.close()
    demo.start()
    again = open_page()
    again.start(f"run_id={run_id!r}")
    eventually(lambda: active_ms(demo.wire.taken(run_id)) >= counted_ms)
    eventually(lambda: stored(again) == 0)


@pytest.mark.parametrize("status", [401, 404, 408, 409, 429, 500, 503])
def test_a_refusal_for_now_is_tried_again(demo, open_page, eventually, status):
    page = open_page()
    demo.wire.refuse_with = (status, "NOT_NOW")
    run_id = page.start()
    eventually(lambda: page.run("len(errors)"))
    assert page.run("errors[0][0].status") == status
    assert page.run("errors[0][0].code") == "NOT_NOW"
    demo.wire.refuse_with = None
    eventually(lambda: stored(page) == 0 and demo.wire.taken(run_id), within_s=40)
    assert_everything_arrived(demo, page, run_id, eventually)


def test_signed_out_and_in_again(demo, open_page, eventually):
    page = open_page()
    run_id = page.start()
    page.tab.context.clear_cookies()
    eventually(lambda: page.run("len(errors)"))
    assert page.run("errors[0][0].status") == 401
    assert "after sign-in" in page.run("str(errors[0][0])")
    demo.sign_in(page.tab.context, "ada")
    eventually(lambda: stored(page) == 0 and demo.wire.taken(run_id), within_s=40)
    assert_everything_arrived(demo, page, run_id, eventually)


def test_the_platform_behind_the_server_is_down(demo, open_page, eventually):
    page = open_page()
    demo.platform(events="down")
    run_id = page.start()
    eventually(lambda: page.run("len(errors)"))
    assert page.run("errors[0][0].status") == 502
    demo.platform(events="up")
    eventually(lambda: stored(page) == 0 and demo.wire.taken(run_id), within_s=40)
    assert_everything_arrived(demo, page, run_id, eventually)


def test_the_roster_is_down(demo, open_page, eventually):
    page = open_page()
    demo.platform(roster="down")
    run_id = page.start()
    eventually(lambda: page.run("len(errors)"))
    assert page.run("errors[0][0].status") == 404
    assert page.run("errors[0][0].code") == "USER_RESOLUTION_FAILED"
    demo.platform(roster="up")
    eventually(lambda: stored(page) == 0 and demo.wire.taken(run_id), within_s=40)
    assert_everything_arrived(demo, page, run_id, eventually)


def test_an_unknown_course_is_reported_and_not_repeated(demo, open_page, eventually):
    page = open_page()
    run_id = page.start('course={"code": "NO-SUCH-COURSE"}')
    eventually(lambda: page.run("len(errors)"))
    assert page.run("(errors[0][0].status, errors[0][0].code) == (400, 'UNKNOWN_COURSE')")
    assert not page.run("errors[0][1].will_retry")
    starts = [beat.body["startedAt"] for beat in demo.wire.of(run_id)]
    assert len(starts) == len(set(starts)), "a refused payload is not sent again"
    assert stored(page) == 0


def test_a_run_id_that_is_no_uuid_is_explained(demo, open_page, eventually):
    page = open_page()
    assert page.start('run_id="assignment-17"') == "assignment-17"
    eventually(lambda: page.run("len(errors)"))
    assert page.run("errors[0][0].field") == "runId"
    assert "UUID" in page.run("str(errors[0][0])")
    assert "leave run_id out" in page.run("str(errors[0][0])")


def test_a_refused_beacon_is_noticed_and_sent_again(browser, demo, open_page, eventually):
    page = open_page()
    run_id = page.start("time=TimeOptions(heartbeat_ms=600_000)")
    time.sleep(0.7)
    demo.wire.refuse_with = (503, "NOT_NOW")
    browser.context.new_page().bring_to_front()
    eventually(lambda: page.run("len(errors)"))
    assert demo.wire.of(run_id)[0].by_beacon
    demo.wire.refuse_with = None
    page.tab.bring_to_front()
    eventually(lambda: demo.wire.taken(run_id), within_s=40)
    assert_everything_arrived(demo, page, run_id, eventually)


def test_callbacks_that_raise_do_not_break_tracking(demo, open_page, eventually):
    page = open_page()
    run_id = page.run(
        """
        def broken(*arguments):
            raise RuntimeError("the app's own bug")

        activity = Timeback().activity.start(
            id="fractions", name="Fractions", course={"subject": "Math", "grade": 3},
            time=TimeOptions(heartbeat_ms=1000),
            on_flush=broken, on_pause=broken, on_resume=broken, on_error=broken,
        )
        activity.pause()
        activity.resume()
        activity.run_id
        """
    )
    eventually(lambda: len(demo.wire.taken(run_id)) >= 2)
    page.run("await activity.end()")
    assert_session(demo.wire.taken(run_id))


def test_end_with_metrics_submits_once(demo, open_page):
    page = open_page()
    page.run(
        """
        activity = start(Timeback(), id="quiz", name="Quiz")
        await activity.end({"xp_earned": 10, "total_questions": 5, "correct_questions": 4})
        await activity.end({"xp_earned": 10})
        """
    )
    run_id = page.run("activity.run_id")
    assert page.run("not errors"), page.run("str(errors)")
    with demo.api("ada") as client:
        save = client.post("/api/progress/fractions", json={"runId": run_id})
        save.raise_for_status()
    events = demo.journal("ada", run_id)["events"]
    assert [event["type"] for event in events].count("ActivityEvent") == 1


def test_who_is_signed_in(demo, open_page):
    page = open_page()
    page.run("timeback = Timeback()")
    assert page.run("(await timeback.user.verify()).verified") is True
    assert page.run("(await timeback.user.profile()).email") == "ada@example.com"
    page.tab.context.clear_cookies()
    refused = page.run(
        """
        try:
            await timeback.user.profile()
        except RefusedError as error:
            status = error.status
        status
        """
    )
    assert refused == 401

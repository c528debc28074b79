"""From what the app gives to `start()` to an activity that counts."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from timeback_web.activity import Activity
from timeback_web.delivery.wire import ActivityRef
from timeback_web.errors import InvalidOptionsError
from timeback_web.session.session import Session
from timeback_web.session.start import ClaimedHistory, claim_history
from timeback_web.timekeeping.history import History

if TYPE_CHECKING:
    from collections.abc import Callable

    from timeback_web.callbacks import Callbacks
    from timeback_web.delivery.completions import Completions, OnFate
    from timeback_web.delivery.delivery import Delivery
    from timeback_web.options import Course, Metrics, StartOptions, TimeOptions
    from timeback_web.ports import Browser
    from timeback_web.timekeeping.reading import Reading


class ActivityFactory:
    """Makes the activities of one client.

    Args:
        browser: The page.
        delivery: Takes the heartbeats.
        completions: Takes the completions.
        default_course: Stands in for a course that is not given.
        learner: The app's tag of the learner, or empty.
        callbacks: Of the client.
    """

    def __init__(
        self,
        browser: Browser,
        delivery: Delivery,
        completions: Completions,
        *,
        default_course: Course | None,
        learner: str,
        callbacks: Callbacks,
    ) -> None:
        """Hold the parts of the client."""
        self._browser = browser
        self._delivery = delivery
        self._completions = completions
        self._default_course = default_course
        self._learner = learner
        self._callbacks = callbacks

    def ref(self, given: StartOptions) -> ActivityRef:
        """Which activity, and which run of it: a new one unless one is given."""
        course = given.course or self._default_course
        if course is None:
            raise InvalidOptionsError("course", "required, as the client has no default_course")
        run_id = given.run_id or str(uuid.uuid4())
        return ActivityRef(id=given.id, name=given.name, course=course, run_id=run_id)

    def callbacks(self, given: StartOptions) -> Callbacks:
        """Those of the activity; for errors also the client's."""
        return self._callbacks._replace(
            on_error=given.on_error or self._callbacks.on_error,
            on_pause=given.on_pause,
            on_resume=given.on_resume,
            on_flush=given.on_flush,
        )

    def make(
        self,
        given: StartOptions,
        ref: ActivityRef,
        since: Reading | History,
        *,
        on_ended: Callable[[Activity], None],
        on_reopened: Callable[[Activity], None],
    ) -> Activity:
        """Make an activity that counts from now on, or with a history; all of it, or nothing."""
        callbacks = self.callbacks(given)

        def submit(metrics: Metrics, on_fate: OnFate) -> None:
            self._completions.send(
                ref,
                metrics,
                process=given.process,
                ended_at_ms=int(self._browser.clock.read().wall_ms),
                callbacks=callbacks,
                on_fate=on_fate,
            )

        time = given.time_options
        session = None if time is None else self._open(time, ref, callbacks, since)
        self._completions.look_for({ref.run_id})
        return Activity(
            ref,
            self._browser,
            session=session,
            when_landed=self._delivery.when_landed,
            submit=submit,
            in_doubt=lambda: self._completions.in_doubt(ref.run_id),
            on_ended=on_ended,
            on_reopened=on_reopened,
            notices=callbacks.notices,
        )

    def _open(
        self, time: TimeOptions, ref: ActivityRef, callbacks: Callbacks, since: Reading | History
    ) -> Session:
        claimed = self._claim(time, since)
        record, run = self._browser.page_record, f"{self._delivery.server}/{ref.run_id}"
        try:
            return Session(
                self._browser,
                self._delivery,
                ref,
                history=claimed.history,
                time=time,
                callbacks=callbacks,
                learner=self._learner,
                not_before_ms=record.last_end_ms(run),
                on_closed=lambda at_ms: record.run_ended(run, at_ms),
            )
        except BaseException:
            claimed.give_back()
            raise

    def _claim(self, time: TimeOptions, since: Reading | History) -> ClaimedHistory:
        if not isinstance(since, History):
            return claim_history(self._browser, time, called_at=since)
        # Whoever tells a history has counted since it began; the rest is nobody's.
        return ClaimedHistory(since, self._browser.page_record.claim_past() or (lambda: None))

"""`timeback.activity`: starting activities, one at a time."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from timeback_web.activity import Activity
from timeback_web.delivery.submission import Submission
from timeback_web.delivery.wire import ActivityRef, submit_body
from timeback_web.errors import ActivityInProgressError, InvalidOptionsError, UsageError
from timeback_web.options import StartOptions, parse
from timeback_web.session.session import Session
from timeback_web.session.start import page_history
from timeback_web.timekeeping.history import History

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from timeback_web.callbacks import Callbacks
    from timeback_web.delivery.delivery import Delivery
    from timeback_web.delivery.endpoint import Endpoint
    from timeback_web.options import Course, Metrics
    from timeback_web.ports import Browser
    from timeback_web.timekeeping.reading import Reading


class Activities:
    """Starts activities for one client; reached as `timeback.activity`."""

    def __init__(
        self,
        browser: Browser,
        endpoint: Endpoint,
        delivery: Delivery,
        *,
        default_course: Course | None,
        learner: str,
        callbacks: Callbacks,
    ) -> None:
        """Hold the parts of the client."""
        self._browser = browser
        self._endpoint = endpoint
        self._delivery = delivery
        self._default_course = default_course
        self._learner = learner
        self._default_callbacks = callbacks
        self._current: Activity | None = None
        self._closed = False
        self._submissions: set[Submission] = set()
        self._last_run = ("", 0)

    @property
    def current(self) -> Activity | None:
        """The activity that is open, if one is."""
        return self._current

    def start(self, options: Mapping[str, Any] | None = None, /, **keywords: Any) -> Activity:  # noqa: ANN401
        """Start a session of an activity, or resume one with its `run_id`.

        Takes keywords, or one mapping; names in snake_case or camelCase.

        Args:
            options: Everything below as one mapping.
            **keywords: `id` and `name`: the activity. `course`: `{"subject", "grade"}` or
                `{"code"}`; may be left out when the client has a `default_course`. `run_id`: the
                run to resume, any unique string; left out or `None`, a new UUID is made. `time`:
                `False` where the server keeps the time, or `TimeOptions`. `on_error(error,
                context)`, `on_pause()`, `on_resume()`, `on_flush(elapsed_ms)`. `process`: passed
                on with `end(metrics)`.

        Returns:
            The activity, which counts from the moment of the call. Save its `run_id` at once.

        Raises:
            InvalidOptionsError: An option is missing, unknown or wrong; nothing has been started.
            ActivityInProgressError: The last activity has not been ended.
            UsageError: The client is closed.
        """
        called_at = (
            self._browser.clock.read()
        )  # checking what is given takes a while on slow machines
        self._refuse_closed()
        if options is not None and keywords:
            raise InvalidOptionsError("options", "give keywords or one mapping, not both")
        given = parse(StartOptions, keywords if options is None else options)
        ref = self._ref(given)
        self._refuse_second(self._current)
        with self._default_callbacks.notices:
            self._current = activity = self._open(given, ref, called_at)
        return activity

    def take_over(self, options: Mapping[str, Any], history: History) -> Activity:
        """Go on with an activity that was started before Python was there, in JavaScript.

        Args:
            options: As for `start`, with its `run_id`.
            history: Since when it counts, what has happened since, and what of it has been
                reported.

        Raises:
            InvalidOptionsError, ActivityInProgressError, UsageError: As `start` does.
        """
        self._refuse_closed()
        given = parse(StartOptions, options)
        ref = self._ref(given)
        self._refuse_second(self._current)
        with self._default_callbacks.notices:
            self._current = activity = self._open(given, ref, history)
        return activity

    def complete(
        self,
        options: Mapping[str, Any],
        metrics: Metrics,
        *,
        ended_at_ms: int,
        on_done: Callable[[], None],
    ) -> None:
        """Send the completion of an activity that has ended before Python was there.

        Args:
            options: As for `start`.
            metrics: The result.
            ended_at_ms: Wall time of the end.
            on_done: Called once, when it is taken or given up.
        """
        given = parse(StartOptions, options)

        self._submit(
            self._ref(given),
            metrics,
            given.process,
            self._callbacks(given),
            on_done,
            ended_at_ms=ended_at_ms,
        )

    def see_through(self, run_id: str) -> None:
        """Send what JavaScript has left in storage of a run that is, or was, open in this page."""
        if self._current is not None and self._current.run_id == run_id:
            self._delivery.look_again()
            return
        callbacks = self._default_callbacks._replace()
        self._delivery.open_run(run_id, callbacks)
        self._delivery.end_run(run_id, callbacks)

    def close(self) -> None:
        """End what is open, give up what can't wait; nothing can be started any more."""
        self._closed = True
        if self._current is not None:
            self._current.end()
        for submission in list(self._submissions):
            submission.stop()

    def _ref(self, given: StartOptions) -> ActivityRef:
        course = given.course or self._default_course
        if course is None:
            raise InvalidOptionsError("course", "required, as the client has no default_course")
        run_id = given.run_id or str(uuid.uuid4())
        return ActivityRef(id=given.id, name=given.name, course=course, run_id=run_id)

    def _refuse_closed(self) -> None:
        if self._closed:
            raise UsageError("this client is closed: make a new Timeback()")

    def _refuse_second(self, current: Activity | None) -> None:
        if current is not None:
            raise ActivityInProgressError(
                f"activity {current.id!r} (run {current.run_id}) is still open: call its end()"
                " first, then start() the next one"
            )

    def _callbacks(self, given: StartOptions) -> Callbacks:
        default = self._default_callbacks
        return default._replace(
            on_error=given.on_error or default.on_error,
            on_pause=given.on_pause,
            on_resume=given.on_resume,
            on_flush=given.on_flush,
        )

    def _open(self, given: StartOptions, ref: ActivityRef, since: Reading | History) -> Activity:
        callbacks = self._callbacks(given)

        def submit(metrics: Metrics, on_done: Callable[[], None]) -> None:
            self._submit(ref, metrics, given.process, callbacks, on_done)

        return Activity(
            ref,
            self._browser,
            session=self._track(given, ref, callbacks, since),
            when_landed=self._delivery.when_landed,
            submit=submit,
            on_ended=self._forget_current,
            notices=callbacks.notices,
        )

    def _track(
        self, given: StartOptions, ref: ActivityRef, callbacks: Callbacks, since: Reading | History
    ) -> Session | None:
        time = given.time_options
        if time is None:
            return None
        last_run_id, last_ended_at_ms = self._last_run
        if last_run_id:
            # What the learner saw before is counted already, or was no part of this.
            time = replace(time, since="start")

        if not isinstance(since, History):
            since = page_history(self._browser, time, called_at=since)

        def ended(at_ms: int) -> None:
            self._last_run = (ref.run_id, at_ms)

        return Session(
            self._browser,
            self._delivery,
            ref,
            history=since,
            time=time,
            callbacks=callbacks,
            learner=self._learner,
            not_before_ms=last_ended_at_ms if last_run_id == ref.run_id else 0,
            on_closed=ended,
        )

    def _submit(
        self,
        ref: ActivityRef,
        metrics: Metrics,
        process: bool | None,
        callbacks: Callbacks,
        on_done: Callable[[], None],
        *,
        ended_at_ms: int | None = None,
    ) -> None:
        if ended_at_ms is None:
            ended_at_ms = int(self._browser.clock.read().wall_ms)

        def done() -> None:
            self._submissions.discard(submission)
            on_done()

        submission = Submission(
            self._browser,
            self._endpoint,
            submit_body(ref, metrics, ended_at_ms=ended_at_ms, process=process),
            run_id=ref.run_id,
            callbacks=callbacks,
            on_done=done,
        )
        self._submissions.add(submission)
        submission.send()

    def _forget_current(self) -> None:
        self._current = None

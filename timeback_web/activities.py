"""`timeback.activity`: starting activities, one at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from timeback_web.errors import ActivityInProgressError, InvalidOptionsError, UsageError
from timeback_web.options import StartOptions, parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from timeback_web.activity import Activity
    from timeback_web.activity_factory import ActivityFactory
    from timeback_web.callbacks import Callbacks
    from timeback_web.delivery.completions import Completions, OnFate
    from timeback_web.delivery.delivery import Delivery
    from timeback_web.options import Metrics
    from timeback_web.ports import Clock
    from timeback_web.timekeeping.history import History
    from timeback_web.timekeeping.reading import Reading


class Activities:
    """Starts activities for one client; reached as `timeback.activity`."""

    def __init__(
        self,
        clock: Clock,
        factory: ActivityFactory,
        delivery: Delivery,
        completions: Completions,
        *,
        callbacks: Callbacks,
    ) -> None:
        """Hold the parts of the client."""
        self._clock = clock
        self._factory = factory
        self._delivery = delivery
        self._completions = completions
        self._callbacks = callbacks
        self._current: Activity | None = None
        self._starting = False
        self._reopened = False
        self._closed = False

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
        # First of all: checking what is given takes a while on slow machines.
        called_at = self._clock.read()
        self.refuse_closed()
        if options is not None and keywords:
            raise InvalidOptionsError("options", "give keywords or one mapping, not both")
        return self._start(keywords if options is None else options, called_at)

    def take_over(self, options: Mapping[str, Any], history: History) -> Activity:
        """Go on with an activity that was started before Python was there, in JavaScript.

        Args:
            options: As for `start`, with its `run_id`.
            history: Since when it counts, what has happened since, and what of it has been
                reported.

        Raises:
            InvalidOptionsError, ActivityInProgressError, UsageError: As `start` does.
        """
        self.refuse_closed()
        return self._start(options, history)

    def complete(
        self,
        options: Mapping[str, Any],
        metrics: Metrics,
        *,
        ended_at_ms: int,
        on_fate: OnFate,
    ) -> None:
        """Send the completion of an activity that has ended before Python was there.

        Args:
            options: As for `start`.
            metrics: The result.
            ended_at_ms: Wall time of the end.
            on_fate: Told what becomes of it.
        """
        given = parse(StartOptions, options)
        self._completions.send(
            self._factory.ref(given),
            metrics,
            process=given.process,
            ended_at_ms=ended_at_ms,
            callbacks=self._factory.callbacks(given),
            on_fate=on_fate,
        )

    def see_through(self, run_id: str) -> None:
        """Send what JavaScript has left in storage of a run that is, or was, open in this page."""
        if self._current is not None and self._current.run_id == run_id:
            self._delivery.look_again()
            self._completions.look_for({run_id})
            return
        callbacks = self._callbacks._replace()
        self._delivery.open_run(run_id, callbacks)
        self._delivery.end_run(run_id, callbacks)
        self._completions.look_for({run_id})

    def close(self) -> None:
        """End what is open; nothing can be started any more."""
        self._closed = True
        if self._current is not None:
            self._current.end()

    def _start(self, options: Mapping[str, Any], since: Reading | History) -> Activity:
        given = parse(StartOptions, options)
        ref = self._factory.ref(given)
        self._refuse_second()
        with self._callbacks.notices:
            self._starting = True
            try:
                self._current = activity = self._factory.make(
                    given, ref, since, on_ended=self._forget, on_reopened=self._reopen
                )
            finally:
                self._starting = False
            if self._closed:  # by the app, when it was asked for headers
                activity.end()
        return activity

    def refuse_closed(self) -> None:
        """Nothing is done for a client that is closed."""
        if self._closed:
            raise UsageError("this client is closed: make a new Timeback()")

    def _refuse_second(self) -> None:
        if self._starting:
            raise ActivityInProgressError("start() was called in the middle of another start()")
        if self._current is not None and self._reopened:
            self._current.end()  # its time is flushed, and what went wrong is told
        if (current := self._current) is not None:
            raise ActivityInProgressError(
                f"activity {current.id!r} (run {current.run_id}) is still open: call its end()"
                " first, then start() the next one"
            )

    def _forget(self, activity: Activity) -> None:
        if self._current is activity:
            self._current, self._reopened = None, False

    def _reopen(self, activity: Activity) -> None:
        if self._current is None and not self._closed:
            self._current, self._reopened = activity, True

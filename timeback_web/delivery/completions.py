"""The completions of one client: each is sent by a `Submission` of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from timeback_web.delivery.submission import Submission
from timeback_web.delivery.wire import submit_body

if TYPE_CHECKING:
    from collections.abc import Callable

    from timeback_web.callbacks import Callbacks
    from timeback_web.delivery.endpoint import Endpoint
    from timeback_web.delivery.wire import ActivityRef
    from timeback_web.options import Metrics
    from timeback_web.ports import Browser


class Completions:
    """Sends them, until the client is closed.

    Args:
        browser: The page.
        endpoint: The server.
    """

    def __init__(self, browser: Browser, endpoint: Endpoint) -> None:
        """Nothing is under way."""
        self._browser = browser
        self._endpoint = endpoint
        self._under_way: set[Submission] = set()

    def send(
        self,
        ref: ActivityRef,
        metrics: Metrics,
        *,
        process: bool | None,
        ended_at_ms: int,
        callbacks: Callbacks,
        on_done: Callable[[], None],
    ) -> None:
        """Send the completion of an activity, in this task.

        Args:
            ref: The activity, and its run.
            metrics: The result.
            process: Whether the server is to process it.
            ended_at_ms: Wall time of the end.
            callbacks: Told of trouble.
            on_done: Called once, when it is taken or given up.
        """

        def done() -> None:
            self._under_way.discard(submission)
            on_done()

        submission = Submission(
            self._browser,
            self._endpoint,
            submit_body(ref, metrics, ended_at_ms=ended_at_ms, process=process),
            run_id=ref.run_id,
            callbacks=callbacks,
            on_done=done,
        )
        self._under_way.add(submission)
        submission.send()

    def close(self) -> None:
        """What is under way may still land; nothing is tried again."""
        for submission in list(self._under_way):
            submission.stop()

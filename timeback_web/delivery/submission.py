"""`POST /activity/submit`: the completion of a single-session activity.

The official server does not recognise a submit that it has seen, so it is repeated only when an
answer says that it was not taken; a lost connection is reported, not retried.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from timeback_web.callbacks import ErrorContext
from timeback_web.delivery.answers import Verdict, judge, to_error
from timeback_web.delivery.backoff import Backoff, retry_after_ms
from timeback_web.errors import DeliveryError, TimebackError

if TYPE_CHECKING:
    from collections.abc import Callable

    from timeback_web.callbacks import Callbacks
    from timeback_web.delivery.endpoint import Endpoint
    from timeback_web.ports import Answer, Browser, Cancel

PATH = "/activity/submit"
MAX_TRIES = 6
_SIGNED_OUT = f"; the completion is tried {MAX_TRIES} times within minutes, and then given up"


class Submission:
    """One submit, from the first try to its end.

    Args:
        browser: The page.
        endpoint: The server.
        body: The JSON text.
        run_id: The run it completes, for reports.
        callbacks: Told when it fails.
        on_done: Called once, when it is taken or given up.
    """

    def __init__(
        self,
        browser: Browser,
        endpoint: Endpoint,
        body: str,
        *,
        run_id: str,
        callbacks: Callbacks,
        on_done: Callable[[], None],
    ) -> None:
        """Prepare; `send` starts it."""
        self._browser = browser
        self._endpoint = endpoint
        self._body = body
        self._run_id = run_id
        self._callbacks = callbacks
        self._backoff = Backoff(browser.rng)
        self._on_done = on_done
        self._tries = 0
        self._retry_timer: Cancel | None = None
        self._stopped = False

    def stop(self) -> None:
        """The client is closed: what is under way may still land, but is not tried again."""
        self._stopped = True
        if self._retry_timer is not None:
            self._retry_timer()
            self._give_up(TimebackError("the client was closed before the completion was taken"))

    def send(self) -> None:
        """Send now, in this task."""
        self._retry_timer = None
        self._tries += 1
        try:
            request = self._endpoint.request(PATH, self._body)
        except DeliveryError as error:
            self._give_up(error)
            return
        self._browser.network.fetch(request, self._answered)

    def _answered(self, answer: Answer) -> None:
        if judge(answer) is Verdict.DELIVERED:
            self._on_done()
        elif self._may_try_again(answer):
            self._retry(answer)
        else:
            self._give_up(to_error(answer, signed_out=_SIGNED_OUT))

    def _may_try_again(self, answer: Answer) -> bool:
        surely_not_taken = answer.status is not None or answer.redirected
        refused_for_now = judge(answer) is Verdict.RETRY and surely_not_taken
        return refused_for_now and self._tries < MAX_TRIES and not self._stopped

    def _retry(self, answer: Answer) -> None:
        now_ms = self._browser.clock.read().wall_ms
        least_ms = retry_after_ms(answer.retry_after, now_ms=now_ms)
        delay_ms = self._backoff.next_ms(at_least_ms=least_ms)
        self._retry_timer = self._browser.timers.call_later(delay_ms, self.send)
        self._report(to_error(answer, signed_out=_SIGNED_OUT), retry_in_ms=delay_ms)

    def _give_up(self, error: TimebackError) -> None:
        self._on_done()
        self._report(error)

    def _report(self, error: TimebackError, *, retry_in_ms: int | None = None) -> None:
        context = ErrorContext(
            operation="submit",
            run_id=self._run_id,
            will_retry=retry_in_ms is not None,
            retry_in_ms=retry_in_ms,
        )
        self._callbacks.error(error, context)

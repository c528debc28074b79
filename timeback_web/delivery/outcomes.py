"""What becomes of a window: delivered, kept for later, or lost; and who is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from timeback_web.delivery.answers import Verdict, judge, to_error
from timeback_web.delivery.backoff import retry_after_ms
from timeback_web.delivery.in_flight import ANSWER_LIMIT_MS
from timeback_web.delivery.journal import RECOGNISED_FOR_MS
from timeback_web.errors import DeliveryError, RefusedError, UnreachableError

if TYPE_CHECKING:
    from timeback_web.delivery.entry import Entry
    from timeback_web.delivery.retry_policy import RetryPolicy
    from timeback_web.delivery.retry_queue import RetryQueue
    from timeback_web.delivery.run_callbacks import RunCallbacks
    from timeback_web.ports import Answer, Clock

_SIGNED_OUT = "; the time is kept and sent after sign-in"


class Outcomes:
    """Deals with windows that were tried, or can't be.

    Args:
        clock: Of the page.
        retry_policy: Learns how it went.
        retry_queue: Where a window waits.
        callbacks: Who is told.
    """

    def __init__(
        self,
        clock: Clock,
        retry_policy: RetryPolicy,
        retry_queue: RetryQueue,
        callbacks: RunCallbacks,
    ) -> None:
        """Hold the parts."""
        self._clock = clock
        self._retry_policy = retry_policy
        self._retry_queue = retry_queue
        self._callbacks = callbacks

    def answered(self, entry: Entry, answer: Answer, *, age_ms: float) -> None:
        """An answer has come, or it is clear that none will, `age_ms` after the window was sent."""
        verdict = judge(answer)
        if verdict is Verdict.RETRY:
            self._not_taken(entry, answer, age_ms)
        elif verdict is not Verdict.NOT_SENT:
            self._retry_policy.taken(entry.run_id, started_at_ms=entry.started_at_ms)
            if verdict is Verdict.DELIVERED:
                self._callbacks.flushed(entry)
            else:
                self._callbacks.trouble(entry, to_error(answer))

    def in_doubt(self, entry: Entry) -> None:
        """No answer has come in time; until one does, nobody knows whether the server has it."""
        self._retry_policy.no_answer(self._monotonic_ms())
        why = f"no answer came within {ANSWER_LIMIT_MS // 1000} s; it is still waited for"
        self._callbacks.trouble(entry, UnreachableError(why), will_retry=True)

    def not_sent(self, entry: Entry, error: DeliveryError) -> None:
        """There is no request to make of it: the app's headers callable has failed."""
        self._refuse(entry)
        self._try_again(entry, error)

    def not_accepted(self, entry: Entry) -> None:
        """The browser has too much under way (64 KiB); if the page lives, there is room soon."""
        self._refuse(entry)
        self.wait(entry)
        self._retry_queue.wake_at(self._free_at_ms(entry))

    def wait(self, entry: Entry) -> bool:
        """Keep a window that was not tried; whether it would outlive the page."""
        outlives_page = self._retry_queue.keep(entry)
        if outlives_page:
            return True
        if self._retry_queue.closed:
            self._callbacks.lost(entry, "the client was closed, and storage had taken nothing")
        else:
            why = "storage takes nothing: the time waits in memory, and would be lost with the page"
            self._callbacks.trouble(entry, DeliveryError(why), will_retry=True)
        return False

    def _not_taken(self, entry: Entry, answer: Answer, age_ms: float) -> None:
        error = to_error(answer, signed_out=_SIGNED_OUT)
        now_ms = self._monotonic_ms()
        quiet_ms = retry_after_ms(answer.retry_after, now_ms=self._clock.read().wall_ms)
        self._retry_policy.asked_for_quiet(quiet_ms, now_ms)
        if isinstance(error, RefusedError):
            self._refuse(entry)
        else:
            self._retry_policy.no_answer(now_ms)
        if age_ms > RECOGNISED_FOR_MS and answer.status is None and not answer.redirected:
            self._callbacks.lost(entry, f"{error}, for too long: asked again, it might count twice")
        else:
            self._try_again(entry, error)

    def _try_again(self, entry: Entry, error: DeliveryError) -> None:
        outlives_page = self._retry_queue.keep(entry._replace(tried=True))
        if not self._retry_queue.closed:
            free_at_ms = self._free_at_ms(entry)
            self._retry_queue.wake_at(free_at_ms)
            retry_in_ms = max(0, int(free_at_ms - self._monotonic_ms()))
            self._callbacks.trouble(entry, error, will_retry=True, retry_in_ms=retry_in_ms)
        elif outlives_page:
            self._callbacks.trouble(entry, error, will_retry=True)  # by the next client
        else:
            self._callbacks.given_up(entry, error)

    def _refuse(self, entry: Entry) -> None:
        now_ms = self._monotonic_ms()
        self._retry_policy.refused(entry.run_id, now_ms, started_at_ms=entry.started_at_ms)

    def _free_at_ms(self, entry: Entry) -> float:
        return self._retry_policy.window_free_at_ms(entry.run_id, entry.started_at_ms)

    def _monotonic_ms(self) -> float:
        return self._clock.read().monotonic_ms

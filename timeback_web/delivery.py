"""Delivery: one window at a time, retried on evidence, never counted twice.

Theory of operation
-------------------

A window is always in exactly one place: *flying* (a request is under way), *waiting* (in the
outbox), or done with (delivered, or reported as lost). It flies alone; the next one follows its
answer. The exception is a page that is being left, which has no later: its last window flies beside
whatever is under way.

A window is claimed (taken out of the outbox) before it flies and put back only when an answer, or
the browser's receipt of a beacon, says that it was not counted. So a page that dies with a window
in flight never sends it again: the browser finishes the request by itself.

There are no time-outs. A request that hangs may still be counted by the server; sending the window
once more while the first try runs would count it twice (the official server marks a window as seen
only after its own send).

While there is *trouble* (offline, or the last answer was a refusal and a retry is due) nothing new
is sent: windows go to the outbox, also from a page that is being left, since a beacon into trouble
is lost (offline, `sendBeacon` even returns true).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from timeback_web.answers import Verdict, judge, to_error
from timeback_web.backoff import Backoff, retry_after_ms
from timeback_web.errors import DeliveryError, LostWindowError, TimebackError
from timeback_web.ports import Answer, PageEvent
from timeback_web.reporter import ErrorContext, Reporter

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from timeback_web.endpoint import Endpoint
    from timeback_web.outbox import Entry, Outbox
    from timeback_web.ports import Browser, Cancel

PATH = "/activity/heartbeat"
RECEIPT_LIMIT_MS = 60_000
"""A beacon without a receipt by then counts as handed over."""
_LOCK = "timeback_web/outbox"


class Delivery:
    """Sends the heartbeats of one client.

    Args:
        browser: The page.
        endpoint: The server.
        outbox: Where windows wait.
        learner: The app's tag of the signed-in learner, or empty.
        reporter: Told about windows whose run has no reporter of its own.
        rng: Source of the jitter.
    """

    def __init__(
        self,
        browser: Browser,
        endpoint: Endpoint,
        outbox: Outbox,
        *,
        learner: str,
        reporter: Reporter,
        rng: random.Random,
    ) -> None:
        """Start idle; nothing is read or sent before the first `open_run`."""
        self._browser = browser
        self._endpoint = endpoint
        self._outbox = outbox
        self._learner = learner
        self._default_reporter = reporter
        self._backoff = Backoff(rng)
        self._reporters: dict[str, Reporter] = {}
        self._ended_runs: set[str] = set()
        self._flying: set[Entry] = set()
        self._waiting = False
        self._turn_requested = False
        self._pumping = False
        self._closed = False
        self._retry: Cancel | None = None
        self._held_until_ms = 0.0
        self._setbacks: Counter[str] = Counter()
        self._stop_listening: Cancel | None = None
        self._on_landed: list[tuple[str, Callable[[], None]]] = []

    # ── what a session calls ─────────────────────────────────────────────────────────────────

    def open_run(self, run_id: str, reporter: Reporter) -> None:
        """A session of `run_id` begins: what waits of it may go out now."""
        self._reporters[run_id] = reporter
        self._ended_runs.discard(run_id)
        self._expect_waiting()
        self._pump()

    def end_run(self, run_id: str) -> None:
        """The session is over; its windows still are seen through."""
        self._ended_runs.add(run_id)
        self._forget_ended_runs()

    def post(self, entry: Entry) -> None:
        """Deliver a window from a page that lives on."""
        if self._flying or self._in_trouble():
            self._keep(entry)
            self._pump()
        else:
            self._fetch(entry)

    def post_now(self, entry: Entry) -> None:
        """Deliver a window in this very task: the page, or the session, is about to end."""
        if self._in_trouble():
            self._keep(entry)
        elif self._endpoint.needs_headers:
            self._fetch(entry)
        else:
            self._send_beacon(entry)

    def when_landed(self, run_id: str, callback: Callable[[], None]) -> None:
        """Call back once nothing of `run_id` is in the air, at once if nothing is."""
        if any(entry.run_id == run_id for entry in self._flying):
            self._on_landed.append((run_id, callback))
        else:
            callback()

    def close(self) -> None:
        """Stop timers and listeners; what waits stays in storage for the next client."""
        self._closed = True
        self._cancel_retry()
        self._waiting = False
        self._stop_listening_to_page()

    # ── sending ──────────────────────────────────────────────────────────────────────────────

    def _fetch(self, entry: Entry, on_done: Callable[[], None] = lambda: None) -> None:
        try:
            request = self._endpoint.request(PATH, entry.body)
        except DeliveryError as error:
            on_done()
            self._failed(entry, error)
            return

        def answered(answer: Answer) -> None:
            on_done()
            self._land(entry, answer)

        self._flying.add(entry)
        self._browser.network.fetch(request, answered)

    def _send_beacon(self, entry: Entry) -> None:
        network = self._browser.network
        request = self._endpoint.request(PATH, entry.body)
        awaits_receipt = network.gives_receipts(request.url)
        stop_waiting: Cancel = lambda: None  # noqa: E731

        def landed(answer: Answer) -> None:
            stop_waiting()
            self._land(entry, answer)

        self._flying.add(entry)
        if not network.beacon(request, landed):
            # Over the quota of what may be in flight. If the page lives, there is room again soon.
            self._flying.discard(entry)
            self._keep(entry)
            self._retry_in(self._backoff.next_ms())
        elif not awaits_receipt:
            self._land(entry, _HANDED_OVER)
        elif entry in self._flying:
            stop_waiting = self._browser.timers.call_later(
                RECEIPT_LIMIT_MS, lambda: self._land(entry, _HANDED_OVER)
            )

    def _land(self, entry: Entry, answer: Answer) -> None:
        """An answer has come; a second one for the same flight says nothing new."""
        if entry not in self._flying:
            return
        self._flying.discard(entry)
        verdict = judge(answer)
        if verdict is Verdict.RETRY:
            self._hold_for(retry_after_ms(answer.retry_after, now_ms=self._now_ms()))
            self._failed(entry, to_error(answer))
            return
        self._backoff.reset()
        self._setbacks.pop(entry.run_id, None)
        if verdict is Verdict.DELIVERED:
            self._reporter(entry).flushed(entry.run_id, entry.elapsed_ms)
        else:
            self._report(entry, to_error(answer))
        self._settle(entry)
        self._pump()

    def _failed(self, entry: Entry, error: TimebackError) -> None:
        self._keep(entry)
        self._setbacks[entry.run_id] += 1
        delay_ms = self._retry_in(self._backoff.next_ms())
        self._report(entry, error, retry_in_ms=delay_ms)
        self._settle(entry)

    def _settle(self, entry: Entry) -> None:
        """Wake who waits for this run, and let go of runs that are through."""
        due = [pair for pair in self._on_landed if pair[0] == entry.run_id]
        if not any(other.run_id == entry.run_id for other in self._flying):
            self._on_landed = [pair for pair in self._on_landed if pair not in due]
            for _, callback in due:
                callback()
        self._forget_ended_runs()

    # ── waiting ──────────────────────────────────────────────────────────────────────────────

    def _in_trouble(self) -> bool:
        return self._retry is not None or not self._browser.network.is_online()

    def _keep(self, entry: Entry) -> None:
        now_ms = int(self._now_ms())
        # What comes back from a try keeps its age: it must not wait for ever.
        self._outbox.put(replace(entry, stored_at_ms=entry.stored_at_ms or now_ms))
        self._expect_waiting()
        for lost in self._outbox.evict(now_ms=self._now_ms()):
            self._report(lost, LostWindowError("a window waited too long, or too many waited"))

    def _pump(self) -> None:
        """Send what waits, one after another. A loop, so that a long outbox needs no deep stack."""
        if self._pumping:
            return
        self._pumping = True
        try:
            while self._waiting and not (
                self._flying or self._turn_requested or self._in_trouble()
            ):
                self._turn_requested = True
                self._browser.locks.request(_LOCK, self._take_turn)
        finally:
            self._pumping = False

    def _take_turn(self, release: Cancel) -> None:
        """Claim and send the oldest window.

        The lock is held until the answer: a removal in localStorage reaches other tabs late, and
        they must not send the same window.
        """
        self._turn_requested = False
        if self._closed or self._flying or self._in_trouble():
            release()
            return
        entry = self._claim()
        if entry is None:
            release()
            self._waiting = False
            self._stop_listening_to_page()
            self._forget_ended_runs()
            return
        self._fetch(entry, release)

    def _claim(self) -> Entry | None:
        """The oldest, but a run that is refused again and again lets the others pass."""
        runs = frozenset(self._reporters)
        waiting = self._outbox.waiting(runs=runs, learner=self._learner)
        waiting.sort(key=lambda entry: self._setbacks[entry.run_id])
        return next((entry for entry in waiting if self._outbox.take(entry)), None)

    def _hold_for(self, wait_ms: int) -> None:
        """The server asks for quiet; nothing that happens meanwhile makes it shorter."""
        now_ms = self._browser.clock.read().monotonic_ms
        self._held_until_ms = max(self._held_until_ms, now_ms + wait_ms)

    def _retry_in(self, delay_ms: int) -> int:
        """Try again then, or when the server's quiet is over; the delay that it will be."""
        self._cancel_retry()
        held_ms = max(0, int(self._held_until_ms - self._browser.clock.read().monotonic_ms))
        if not self._closed:
            self._retry = self._browser.timers.call_later(held_ms + delay_ms, self._retry_now)
        return held_ms + delay_ms

    def _retry_now(self) -> None:
        self._retry = None
        self._pump()

    def _cancel_retry(self) -> None:
        if self._retry is not None:
            self._retry()
            self._retry = None

    def _expect_waiting(self) -> None:
        if self._closed:
            return
        self._waiting = True
        if self._stop_listening is None:
            self._stop_listening = self._browser.lifecycle.listen(self._on_page)

    def _stop_listening_to_page(self) -> None:
        if self._stop_listening is not None:
            self._stop_listening()
            self._stop_listening = None

    def _on_page(self, event: PageEvent) -> None:
        if event is PageEvent.ONLINE:
            # With jitter: a whole classroom comes back online in the same second.
            self._backoff.reset()
            self._retry_in(self._backoff.next_ms())
        elif event is PageEvent.RETURNED:
            self._pump()

    # ── telling ──────────────────────────────────────────────────────────────────────────────

    def _report(
        self, entry: Entry, error: TimebackError, *, retry_in_ms: int | None = None
    ) -> None:
        context = ErrorContext(
            operation="heartbeat",
            run_id=entry.run_id,
            elapsed_ms=entry.elapsed_ms,
            will_retry=retry_in_ms is not None,
            retry_in_ms=retry_in_ms,
        )
        self._reporter(entry).error(error, context)

    def _reporter(self, entry: Entry) -> Reporter:
        return self._reporters.get(entry.run_id, self._default_reporter)

    def _forget_ended_runs(self) -> None:
        if self._flying or self._waiting:
            return
        for run_id in self._ended_runs:
            self._reporters.pop(run_id, None)
        self._ended_runs.clear()
        self._setbacks.clear()

    def _now_ms(self) -> float:
        return self._browser.clock.read().wall_ms


_HANDED_OVER = Answer(status=200)
"""The browser has the beacon, and nobody will tell us more."""

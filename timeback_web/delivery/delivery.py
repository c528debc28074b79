"""Delivery: one window at a time, tried again when it was not taken, never sent twice at once.

Theory of operation
-------------------

A window is always in exactly one place: *flying* (a request is under way), *waiting* (in the
outbox), or done with (delivered, or reported as lost). It flies alone; the next one follows its
answer. The exception is a page that is being left, or a session that ends: their last window flies
beside whatever is under way, because there may be no later.

A window is claimed (taken out of the outbox) before it flies and put back when an answer, or the
browser's receipt of a beacon, says that it was not taken, or when no answer came. So a page that
dies with a window in flight never sends it again: the browser finishes the request by itself. Where
no answer came, the server may have counted the window all the same; it is tried again soon, with
the same `startedAt`, while the server still recognises it.

There are no time-outs. A request that hangs may still be counted by the server; sending the window
once more while the first try runs would count it twice (the official server marks a window as seen
only after its own send).

While there is *trouble* (offline, or a wait of `RetryPolicy`) nothing new is sent: windows go to
the outbox. So does the last window of a page that is left while there is trouble, or *doubt*: a try
is under way, but nothing has been taken since the last refusal. A beacon would be lost then, with
nobody left to see its answer (offline, `sendBeacon` even returns true).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from timeback_web.callbacks import Callbacks, ErrorContext
from timeback_web.delivery.answers import Verdict, judge, to_error
from timeback_web.delivery.backoff import retry_after_ms
from timeback_web.delivery.journal import Journal
from timeback_web.delivery.retry_policy import RetryPolicy
from timeback_web.delivery.retry_queue import RetryQueue
from timeback_web.errors import DeliveryError, LostWindowError, TimebackError
from timeback_web.ports import Answer, Request

if TYPE_CHECKING:
    from collections.abc import Callable

    from timeback_web.delivery.endpoint import Endpoint
    from timeback_web.delivery.outbox import Entry, Outbox
    from timeback_web.ports import Armed, Browser, Cancel
    from timeback_web.ports.worker_guard import DeliveryRoute

PATH = "/activity/heartbeat"
PREPARE_LIMIT_MS = 2_000
"""How long a page may be too busy to prepare for its end."""
RECEIPT_LIMIT_MS = 60_000
"""A beacon without a receipt by then counts as handed over."""
_HANDED_OVER = Answer(status=200)
"""The browser has the beacon, and nobody will tell us more."""


class _Flight(NamedTuple):
    """A window in the air; begun twice by who couldn't know : it still is one."""

    entry: Entry
    by_guard: bool = False


class Delivery:
    """Sends the heartbeats of one client.

    Args:
        browser: The page.
        endpoint: The server.
        outbox: Where windows wait.
        learner: The app's tag of the signed-in learner, or empty.
        reporter: Told about windows whose run has no reporter of its own.
    """

    def __init__(
        self,
        browser: Browser,
        endpoint: Endpoint,
        outbox: Outbox,
        *,
        learner: str,
        callbacks: Callbacks,
    ) -> None:
        """Start idle; nothing is read or sent before the first `open_run`."""
        self._browser = browser
        self._endpoint = endpoint
        self._outbox = outbox
        self._journal = Journal(browser.storage, endpoint.base_url)
        self._learner = learner
        self._default_callbacks = callbacks
        self._retry_policy = RetryPolicy(browser.rng)
        self._retry_queue = RetryQueue(
            browser,
            outbox,
            self._retry_policy,
            mine=self._mine,
            send=self._fetch,
            is_idle=lambda: not self._flying,
            on_lost=lambda entry, why: self._report(entry, LostWindowError(why)),
            on_empty=self._forget_ended_runs,
        )
        self._stop_preparing: Cancel = lambda: None
        self._callbacks_of: dict[str, Callbacks] = {}
        self._ended_runs: set[str] = set()
        self._flying: set[_Flight] = set()
        self._on_landed: list[tuple[str, Callable[[], None]]] = []

    @property
    def server(self) -> str:
        """Where the heartbeats go."""
        return self._endpoint.base_url

    # ── what a session calls ─────────────────────────────────────────────────────────────────

    def open_run(self, run_id: str, callbacks: Callbacks) -> None:
        """A session of `run_id` begins: what waits of it may go out now."""
        self._callbacks_of[run_id] = callbacks
        self._ended_runs.discard(run_id)
        self.look_again()

    def look_again(self) -> None:
        """Something may wait in the outbox that we have not put there."""
        self._retry_queue.expect()
        self._retry_queue.pump()
        self._stop_preparing = self._browser.timers.call_when_idle(
            lambda: self._browser.network.prepare(self._endpoint.url(PATH)),
            limit_ms=PREPARE_LIMIT_MS,
        )

    def end_run(self, run_id: str, callbacks: Callbacks) -> None:
        """That session is over; its windows still are seen through."""
        self._stop_preparing()
        if self._callbacks_of.get(run_id) is callbacks:
            self._ended_runs.add(run_id)
            self._forget_ended_runs()

    def post(self, entry: Entry) -> None:
        """Deliver a window from a page that lives on."""
        if self._flying or self._retry_queue.in_trouble(entry.run_id):
            self._retry_queue.keep(entry)
            self._retry_queue.pump()
        else:
            self._fetch(entry)

    def post_now(self, entry: Entry) -> None:
        """Deliver a window in this very task: the page, or the session, is about to end."""
        if not self._trusts(entry.run_id):
            outlives_page = self._retry_queue.keep(entry)
            if outlives_page or not self._browser.network.is_online():
                return
            # Storage is full or blocked: a beacon may arrive, memory ends with the page.
            self._outbox.take(entry)
        if self._endpoint.needs_headers:
            self._fetch(entry)
        else:
            self._send_beacon(entry)

    def arm(self, entry: Entry, *, owns_run: bool, in_storage: bool) -> Armed | None:
        """Put an open window where it outlives a crash of the page: see `CrashGuard`."""
        kept = self._journal.keep(entry) if in_storage and owns_run else None
        if kept is not None:
            return kept
        if self._trusts(entry.run_id) and self._browser.network.can_arm():
            return self._leave_with_browser(entry)
        return self._journal.keep(entry) if owns_run else None

    def route(self, run_id: str) -> DeliveryRoute:
        """What somebody else needs to deliver a window of a run when this can't."""
        from timeback_web.ports.worker_guard import DeliveryRoute  # pages have no use for it

        trusted = self._trusts(run_id)
        try:
            request = self._endpoint.request(PATH)
        except DeliveryError:  # of the app's headers callable; the next send will report it
            trusted, request = False, Request(self._endpoint.url(PATH))
        return DeliveryRoute(
            request.url,
            request.headers,
            trusted=trusted,
            outbox=self._outbox.address(run_id),
            journal=self._journal.address(run_id),
        )

    def sent_elsewhere(self, entry: Entry) -> Callable[[Answer], None]:
        """Somebody else has sent a window; what is given has to be called with its answer."""
        flight = _Flight(entry, by_guard=True)
        self._flying.add(flight)
        return lambda answer: self._land(flight, answer)

    def recover(self, run_id: str) -> None:
        """Send what pages that crashed have left of a run that this tab owns."""
        found, late = self._journal.take_leftovers(
            run_id, learner=self._learner, now_ms=self._browser.clock.read().wall_ms
        )
        for entry in found:
            self._retry_queue.keep(entry)
        for entry in late:
            self._report(entry, LostWindowError("its page crashed too long ago"))
        self._retry_queue.pump()

    def when_landed(self, run_id: str, callback: Callable[[], None]) -> None:
        """Call back once nothing of `run_id` is in the air, at once if nothing is."""
        if any(flight.entry.run_id == run_id for flight in self._flying):
            self._on_landed.append((run_id, callback))
        else:
            callback()

    def close(self) -> None:
        """Stop timers and listeners; what waits stays in storage for the next client."""
        self._retry_queue.close()

    def _trusts(self, run_id: str) -> bool:
        """Whether what is sent without seeing the answer is likely to be taken."""
        return not (self._retry_queue.in_trouble(run_id) or self._retry_policy.in_doubt(run_id))

    def _leave_with_browser(self, entry: Entry) -> Armed | None:
        try:
            return self._browser.network.arm(self._endpoint.request(PATH, entry.body))
        except DeliveryError:
            return None  # The app's headers callable; the window's own send will report it.

    # ── sending ──────────────────────────────────────────────────────────────────────────────

    def _fetch(self, entry: Entry, on_done: Callable[[], None] = lambda: None) -> None:
        try:
            request = self._endpoint.request(PATH, entry.body)
        except DeliveryError as error:
            on_done()
            self._retry_policy.refused(entry.run_id, self._monotonic_ms())
            self._keep_trying(entry, error)
            return

        flight = _Flight(entry)

        def answered(answer: Answer) -> None:
            on_done()
            self._land(flight, answer)

        self._flying.add(flight)
        self._browser.network.fetch(request, answered)

    def _send_beacon(self, entry: Entry) -> None:
        network = self._browser.network
        request = self._endpoint.request(PATH, entry.body)
        awaits_receipt = network.gives_receipts(request.url)
        flight = _Flight(entry)
        stop_waiting: Cancel = lambda: None  # noqa: E731

        def landed(answer: Answer) -> None:
            stop_waiting()
            self._land(flight, answer)

        self._flying.add(flight)
        if not network.beacon(request, landed):
            # Over the quota of what may be in flight. If the page lives, there is room again soon.
            self._flying.discard(flight)
            self._retry_policy.refused(entry.run_id, self._monotonic_ms())
            self._retry_queue.keep(entry)
            self._retry_queue.wake_at(self._retry_policy.free_at_ms(entry.run_id))
        elif not awaits_receipt:
            self._land(flight, _HANDED_OVER)
        elif flight in self._flying:
            stop_waiting = self._browser.timers.call_later(
                RECEIPT_LIMIT_MS, lambda: self._land(flight, _HANDED_OVER)
            )

    def _land(self, flight: _Flight, answer: Answer) -> None:
        """An answer has come; a second one for the same flight says nothing new."""
        if flight in self._flying:
            self._flying.discard(flight)
            with self._default_callbacks.notices:
                self._settle_flight(flight, answer)

    def _settle_flight(self, flight: _Flight, answer: Answer) -> None:
        entry, verdict = flight.entry, judge(answer)
        if verdict is Verdict.NOT_SENT:
            self._settle(entry)
        elif verdict is Verdict.RETRY:
            self._note_refusal(entry, answer)
            self._keep_trying(entry, to_error(answer))
        else:
            self._retry_policy.taken(entry.run_id)
            if verdict is Verdict.DELIVERED:
                self._callbacks(entry).flushed(entry.run_id, entry.elapsed_ms)
            else:
                self._report(entry, to_error(answer))
            self._settle(entry)
        self._retry_queue.pump()

    def _note_refusal(self, entry: Entry, answer: Answer) -> None:
        now_ms = self._monotonic_ms()
        quiet_ms = retry_after_ms(answer.retry_after, now_ms=self._browser.clock.read().wall_ms)
        self._retry_policy.asked_for_quiet(quiet_ms, now_ms)
        if answer.status is None:
            self._retry_policy.no_answer(now_ms)
        else:
            self._retry_policy.refused(entry.run_id, now_ms)

    def _keep_trying(self, entry: Entry, error: TimebackError) -> None:
        self._retry_queue.keep(entry)
        free_at_ms = self._retry_policy.free_at_ms(entry.run_id)
        self._retry_queue.wake_at(free_at_ms)
        retry_in_ms = max(0, int(free_at_ms - self._monotonic_ms()))
        self._report(entry, error, retry_in_ms=retry_in_ms)
        self._settle(entry)

    def _settle(self, entry: Entry) -> None:
        """Wake who waits for this run, and let go of runs that are through."""
        if not any(other.entry.run_id == entry.run_id for other in self._flying):
            due = [callback for run_id, callback in self._on_landed if run_id == entry.run_id]
            self._on_landed = [pair for pair in self._on_landed if pair[0] != entry.run_id]
            for callback in due:
                callback()
        self._forget_ended_runs()

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
        self._callbacks(entry).error(error, context)

    def _callbacks(self, entry: Entry) -> Callbacks:
        return self._callbacks_of.get(entry.run_id, self._default_callbacks)

    def _forget_ended_runs(self) -> None:
        if self._flying or self._retry_queue.waiting:
            return
        for run_id in self._ended_runs:
            self._callbacks_of.pop(run_id, None)
        self._ended_runs.clear()

    def _mine(self) -> list[Entry]:
        return self._outbox.waiting(runs=frozenset(self._callbacks_of), learner=self._learner)

    def _monotonic_ms(self) -> float:
        return self._browser.clock.read().monotonic_ms

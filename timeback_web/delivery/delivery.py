"""Delivery: one window at a time, tried again when it was not taken, never sent twice at once.

Theory of operation
-------------------

A window is always in exactly one place: *in flight* (a request is under way), *waiting* (in the
outbox), or done with (delivered, or reported as lost). It flies alone; the next one follows its
answer. The exception is a page that is being left, or a session that ends: their last window flies
beside whatever is under way, because there may be no later (`last_window.py`).

A window is claimed (taken out of the outbox) before it flies and put back when an answer, or the
browser's receipt of a beacon, says that it was not taken, or when no answer came. So a page that
dies with a window in flight never sends it again: the browser finishes the request by itself. Where
no answer came, the server may have counted the window all the same; it is tried again soon, with
the same `startedAt`, while the server still recognises it.

A request that hangs may still be counted by the server; sending the window once more while the
first try runs would count it twice. So it is not: it is in doubt, and the others pass
(`in_flight.py`).

While there is *trouble* (offline, or a wait of `RetryPolicy`) nothing new is sent: windows go to
the outbox. In *doubt* (a try is under way, but nothing has been taken since the last refusal) what
nobody would see the answer of does so, too.

A heartbeat's way: `Delivery.post` → `Sender` → the network → `InFlight` → `Outcomes` → the app's
callbacks, or the outbox, from where the `RetryQueue` takes it to the `Sender` again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from timeback_web.delivery.crash_copy import CrashCopy
from timeback_web.delivery.current_learner import CurrentLearner
from timeback_web.delivery.last_window import LastWindow
from timeback_web.delivery.outcomes import Outcomes
from timeback_web.delivery.retry_policy import RetryPolicy
from timeback_web.delivery.retry_queue import RetryQueue
from timeback_web.delivery.run_callbacks import RunCallbacks
from timeback_web.delivery.sender import PATH, Sender

if TYPE_CHECKING:
    from collections.abc import Callable

    from timeback_web.callbacks import Callbacks
    from timeback_web.delivery.endpoint import Endpoint
    from timeback_web.delivery.entry import Entry
    from timeback_web.delivery.outbox import Outbox
    from timeback_web.delivery.run_callbacks import GivenUp
    from timeback_web.ports import Answer, Armed, Browser, Cancel
    from timeback_web.ports.worker_guard import DeliveryRoute

PREPARE_LIMIT_MS = 2_000
"""How long a page may be too busy to prepare for its end."""


class Delivery:
    """Sends the heartbeats of one client: what its sessions call.

    Args:
        browser: The page.
        endpoint: The server.
        outbox: Where windows wait.
        learner: The app's tag of the signed-in learner, or empty.
        callbacks: Told about windows whose run has no callbacks of its own.
        on_given_up: Told, besides, of windows that are given up and were not refused for good.
        on_landed: Told when it is known how a window fared.
    """

    def __init__(
        self,
        browser: Browser,
        endpoint: Endpoint,
        outbox: Outbox,
        *,
        learner: str,
        callbacks: Callbacks,
        on_given_up: GivenUp | None = None,
        on_landed: Callable[[], None] = lambda: None,
    ) -> None:
        """Start idle; nothing is read or sent before the first `open_run`."""
        self._browser = browser
        self._endpoint = endpoint
        self._outbox = outbox
        self._learner = learner
        self._on_landed = on_landed
        self._current_learner = CurrentLearner(browser.page_record, endpoint.base_url)
        self._callbacks = RunCallbacks(callbacks, on_given_up)
        self._crash_copy = CrashCopy(browser, endpoint)
        self._retry_policy = RetryPolicy(browser.rng)
        self._retry_queue = RetryQueue(
            browser,
            outbox,
            self._retry_policy,
            mine=self._mine,
            send=self._send_waiting,
            is_idle=lambda: not self._in_flight.busy,
            on_lost=self._callbacks.lost,
            on_empty=self._forget_ended_runs,
            on_way_out=lambda final: self._last_window.empty_memory(final=final),
        )
        outcomes = Outcomes(browser.clock, self._retry_policy, self._retry_queue, self._callbacks)
        self._outcomes = outcomes
        self._sender = Sender(
            browser,
            endpoint,
            outcomes,
            notices=callbacks.notices,
            on_landed=self._landed,
        )
        self._in_flight = self._sender.in_flight
        self._last_window = LastWindow(
            outbox,
            self._sender,
            outcomes,
            self._callbacks,
            trusts=lambda entry: self._trusts(entry.run_id, entry.learner),
            may_go=lambda entry: (
                browser.network.is_online() and self._current_learner.may_be(entry.learner)
            ),
        )
        self._stop_preparing: Cancel = lambda: None

    @property
    def server(self) -> str:
        """Where the heartbeats go."""
        return self._endpoint.base_url

    # ── runs ─────────────────────────────────────────────────────────────────────────────────

    def open_run(self, run_id: str, callbacks: Callbacks) -> None:
        """A session of `run_id` begins: what waits of it may go out now."""
        self._callbacks.open(run_id, callbacks)
        self._current_learner.starts(self._learner)
        self.look_again()

    def look_again(self) -> None:
        """Something may wait in the outbox that we have not put there."""
        self._retry_queue.expect()
        self._retry_queue.pump()
        self._stop_preparing = self._browser.timers.call_when_idle(
            lambda: self._browser.network.prepare(self._endpoint.url(PATH)),
            limit_ms=PREPARE_LIMIT_MS,
        )

    def send_waiting(
        self, runs: frozenset[str], callbacks: Callbacks, on_rest: Callable[[], None]
    ) -> None:
        """Send what waits of these runs and of the learner, who is signed in.

        Args:
            runs: Such as may be sent under this sign-in, whatever they are tagged with.
            callbacks: For those that are not open.
            on_rest: Called when all has been tried that is worth a try now.
        """
        closed = runs - self._callbacks.runs
        for run_id in closed:
            self._callbacks.open(run_id, callbacks)
        self._current_learner.starts(self._learner)

        def rest() -> None:
            for run_id in closed:
                self._callbacks.end(run_id, callbacks)
            self._forget_ended_runs()
            on_rest()

        self._retry_queue.expect()
        self._retry_queue.pump()
        self._retry_queue.when_at_rest(rest)

    @property
    def kept(self) -> int:
        """How many windows wait for our learner, or of the runs that were asked for."""
        return len(self._mine())

    def trusts(self, run_id: str) -> bool:
        """Whether what is sent of a run now is likely to be answered, and rightly booked."""
        return self._trusts(run_id, self._learner)

    def end_run(self, run_id: str, callbacks: Callbacks) -> None:
        """That session is over; its windows still are seen through."""
        self._stop_preparing()
        self._callbacks.end(run_id, callbacks)
        self._forget_ended_runs()

    def when_landed(self, run_id: str, callback: Callable[[], None]) -> None:
        """Call back once nothing of `run_id` is in flight, at once if nothing is."""
        self._in_flight.when_landed(run_id, callback)

    def close(self) -> None:
        """Send nothing more; what waits stays in storage for the next client.

        What is in flight is heard, and put into storage if it was not taken: the cookie may be
        another learner's by now.
        """
        self._retry_queue.close()

    # ── windows ──────────────────────────────────────────────────────────────────────────────

    def post(self, entry: Entry) -> None:
        """Deliver a window from a page that lives on."""
        may_go = self._current_learner.may_be(entry.learner)
        if not may_go or self._in_flight.busy or self._retry_queue.in_trouble(entry.run_id):
            self._outcomes.wait(entry)
            self._retry_queue.pump()
        else:
            self._sender.fetch(entry)

    def post_now(self, entry: Entry) -> None:
        """Deliver a window in this very task: the page, or the session, is about to end."""
        self._last_window.post(entry)

    def sent_elsewhere(self, entry: Entry) -> Callable[[Answer], None]:
        """Somebody else has sent a window; what is given has to be called with its answer."""
        return self._sender.sent_elsewhere(entry)

    def _send_waiting(self, entry: Entry, release: Callable[[], None]) -> None:
        self._sender.fetch(entry, release)

    def _landed(self) -> None:
        self._forget_ended_runs()
        self._retry_queue.pump()
        self._on_landed()

    def _forget_ended_runs(self) -> None:
        if self._in_flight.empty and not self._retry_queue.waiting:
            self._callbacks.forget_ended()

    def _mine(self) -> list[Entry]:
        """What waits and may go out under this page's sign-in, oldest first."""
        waiting = self._outbox.waiting(runs=self._callbacks.runs, learner=self._learner)
        return [entry for entry in waiting if self._current_learner.may_be(entry.learner)]

    def _trusts(self, run_id: str, learner: str) -> bool:
        """Whether what is sent without seeing the answer is likely to be taken, and rightly so."""
        trouble = self._retry_queue.in_trouble(run_id) or self._retry_policy.in_doubt(run_id)
        return not trouble and self._current_learner.may_be(learner)

    # ── crashes ──────────────────────────────────────────────────────────────────────────────

    def arm(self, entry: Entry, *, owns_run: bool, in_storage: bool) -> Armed | None:
        """Put an open window where it outlives a crash of the page: see `CrashGuard`."""
        trusted = self._trusts(entry.run_id, entry.learner)
        return self._crash_copy.leave(
            entry, trusted=trusted, owns_run=owns_run, in_storage=in_storage
        )

    def route(self, run_id: str) -> DeliveryRoute:
        """What somebody else needs to deliver a window of a run when this can't."""
        trusted = self._trusts(run_id, self._learner)
        return self._crash_copy.route(run_id, self._outbox, trusted=trusted)

    def recover(self, run_id: str) -> None:
        """Send what pages that crashed have left of a run that this tab owns."""
        found, late = self._crash_copy.take_leftovers(run_id, self._learner)
        for entry in found:
            self._outcomes.wait(entry)
        for entry in late:
            self._callbacks.lost(entry, "its page crashed too long ago", via="journal")
        self._retry_queue.pump()

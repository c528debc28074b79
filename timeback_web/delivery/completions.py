"""Completions: each is recorded once, or the app knows that this is not certain.

A completion is sent in the task of `end(metrics)`. The official server does not recognise one that
it has seen, so what becomes of it depends on what is known (`submission.py`):

* taken, or refused for good: that is all;
* certainly not taken (it was not sent, as the server can't be reached; it was turned down): kept in
  storage, and sent once it can be, by this page or a later one of the same learner;
* nobody knows (no answer came): never sent again by itself. The app is told, and may end the
  activity again.

So while the delivery of windows is in trouble nothing is sent: a window may be sent twice, and so
it is windows that find out whether the server is there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from timeback_web.callbacks import ErrorContext
from timeback_web.delivery.backoff import Backoff, retry_after_ms
from timeback_web.delivery.entry import Entry
from timeback_web.delivery.in_flight import Flight, InFlight
from timeback_web.delivery.outbox import Outbox
from timeback_web.delivery.outbox_turn import OutboxTurn
from timeback_web.delivery.retry_policy import RetryPolicy
from timeback_web.delivery.submission import PATH, Fate, error_of, fate
from timeback_web.delivery.wire import submit_body
from timeback_web.errors import DeliveryError, LostCompletionError, UnreachableError
from timeback_web.ports import PageEvent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from timeback_web.callbacks import Callbacks
    from timeback_web.delivery.endpoint import Endpoint
    from timeback_web.delivery.wire import ActivityRef
    from timeback_web.options import Metrics
    from timeback_web.ports import Answer, Browser, Cancel

_NOT_SENT = "the server can't be reached now; the completion is kept, and sent once it can be"

type OnFate = Callable[[Exception | None, bool], None]
"""Told why a completion is not known to be taken (`None`: it is), and whether it is kept."""


class _Asker(NamedTuple):
    callbacks: Callbacks
    on_fate: OnFate


class Completions:
    """Sends the completions of one client.

    Args:
        browser: The page.
        endpoint: The server.
        learner: The app's tag of the learner, or empty.
        callbacks: Told of what an earlier page has left.
        may_send: Whether a completion of a run is likely to be answered, and rightly booked.
    """

    def __init__(
        self,
        browser: Browser,
        endpoint: Endpoint,
        *,
        learner: str,
        callbacks: Callbacks,
        may_send: Callable[[str], bool],
    ) -> None:
        """Nothing is under way."""
        self._browser = browser
        self._endpoint = endpoint
        self._learner = learner
        self._callbacks = callbacks
        self._may_send = may_send
        self._outbox = Outbox(browser.storage, endpoint.base_url, shelf="completions")
        self._retry_policy = RetryPolicy(browser.rng)
        self._doubts = Backoff(browser.rng)
        self._turn = OutboxTurn(browser, self._take_turn)
        self._in_flight = InFlight(
            browser.clock, browser.timers, on_doubt=lambda _: None, on_over=self._answered
        )
        self._runs: set[str] = set()
        self._askers: dict[str, _Asker] = {}
        self._waiting = False
        self._closed = False
        self._wake: Cancel = _nothing
        self._stop_listening: Cancel = _nothing
        self._on_rest: list[Callable[[], None]] = []

    def send(
        self,
        ref: ActivityRef,
        metrics: Metrics,
        *,
        process: bool | None,
        ended_at_ms: int,
        callbacks: Callbacks,
        on_fate: OnFate,
    ) -> None:
        """Send the completion of an activity, in this task.

        Args:
            ref: The activity, and its run.
            metrics: The result.
            process: Whether the server is to process it.
            ended_at_ms: Wall time of the end.
            callbacks: Told of trouble.
            on_fate: Told what becomes of it, maybe more than once.
        """
        body = submit_body(ref, metrics, ended_at_ms=ended_at_ms, process=process)
        entry = Entry(ref.run_id, ended_at_ms, ended_at_ms, 0, body, self._learner)
        self._askers[ref.run_id] = _Asker(callbacks, on_fate)
        self._runs.add(ref.run_id)
        if self.in_doubt(ref.run_id):
            return  # the first try still runs: a second one might be recorded as well
        if self._may_send(ref.run_id):
            self._try(entry)
        else:
            self._keep(entry, UnreachableError(_NOT_SENT), retry_in_ms=self._look_later())
            self._tell(entry, None, kept=True)

    def in_doubt(self, run_id: str) -> bool:
        """Whether a try is under way, so that nobody can say whether it is recorded."""
        return self._in_flight.has(run_id)

    def look_for(self, runs: Iterable[str]) -> None:
        """Send what is kept of these runs, and of the learner."""
        self._runs.update(runs)
        for lost in self._outbox.evict(now_ms=self._browser.clock.read().wall_ms):
            self._give_up(lost, LostCompletionError("it waited too long, or too many waited"))
        self._expect()
        self.pump()

    def pump(self) -> None:
        """Send what is kept, one after the other, if that is worth a try now."""
        if self._waiting and not self._turn.awaited and self._in_flight.empty:
            if any(self._may_try(entry) for entry in self._mine()):
                self._turn.ask()
            else:
                self._wait()

    @property
    def kept(self) -> int:
        """How many wait for our learner, or of the runs that were asked for."""
        return len(self._mine())

    def when_at_rest(self, callback: Callable[[], None]) -> None:
        """Call back when all has been tried that is worth a try now."""
        self._on_rest.append(callback)
        self._settle()

    def close(self) -> None:
        """What is under way may still land; nothing is tried again, what is kept stays kept."""
        self._closed = True
        self._rest()
        if self._turn.awaited:
            self._turn.end()
        self._outbox.store_memory()
        for lost in self._outbox.drain_memory():
            reason = "the client was closed before the completion was taken, and storage is full"
            self._give_up(lost, LostCompletionError(reason))
        for run_id, asker in list(self._askers.items()):
            if not self.in_doubt(run_id):
                asker.on_fate(None, True)

    # ── sending ──────────────────────────────────────────────────────────────────────────────

    def _take_turn(self) -> None:
        entry = None if self._closed else self._claim()
        if entry is None:
            self._turn.end()
            self._settle()
        else:
            self._try(entry, kept=True)

    def _claim(self) -> Entry | None:
        for entry in self._mine():
            if self._may_try(entry) and self._outbox.take(entry):
                return entry
        self._wait()
        return None

    def _may_try(self, entry: Entry) -> bool:
        rested = self._retry_policy.free_at_ms(entry.run_id) <= self._monotonic_ms()
        return rested and self._may_send(entry.run_id)

    def _mine(self) -> list[Entry]:
        return self._outbox.waiting(runs=frozenset(self._runs), learner=self._learner)

    def _try(self, entry: Entry, *, kept: bool = False) -> None:
        try:
            request = self._endpoint.request(PATH, entry.body)
        except DeliveryError as error:
            self._turn.end()
            if kept:
                self._turned_down(entry, error)
            else:
                self._give_up(entry, error)
            return
        flight = Flight(entry)
        self._in_flight.begin(flight, self._turn.end if kept else _nothing)
        self._browser.network.fetch(request, lambda answer: self._answered(flight, answer))

    def _answered(self, flight: Flight, answer: Answer) -> None:
        if flight not in self._in_flight:
            return
        with self._callbacks.notices:
            self._in_flight.end(flight)
            entry, became = flight.entry, fate(answer)
            if became is Fate.NOT_TAKEN:
                wall_ms = self._browser.clock.read().wall_ms
                quiet_ms = retry_after_ms(answer.retry_after, now_ms=wall_ms)
                self._retry_policy.asked_for_quiet(quiet_ms, self._monotonic_ms())
                self._turned_down(entry, error_of(answer))
            else:
                self._retry_policy.taken(entry.run_id)
                if became is Fate.TAKEN:
                    self._tell(entry, None)
                else:
                    self._give_up(entry, error_of(answer))
            self.pump()
            self._settle()

    # ── what becomes of it ───────────────────────────────────────────────────────────────────

    def _turned_down(self, entry: Entry, error: DeliveryError) -> None:
        now_ms = self._monotonic_ms()
        self._retry_policy.refused(entry.run_id, now_ms)
        free_at_ms = self._retry_policy.free_at_ms(entry.run_id)
        self._keep(entry, error, retry_in_ms=max(0, int(free_at_ms - now_ms)))

    def _keep(self, entry: Entry, error: DeliveryError, *, retry_in_ms: int) -> None:
        outlives_page = self._outbox.put(entry)
        if not self._closed:
            self._expect()
            self._report(entry, error, will_retry=True, retry_in_ms=retry_in_ms)
        elif outlives_page:
            self._report(entry, error, will_retry=True)  # by the next client
            self._tell(entry, None, kept=True)
        else:
            self._outbox.take(entry)
            self._give_up(entry, error)

    def _give_up(self, entry: Entry, error: DeliveryError) -> None:
        self._report(entry, error)
        self._tell(entry, error)

    def _tell(self, entry: Entry, error: Exception | None, *, kept: bool = False) -> None:
        asker = self._askers.get(entry.run_id)
        if asker is not None:
            if not kept:
                del self._askers[entry.run_id]
            asker.on_fate(error, kept)

    def _report(
        self,
        entry: Entry,
        error: DeliveryError,
        *,
        will_retry: bool = False,
        retry_in_ms: int | None = None,
    ) -> None:
        asker = self._askers.get(entry.run_id)
        callbacks = self._callbacks if asker is None else asker.callbacks
        context = ErrorContext(
            operation="submit",
            run_id=entry.run_id,
            will_retry=will_retry,
            retry_in_ms=retry_in_ms,
        )
        callbacks.error(error, context)

    # ── waiting ──────────────────────────────────────────────────────────────────────────────

    def _expect(self) -> None:
        if not self._closed and not self._waiting:
            self._waiting = True
            self._stop_listening = self._browser.lifecycle.listen(self._on_page)

    def _wait(self) -> None:
        """Look again when one may be tried; rest if there is none."""
        mine = self._mine()
        if not mine:
            self._rest()
            return
        free_at_ms = min(self._retry_policy.free_at_ms(entry.run_id) for entry in mine)
        if (delay_ms := free_at_ms - self._monotonic_ms()) > 0:
            self._wake_in(delay_ms)
        else:
            self._look_later()

    def _look_later(self) -> int:
        """Windows tell when the server is there again; where none wait, somebody has to look."""
        delay_ms = self._doubts.next_ms()
        self._wake_in(delay_ms)
        return delay_ms

    def _wake_in(self, delay_ms: float) -> None:
        self._wake()
        self._wake = self._browser.timers.call_later(delay_ms, self._look_again)

    def _look_again(self) -> None:
        self._wake = _nothing
        self.pump()

    def _rest(self) -> None:
        self._waiting = False
        self._wake()
        self._stop_listening()
        self._wake = self._stop_listening = _nothing
        self._doubts.reset()

    def _settle(self) -> None:
        if self._turn.awaited or not self._in_flight.empty:
            return
        due, self._on_rest = self._on_rest, []
        for callback in due:
            callback()

    def _on_page(self, event: PageEvent) -> None:
        if event is PageEvent.LEAVING:
            self._turn.end()  # a frozen page would keep it from all others
        elif event in (PageEvent.ONLINE, PageEvent.RETURNED):
            self._doubts.reset()
            self._look_later()

    def _monotonic_ms(self) -> float:
        return self._browser.clock.read().monotonic_ms


def _nothing() -> None:
    """There is nothing to undo."""

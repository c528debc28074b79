"""Sending one window, and hearing what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from timeback_web.delivery.in_flight import Flight, InFlight
from timeback_web.errors import DeliveryError
from timeback_web.ports import HANDED_OVER

if TYPE_CHECKING:
    from collections.abc import Callable

    from timeback_web.delivery.endpoint import Endpoint
    from timeback_web.delivery.entry import Entry
    from timeback_web.delivery.outcomes import Outcomes
    from timeback_web.notices import Notices
    from timeback_web.ports import Answer, Browser, Cancel

PATH = "/activity/heartbeat"
RECEIPT_LIMIT_MS = 60_000
"""A beacon without a receipt by then counts as handed over."""


class Sender:
    """Sends windows by `fetch`, or as beacons.

    Args:
        browser: The page.
        endpoint: The server.
        outcomes: Told how each window fared.
        notices: Of the client: what the app is told comes last.
        on_landed: Called when the next window may go.
    """

    def __init__(
        self,
        browser: Browser,
        endpoint: Endpoint,
        outcomes: Outcomes,
        *,
        notices: Notices,
        on_landed: Callable[[], None],
    ) -> None:
        """Send nothing yet."""
        self.in_flight = InFlight(
            browser.clock, browser.timers, on_doubt=self._doubt, on_over=self._land
        )
        self._browser = browser
        self._endpoint = endpoint
        self._outcomes = outcomes
        self._notices = notices
        self._on_landed = on_landed

    def fetch(self, entry: Entry, release: Callable[[], None] = lambda: None) -> None:
        """Send it, and hear the answer; `release` is called when it holds up nobody any more."""
        try:
            request = self._endpoint.request(PATH, entry.body)
        except DeliveryError as error:
            release()
            self._outcomes.not_sent(entry, error)
            self.in_flight.settle(entry.run_id)
            return
        flight = Flight(entry)
        self.in_flight.begin(flight, release)
        self._browser.network.fetch(request, lambda answer: self._land(flight, answer))

    def send_last(self, entry: Entry) -> None:
        """Send it in a way that outlives the page: a beacon, if that need not carry headers."""
        if self._endpoint.needs_headers:
            self.fetch(entry)
        else:
            self._beacon(entry)

    def sent_elsewhere(self, entry: Entry) -> Callable[[Answer], None]:
        """Somebody else has sent it; what is given has to be called with its answer."""
        flight = Flight(entry, by_guard=True)
        self.in_flight.begin(flight, _nothing)
        return lambda answer: self._land(flight, answer)

    def _beacon(self, entry: Entry) -> None:
        network = self._browser.network
        request = self._endpoint.request(PATH, entry.body)
        awaits_receipt = network.gives_receipts(request.url)
        flight = Flight(entry)
        stop_waiting: Cancel = _nothing

        def landed(answer: Answer) -> None:
            stop_waiting()
            self._land(flight, answer)

        self.in_flight.begin(flight, _nothing)
        if not network.beacon(request, landed):
            self.in_flight.end(flight)
            self._outcomes.not_accepted(entry)
        elif not awaits_receipt:
            self._land(flight, HANDED_OVER)
        elif flight in self.in_flight:
            stop_waiting = self._browser.timers.call_later(
                RECEIPT_LIMIT_MS, lambda: self._land(flight, HANDED_OVER)
            )

    def _land(self, flight: Flight, answer: Answer) -> None:
        """An answer has come; a second one for the same flight says nothing new.

        The window is written down before it is let go: an interrupt may come at any point, and the
        answer is then told again.
        """
        if flight not in self.in_flight:
            return
        with self._notices:
            self._outcomes.answered(flight.entry, answer, age_ms=self.in_flight.age_ms(flight))
            self.in_flight.end(flight)
            self.in_flight.settle(flight.entry.run_id)
            self._on_landed()

    def _doubt(self, flight: Flight) -> None:
        with self._notices:
            self._outcomes.in_doubt(flight.entry)
            self._on_landed()


def _nothing() -> None:
    """Nobody is held up, and nothing waits."""

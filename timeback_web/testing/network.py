"""A network that can be slow, away, or over its beacon quota."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from timeback_web.ports import Answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from timeback_web.ports import Request
    from timeback_web.testing.server import FakeServer
    from timeback_web.testing.time import FakeTimers

BEACON_QUOTA_CHARS = 65_536


@dataclass(frozen=True, slots=True)
class Sent:
    """One request that left the page, and how.

    Attributes:
        way: `fetch`, `beacon` or `fetchLater`.
        request: Its `url`, `body` (JSON text, or `None`) and `headers`.
    """

    way: Literal["fetch", "beacon", "fetchLater"]
    request: Request


class FakeNetwork:
    """Carries requests to a `FakeServer`.

    Attributes:
        online: Whether there is a network.
        receipts: Whether the browser reports the status of beacons.
        latency_ms: Time until an answer; with 0 it is there before the call returns.
        has_fetch_later: Whether the browser can send a request when the page dies.
        sent: Everything that left the page.
        armed: What the browser will send when the page dies.
        in_flight: How many requests wait for their answer now.
        most_in_flight: The most that ever did at once.
    """

    def __init__(self, server: FakeServer, timers: FakeTimers) -> None:
        """Connect to `server`."""
        self.online = True
        self.receipts = True
        self.has_fetch_later = True
        self.latency_ms = 0.0
        self.sent: list[Sent] = []
        self.armed: list[FakeArmed] = []
        self.in_flight = 0
        self.most_in_flight = 0
        self._server = server
        self._timers = timers

    def is_online(self) -> bool:
        """Whether there is a network."""
        return self.online

    def prepare(self, url: str) -> None:
        """Nothing here is slow."""

    def gives_receipts(self, url: str) -> bool:  # noqa: ARG002 - the port's signature
        """Whether the browser tells how a beacon ended."""
        return self.receipts

    def fetch(self, request: Request, on_answer: Callable[[Answer], None]) -> None:
        """Carry a request."""
        self._carry(Sent("fetch", request), on_answer)

    def beacon(self, request: Request, on_receipt: Callable[[Answer], None]) -> bool:
        """Carry a beacon; offline it is taken and lost, as by a real browser."""
        if request.headers:
            raise AssertionError("a beacon can't carry headers")
        if len(request.body or "") > BEACON_QUOTA_CHARS:
            return False
        self._carry(Sent("beacon", request), on_receipt if self.receipts else _ignore)
        return True

    def can_arm(self) -> bool:
        """Whether the browser can send a request when the page dies."""
        return self.has_fetch_later

    def arm(self, request: Request) -> FakeArmed:
        """Hold a request until the page dies."""
        armed = FakeArmed(self, request)
        self.armed.append(armed)
        return armed

    def carry_armed(self, request: Request) -> None:
        """Carry what was armed."""
        self._carry(Sent("fetchLater", request), _ignore)

    def page_died(self) -> None:
        """Send what is armed, as the browser does when a page is gone."""
        for armed in list(self.armed):
            armed.send()

    def _carry(self, sent: Sent, on_answer: Callable[[Answer], None]) -> None:
        self.sent.append(sent)
        if not self.online:
            answer = Answer(None, "Failed to fetch")
        else:
            answer = self._server.handle(sent.request)
        if answer.redirected and sent.way == "fetch":
            answer = Answer(None, redirected=True)  # only a beacon follows
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)

        def arrive() -> None:
            self.in_flight -= 1
            on_answer(answer)

        if self.latency_ms:
            self._timers.call_later(self.latency_ms, arrive)
        else:
            arrive()


class FakeArmed:
    """One `fetchLater`.

    Args:
        network: Where it is armed.
        request: What it sends.
    """

    def __init__(self, network: FakeNetwork, request: Request) -> None:
        """Wait for the end of the page."""
        self._network = network
        self._request = request
        self._sent = False

    def take_back(self) -> bool:
        """Disarm it; `False` when it has been sent."""
        if self in self._network.armed:
            self._network.armed.remove(self)
        return not self._sent

    def send(self) -> None:
        """The browser sends it; nobody is told the answer."""
        self._network.armed.remove(self)
        self._sent = True
        self._network.carry_armed(self._request)


def _ignore(_: Answer) -> None:
    """Nobody is told."""

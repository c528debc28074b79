"""What the tests of the core have in common."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from timeback_web import Timeback
from timeback_web.ports import Answer, PageEvent
from timeback_web.testing import FakeBrowser, FakeStorage

if TYPE_CHECKING:
    from collections.abc import Callable

    from timeback_web import Activity, ErrorContext, TimebackError
    from timeback_web.delivery.wire import Heartbeat
    from timeback_web.ports import Cancel, Locks
    from timeback_web.testing import FakeServer
    from timeback_web.testing.channels import FakeChannels
    from timeback_web.testing.locks import FakeLocks
    from timeback_web.testing.time import FakeTimers

LESSON: dict[str, Any] = {
    "id": "lesson-1",
    "name": "Fractions",
    "course": {"subject": "Math", "grade": 3},
}
RUN = "6f1c3a52-8f7e-4a8e-9d2b-0b6c5a1d2e3f"
OTHER_RUN = "11111111-8f7e-4a8e-9d2b-0b6c5a1d2e3f"
HEARTBEAT_MS = 15_000
LONGEST_FIRST_RETRY_MS = 1_000
SERVICE_DOWN = Answer(503)
DAY_MS = 24 * 3_600_000

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Page:
    """A page with a client in it, and what the client told the app."""

    def __init__(
        self,
        *,
        hidden: bool = False,
        storage: FakeStorage | None = None,
        server: FakeServer | None = None,
        locks: FakeLocks | None = None,
        channels: FakeChannels | None = None,
        later_ms: int = 0,
        **client: Any,
    ) -> None:
        self.browser = FakeBrowser(
            hidden=hidden,
            storage=storage,
            server=server,
            locks=locks,
            channels=channels,
            later_ms=later_ms,
        )
        self.errors: list[tuple[TimebackError, ErrorContext]] = []
        self.flushed: list[int] = []
        self.timeback = Timeback(browser=self.browser, on_error=self._on_error, **client)

    def start(self, run_id: str | None = RUN, **options: Any) -> Activity:
        given = {**LESSON, "run_id": run_id, "on_flush": self.flushed.append, **options}
        return self.timeback.activity.start(given)

    @property
    def heartbeats(self) -> list[Heartbeat]:
        return self.browser.server.heartbeats

    @property
    def starts(self) -> list[str]:
        return [heartbeat.started_at for heartbeat in self.heartbeats]

    @property
    def ways(self) -> list[str]:
        return [sent.way for sent in self.browser.network.sent]

    @property
    def waiting(self) -> list[str]:
        """Keys of the windows in the outbox."""
        return [key for key in self.browser.storage.items if key.startswith("timeback_web/outbox/")]

    @property
    def traces(self) -> tuple[int, int, int, int]:
        """What a client may leave behind in a page."""
        browser = self.browser
        return (
            browser.timers.pending,
            browser.lifecycle.listeners + browser.channels.open_channels + len(browser.locks.held),
            len(browser.storage.items),
            browser.network.in_flight,
        )

    def _on_error(self, error: TimebackError, context: ErrorContext) -> None:
        self.errors.append((error, context))


class LateLocks:
    """Locks that answer in a later task, as those of a real browser."""

    def __init__(self, timers: FakeTimers, inner: Locks, delay_ms: float = 5) -> None:
        self._timers = timers
        self._inner = inner
        self._delay_ms = delay_ms

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def request(self, *arguments: Any, **options: Any) -> Cancel:
        return self._later(self._inner.request, *arguments, **options)

    def request_if_free(self, *arguments: Any, **options: Any) -> Cancel:
        return self._later(self._inner.request_if_free, *arguments, **options)

    def _later(self, request: Callable[..., Cancel], *arguments: Any, **options: Any) -> Cancel:
        def send() -> None:
            nonlocal withdraw
            withdraw = request(*arguments, **options)

        def withdraw_either() -> None:
            withdraw()

        withdraw = self._timers.call_later(self._delay_ms, send)
        return withdraw_either


class TabStorage(FakeStorage):
    """One tab's view of localStorage: what other tabs change arrives late, with `catch_up`."""

    def __init__(self, shared: dict[str, str]) -> None:
        super().__init__()
        self._shared = shared
        self.catch_up()

    def catch_up(self) -> None:
        self.items = dict(self._shared)

    def set(self, key: str, value: str) -> None:
        super().set(key, value)
        self._shared[key] = value

    def remove(self, key: str) -> None:
        super().remove(key)
        self._shared.pop(key, None)


def ms(stamp: str) -> int:
    """An ISO 8601 stamp as milliseconds since the epoch."""
    return (datetime.fromisoformat(stamp) - _EPOCH) // timedelta(milliseconds=1)


def spans(heartbeats: list[Heartbeat]) -> list[tuple[int, int]]:
    return [(beat.elapsed_ms, beat.paused_ms) for beat in heartbeats]


def assert_tiles(heartbeats: list[Heartbeat]) -> None:
    """The heartbeats of one session lie end to end, and their parts add up."""
    for beat in heartbeats:
        assert ms(beat.ended_at) - ms(beat.started_at) == beat.elapsed_ms + beat.paused_ms
        assert min(beat.elapsed_ms, beat.paused_ms) >= 0
    for before, after in pairwise(heartbeats):
        assert after.started_at == before.ended_at


def flap(browser: FakeBrowser) -> None:
    """The browser says that it is online again."""
    browser.lifecycle.tell(PageEvent.ONLINE)

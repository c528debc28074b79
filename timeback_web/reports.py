"""Reports: what becomes of each window, told to whoever wants to watch (`Timeback(on_report=...)`).

Between the package and the page stand ports, and all that happens to a window happens there: it is
handed to the browser, answered, stored, put aside for a crash. So whoever wants reports gets ports
that tell what passes through them. Nobody else pays for it: without `on_report` there is nothing in
between, and in a bundle this module is a package of its own, `timeback-web-reports`.

    def show(report: Report) -> None:
        print(report.via, report.outcome, report.elapsed_ms, report.paused_ms)

    timeback = Timeback(on_report=show)
"""

from __future__ import annotations

import inspect
import json
import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from timeback_web.delivery.answers import Verdict, judge
from timeback_web.errors import InvalidOptionsError
from timeback_web.ports import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from timeback_web.delivery.entry import Entry
    from timeback_web.ports import Answer, Armed, Browser, Network, Request, Storage
    from timeback_web.ports.worker_guard import (
        Claim,
        OpenWindow,
        SentByGuard,
        WorkerGuard,
        WorkerGuardListener,
    )

type Via = Literal["fetch", "beacon", "fetchLater", "outbox", "journal", "guard"]
type Outcome = Literal["sending", "delivered", "handed over", "kept", "lost", "armed"]

_HEARTBEAT = "/activity/heartbeat"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_log = logging.getLogger("timeback_web")


@dataclass(frozen=True, slots=True)
class Report:
    """Something has happened to a window: the span of time that one heartbeat reports.

    Attributes:
        run_id: The run whose time it is.
        started_at_ms: Its start in wall-clock milliseconds since the epoch; with the run, its name.
        ended_at_ms: Its end, likewise.
        elapsed_ms: Active milliseconds in it.
        via: How it travels. `fetch`: a request with `keepalive`. `beacon`: `sendBeacon`, in the
            last moments of a page or session (browsers that tell nothing of beacons get a `fetch`
            with `keepalive`). `outbox`: it waits in storage, or goes out from there. `fetchLater`:
            the browser sends it when the page dies. `journal`: it lies in storage for the case of
            a crash. `guard`: in a worker, the guard on the main thread has sent it.
        outcome: `sending`: on its way. `delivered`: the server has counted it. `handed over`: the
            browser has it, and nobody tells what the server said. `kept`: not taken now, it is
            tried again. `lost`: the server will never take it, or it was given up. `armed`: nothing
            yet, the page is alive; this is what would be sent if it crashed now. A window that
            grows is armed again every moment, under the same start.
        status: The HTTP status that decided it, if one did.
    """

    run_id: str
    started_at_ms: int
    ended_at_ms: int
    elapsed_ms: int
    via: Via
    outcome: Outcome
    status: int | None = None

    @property
    def paused_ms(self) -> int:
        """Milliseconds in it that were not active."""
        return self.ended_at_ms - self.started_at_ms - self.elapsed_ms


class _Window(NamedTuple):
    run_id: str
    started_at_ms: int
    ended_at_ms: int
    elapsed_ms: int


class ReportingBrowser:
    """The ports of a page, which tell what becomes of the windows that pass through them.

    Args:
        browser: The page.
        on_report: Told each `Report`, at once and in order; must not be async, as a page that is
            closing runs no task. Whatever it raises is logged, and tracking goes on.

    Raises:
        InvalidOptionsError: `on_report` is async.
    """

    def __init__(self, browser: Browser, on_report: Callable[[Report], object]) -> None:
        """Stand in between."""
        if inspect.iscoroutinefunction(on_report):
            raise InvalidOptionsError("on_report", "must not be async: a closing page runs no task")
        book = _Book(on_report)
        self.clock = browser.clock
        self.timers = browser.timers
        self.lifecycle = browser.lifecycle
        self.page_record = browser.page_record
        self.locks = browser.locks
        self.channels = browser.channels
        self.rng = browser.rng
        self.navigation = browser.navigation
        self.packages = browser.packages
        worker_guard = browser.worker_guard
        self.network = _Network(
            browser.network, book, last_way="fetch" if worker_guard else "beacon"
        )
        self.storage = _Storage(browser.storage, book)
        self.worker_guard = None if worker_guard is None else _WorkerGuard(worker_guard, book)
        self._book = book

    def given_up(self, entry: Entry, via: Via) -> None:
        """A window was given up, of which no port can know."""
        self._book.given_up(_window(json.loads(entry.body)), via)


class _Book:
    """What is known of the windows under way, and the callback."""

    def __init__(self, on_report: Callable[[Report], object]) -> None:
        self._on_report = on_report
        self._refused: dict[_Window, tuple[Via, int | None]] = {}
        self._kept: set[_Window] = set()

    def tell(self, window: _Window, via: Via, outcome: Outcome, status: int | None = None) -> None:
        try:
            self._on_report(Report(*window, via, outcome, status))
        except Exception:  # noqa: BLE001 - the app's code may raise anything
            _log.exception("on_report itself failed")

    def way_of(self, window: _Window) -> Via:
        """How a window travels that is fetched now."""
        return "outbox" if window in self._kept else "fetch"

    def in_flight(
        self, window: _Window, via: Via, on_answer: Callable[[Answer], None]
    ) -> Callable[[Answer], None]:
        """Tell that it is on its way; give what tells what its answer says, and passes that on."""
        self._kept.discard(window)
        self.tell(window, via, "sending")

        def answered(answer: Answer) -> None:
            self._tell_answer(window, via, answer)
            on_answer(answer)

        return answered

    def kept(self, window: _Window) -> None:
        """It waits to be sent; if it was refused, that is why."""
        if window in self._kept and window not in self._refused:
            return  # it has only moved from memory to storage
        self._kept.add(window)
        via, status = self._refused.pop(window, ("outbox", None))
        self.tell(window, via, "kept", status)

    def given_up(self, window: _Window, via: Via) -> None:
        """It waits no more, and is not sent."""
        self._kept.discard(window)
        via, status = self._refused.pop(window, (via, None))
        self.tell(window, via, "lost", status)

    def taken_out(self, window: _Window) -> None:
        """It is taken out of the outbox, to be sent."""
        self._kept.add(window)

    def _tell_answer(self, window: _Window, via: Via, answer: Answer) -> None:
        verdict = judge(answer)
        if not answer.seen:
            self.tell(window, via, "handed over")
        elif verdict is Verdict.DELIVERED:
            self.tell(window, via, "delivered", answer.status)
        elif verdict is Verdict.PERMANENT:
            self.tell(window, via, "lost", answer.status)
        elif verdict is Verdict.RETRY:  # it goes into the outbox next
            self._refused[window] = (via, answer.status)


class _Network:
    """The port of the same name."""

    def __init__(self, network: Network, book: _Book, *, last_way: Via) -> None:
        self._network = network
        self._book = book
        self._last_way = last_way
        self.is_online = network.is_online
        self.gives_receipts = network.gives_receipts
        self.prepare = network.prepare
        self.can_arm = network.can_arm

    def fetch(self, request: Request, on_answer: Callable[[Answer], None]) -> None:
        window = _reported_by(request)
        if window is not None:
            on_answer = self._book.in_flight(window, self._book.way_of(window), on_answer)
        self._network.fetch(request, on_answer)

    def beacon(self, request: Request, on_receipt: Callable[[Answer], None]) -> bool:
        window = _reported_by(request)
        if window is None:
            return self._network.beacon(request, on_receipt)
        watched = self._book.in_flight(window, self._last_way, on_receipt)
        sent = self._network.beacon(request, watched)
        if sent and not self._network.gives_receipts(request.url):
            self._book.tell(window, self._last_way, "handed over")
        return sent

    def arm(self, request: Request) -> Armed | None:
        armed, window = self._network.arm(request), _reported_by(request)
        if armed is None or window is None:
            return armed
        self._book.tell(window, "fetchLater", "armed")
        return _Armed(armed, window, self._book)


class _Armed:
    """A window that the browser sends when the page dies."""

    def __init__(self, armed: Armed, window: _Window, book: _Book) -> None:
        self._armed = armed
        self._window = window
        self._book = book

    def take_back(self) -> bool:
        in_time = self._armed.take_back()
        if not in_time:
            self._book.tell(self._window, "fetchLater", "handed over")
        return in_time


class _Storage:
    """The port of the same name."""

    def __init__(self, storage: Storage, book: _Book) -> None:
        self._storage = storage
        self._book = book
        self.keys = storage.keys
        self.get = storage.get

    def set(self, key: str, value: str) -> None:
        window, shelf = _stored_in(value), _shelf(key)
        try:
            self._storage.set(key, value)
        except StorageError:
            if window is not None and shelf == "outbox":
                self._book.kept(window)  # in memory, as long as the page lives
            raise
        if window is not None and shelf == "outbox":
            self._book.kept(window)
        elif window is not None and shelf == "journal":
            self._book.tell(window, "journal", "armed")

    def remove(self, key: str) -> None:
        window = _stored_in(self._storage.get(key) or "") if _shelf(key) == "outbox" else None
        if window is not None:
            self._book.taken_out(window)
        self._storage.remove(key)


class _WorkerGuard:
    """The port of the same name: a guard that reports windows by itself."""

    def __init__(self, worker_guard: WorkerGuard, book: _Book) -> None:
        self._worker_guard = worker_guard
        self._book = book

    def watch(self, listener: WorkerGuardListener) -> None:
        self._worker_guard.watch(_Listener(listener, self._book))

    def follow(self, window: OpenWindow) -> None:
        self._worker_guard.follow(window)

    def claiming(self, claim: Claim) -> AbstractContextManager[None]:
        return self._worker_guard.claiming(claim)

    def over(self) -> None:
        self._worker_guard.over()


class _Listener:
    """Hears what the guard has done, and passes it on."""

    def __init__(self, listener: WorkerGuardListener, book: _Book) -> None:
        self._listener = listener
        self._book = book
        self.superseded = listener.superseded
        self.look_again = listener.look_again
        self.heard_news = listener.heard_news

    def sent(self, window: SentByGuard, *, kept: bool) -> Callable[[Answer], None]:
        on_answer = self._listener.sent(window, kept=kept)
        span = (window.started_at_ms, window.ended_at_ms, window.elapsed_ms)
        told = _Window(window.run_id, *span)
        if kept:
            self._book.kept(told)
            return on_answer
        return self._book.in_flight(told, "guard", on_answer)


def _reported_by(request: Request) -> _Window | None:
    """The window in a heartbeat of ours; `None` for every other request."""
    if request.body is None or not request.url.endswith(_HEARTBEAT):
        return None
    return _window(json.loads(request.body))


def _stored_in(text: str) -> _Window | None:
    """The window in an entry of storage, which others can write to as well."""
    try:
        return _window(json.loads(json.loads(text)["body"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _window(heartbeat: dict[str, Any]) -> _Window:
    return _Window(
        heartbeat["runId"],
        _wall_ms(heartbeat["startedAt"]),
        _wall_ms(heartbeat["endedAt"]),
        heartbeat["elapsedMs"],
    )


def _wall_ms(stamp: str) -> int:
    return (datetime.fromisoformat(stamp) - _EPOCH) // timedelta(milliseconds=1)


def _shelf(key: str) -> str:
    """`outbox` or `journal` for keys of those (`Outbox.address`); else something of no concern."""
    prefix, _, rest = key.partition("/")
    return rest.partition("/")[0] if prefix == "timeback_web" else ""

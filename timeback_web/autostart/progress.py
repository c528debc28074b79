"""The run, as the app's own server has it: loaded before a session, saved on a first start.

The two requests are those of the guide: GET answers `{"runId": ...}`, or nothing on a first start;
POST takes `{"runId": ...}` and answers 409 when another run is open.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from timeback_web.delivery.backoff import Backoff, retry_after_ms
from timeback_web.errors import RefusedError, TimebackError, UnreachableError
from timeback_web.ports import PageEvent, Request

if TYPE_CHECKING:
    from collections.abc import Callable

    from timeback_web.ports import Answer, Browser

_CONFLICT = 409
_NOTHING_YET = 404
_SIGNED_OUT = frozenset({401, 403})
_PASSING = frozenset({408, 425, 429})


class Known(NamedTuple):
    """What the server knows of the learner's progress.

    Attributes:
        run_id: The run to go on with; `None` on a first start.
        completed: The activity is done, and no further attempt is open.
    """

    run_id: str | None = None
    completed: bool = False


class Progress:
    """Asks for the run, and saves it; what fails for now is tried again until `stop`.

    Args:
        browser: The page.
        url: Of both requests.
        on_trouble: Told of a failure, and whether the same is tried again.
    """

    def __init__(
        self, browser: Browser, url: str, on_trouble: Callable[[TimebackError, bool], None]
    ) -> None:
        """Ask nothing yet."""
        self._browser = browser
        self._url = url
        self._on_trouble = on_trouble
        self._backoff = Backoff(browser.rng)
        self._request: Request | None = None
        self._take: Callable[[Answer], None] = _ignore
        self._unplan: Callable[[], None] = _nothing
        self._stop_listening: Callable[[], None] = _nothing

    def load(self, on_known: Callable[[Known], None]) -> None:
        """Ask for the run."""

        def take(answer: Answer) -> None:
            if answer.status == _NOTHING_YET:
                on_known(Known())
            elif _fine(answer):
                self._read(answer.body, on_known)
            else:
                self._refused(answer)

        self._begin(Request(self._url), take)

    def save(
        self, run_id: str, *, on_saved: Callable[[], None], on_conflict: Callable[[], None]
    ) -> None:
        """Save a new run; `on_conflict` when another one is open, which is to be loaded then."""

        def take(answer: Answer) -> None:
            if answer.status == _CONFLICT:
                on_conflict()
            elif _fine(answer):
                on_saved()
            else:
                self._refused(answer)

        self._begin(Request(self._url, json.dumps({"runId": run_id})), take)

    def stop(self) -> None:
        """Ask no more; an answer that is on its way is not heard."""
        self._unplan()
        self._stop_listening()
        self._unplan = self._stop_listening = _nothing
        self._request, self._take = None, _ignore

    def _begin(self, request: Request, take: Callable[[Answer], None]) -> None:
        self.stop()
        self._backoff.reset()
        self._request, self._take = request, take
        self._stop_listening = self._browser.lifecycle.listen(self._on_page)
        self._send()

    def _send(self) -> None:
        self._unplan = _nothing
        if (request := self._request) is not None:
            self._browser.network.fetch(request, lambda answer: self._on_answer(request, answer))

    def _on_answer(self, request: Request, answer: Answer) -> None:
        if request is not self._request:
            return  # nobody waits for it any more
        if _passing(answer):
            self._on_trouble(self._error(answer), True)
            if request is self._request:
                self._plan(answer)
            return
        take = self._take
        self.stop()
        take(answer)

    def _plan(self, answer: Answer) -> None:
        now_ms = self._browser.clock.read().wall_ms
        wait_ms = retry_after_ms(answer.retry_after, now_ms=now_ms) if answer.retry_after else 0
        delay_ms = self._backoff.next_ms(at_least_ms=wait_ms)
        self._unplan = self._browser.timers.call_later(delay_ms, self._send)

    def _on_page(self, event: PageEvent) -> None:
        if event is PageEvent.ONLINE and self._unplan is not _nothing:
            self._unplan()
            self._send()

    def _read(self, body: str, on_known: Callable[[Known], None]) -> None:
        try:
            known = _parse(body)
        except (ValueError, RecursionError) as error:
            message = f"{self._url} answered with what is no progress: {error}"
            self._on_trouble(TimebackError(message), False)
            return
        on_known(known)

    def _refused(self, answer: Answer) -> None:
        self._on_trouble(self._error(answer), False)

    def _error(self, answer: Answer) -> TimebackError:
        if answer.status is None:
            return UnreachableError(f"{self._url} can't be reached: {answer.body or 'no answer'}")
        advice = "; is the learner signed in?" if answer.status in _SIGNED_OUT else ""
        message = f"{self._url} answered {answer.status}{advice}"
        return RefusedError(message, status=answer.status)


def _fine(answer: Answer) -> bool:
    return answer.status is not None and 200 <= answer.status < 300


def _passing(answer: Answer) -> bool:
    return answer.status is None or answer.status >= 500 or answer.status in _PASSING


def _parse(body: str) -> Known:
    told = json.loads(body) if body.strip() else None
    if told is None:
        return Known()
    if not isinstance(told, dict):
        raise ValueError("expected a JSON object")
    run_id = told.get("runId")
    if run_id is not None and not isinstance(run_id, str):
        raise ValueError("runId is no string")
    return Known(run_id or None, completed=told.get("completed") is True)


def _ignore(_: Answer) -> None:
    """Nobody waits for an answer."""


def _nothing() -> None:
    """Nothing is planned."""

"""One activity in hand, from `start()` to `end()`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from timeback_web.errors import UnconfirmedError
from timeback_web.options import Metrics, parse
from timeback_web.pending import Closing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType
    from typing import Any

    from timeback_web.delivery.completions import OnFate
    from timeback_web.delivery.wire import ActivityRef
    from timeback_web.notices import Notices
    from timeback_web.ports import Browser
    from timeback_web.session.session import Session

END_LIMIT_MS = 10_000
"""How long an awaited `end()` waits for the server at most; delivery itself goes on."""


class Activity:
    """What `timeback.activity.start()` returns; the app never makes one itself.

    Usable as `async with`, which ends it on the way out.
    """

    def __init__(
        self,
        ref: ActivityRef,
        browser: Browser,
        *,
        session: Session | None,
        when_landed: Callable[[str, Callable[[], None]], None],
        submit: Callable[[Metrics, OnFate], None],
        in_doubt: Callable[[], bool],
        on_ended: Callable[[Activity], None],
        on_reopened: Callable[[Activity], None],
        notices: Notices,
    ) -> None:
        """Hold the parts; `session` is `None` for `time=False`."""
        self._ref = ref
        self._browser = browser
        self._session = session
        self._when_landed = when_landed
        self._submit = submit
        self._in_doubt = in_doubt
        self._on_ended = on_ended
        self._on_reopened = on_reopened
        self._notices = notices
        self._closing: Closing | None = None
        self._flushed = False

    @property
    def id(self) -> str:
        """The activity's id, as given."""
        return self._ref.id

    @property
    def name(self) -> str:
        """The activity's name, as given."""
        return self._ref.name

    @property
    def run_id(self) -> str:
        """The run: save it at once, and pass it to `start()` to resume (guide, Best practices)."""
        return self._ref.run_id

    @property
    def elapsed_ms(self) -> int:
        """Active milliseconds of this session so far; 0 with `time=False`."""
        return self._session.active_ms if self._session else 0

    @property
    def paused_ms(self) -> int:
        """Milliseconds of this session that did not count as active; 0 with `time=False`."""
        return self._session.paused_ms if self._session else 0

    @property
    def paused(self) -> bool:
        """Whether the clock stands still now: hidden, left, paused by the app, or ended."""
        return self.ended or (self._session is not None and self._session.paused)

    @property
    def ended(self) -> bool:
        """Whether `end()` has been called, and was not in vain: see there."""
        return self._closing is not None

    def pause(self) -> None:
        """Stop the clock until `resume()`; does nothing after `end()`."""
        if self._session and not self._flushed:
            self._session.pause()

    def resume(self) -> None:
        """Let the clock go on; a hidden page stays paused. Does nothing after `end()`."""
        if self._session and not self._flushed:
            self._session.resume()

    def end(self, metrics: Metrics | Mapping[str, Any] | None = None) -> Closing:
        """Flush the time now; records no completion (guide, Ending a session).

        Acts when called, awaited or not, and only once: a further call returns the same.

        Args:
            metrics: For single-session activities only: the result, which is then recorded as a
                completion. Stateful activities are completed by the server.

        Returns:
            What may be awaited, for 10 s at most, to know that the server has it or that it is
            kept for later. With metrics, awaiting it raises `UnconfirmedError` when nobody can say
            whether the completion was recorded, and `RefusedError` when it was refused for good.
            Then the activity has not ended: its time is flushed and stands still, and it may be
            ended again; the start of another activity ends it, too. Other trouble with delivery
            reaches `on_error` alone.

        Raises:
            InvalidOptionsError: When `metrics` are wrong; the activity then goes on.
        """
        if self._closing is not None:
            return self._closing
        result = None if metrics is None else parse(Metrics, metrics, name="metrics")
        self._closing = closing = Closing()
        with self._notices:
            self._on_ended(self)
            try:
                self._flush()
            finally:
                if result is None:
                    self._when_landed(self.run_id, closing.finish)
                else:
                    self._submit(result, lambda error, kept: self._hear(closing, error, kept=kept))
                self._bound(closing)
        return closing

    async def __aenter__(self) -> Self:
        """The activity has started already."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End it, whatever happened inside."""
        await self.end()

    def _flush(self) -> None:
        flushed, self._flushed = self._flushed, True
        if self._session is not None and not flushed:
            self._session.close()

    def _hear(self, closing: Closing, error: Exception | None, *, kept: bool) -> None:
        """What has become of the completion."""
        if error is not None:
            self._reopen(closing, error)
        elif kept:
            closing.finish()
        else:
            if self._closing is None:  # recorded after all
                self._closing = closing = Closing()
                self._on_ended(self)
            self._when_landed(self.run_id, self._closing.finish)

    def _reopen(self, closing: Closing, error: Exception) -> None:
        if self._closing is closing:
            self._closing = None
            self._on_reopened(self)
        closing.fail(error)

    def _bound(self, closing: Closing) -> None:
        if not closing.done:
            cancel = self._browser.timers.call_later(END_LIMIT_MS, lambda: self._late(closing))
            closing.then(cancel)

    def _late(self, closing: Closing) -> None:
        if self._in_doubt():
            message = "no answer yet; the completion may have been recorded or not"
            self._reopen(closing, UnconfirmedError(message))
        else:
            closing.finish()

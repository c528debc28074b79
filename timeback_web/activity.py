"""One activity in hand, from `start()` to `end()`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from timeback_web.end_result import Closing
from timeback_web.options import Metrics, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType
    from typing import Any

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
        submit: Callable[[Metrics, Callable[[], None]], None],
        on_ended: Callable[[], None],
        notices: Notices,
    ) -> None:
        """Hold the parts; `session` is `None` for `time=False`."""
        self._ref = ref
        self._browser = browser
        self._session = session
        self._when_landed = when_landed
        self._submit = submit
        self._on_ended = on_ended
        self._notices = notices
        self._closing: Closing | None = None

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
        """Whether `end()` has been called."""
        return self._closing is not None

    def pause(self) -> None:
        """Stop the clock until `resume()`; does nothing after `end()`."""
        if self._session and not self.ended:
            self._session.pause()

    def resume(self) -> None:
        """Let the clock go on; a hidden page stays paused. Does nothing after `end()`."""
        if self._session and not self.ended:
            self._session.resume()

    def end(self, metrics: Metrics | Mapping[str, Any] | None = None) -> Closing:
        """Flush the time now; records no completion (guide, Ending a session).

        Acts when called, awaited or not, and only once: a further call returns the same.

        Args:
            metrics: For single-session activities only: the result, which is then recorded as a
                completion. Stateful activities are completed by the server.

        Returns:
            What may be awaited, for 10 s at most, to know that the server has it or that it is
            kept for later; never an error of delivery, for these reach `on_error`.

        Raises:
            InvalidOptionsError: When `metrics` are wrong; the activity then goes on.
        """
        if self._closing is not None:
            return self._closing
        result = None if metrics is None else parse(Metrics, metrics, name="metrics")
        self._closing = closing = Closing()
        with self._notices:
            self._on_ended()
            try:
                if self._session is not None:
                    self._session.close()
            finally:
                if result is None:
                    self._finish(closing)
                else:
                    self._submit(result, lambda: self._finish(closing))
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

    def _finish(self, closing: Closing) -> None:
        self._when_landed(self.run_id, closing.finish)

    def _bound(self, closing: Closing) -> None:
        if not closing.done:
            cancel = self._browser.timers.call_later(END_LIMIT_MS, closing.finish)
            closing.then(cancel)

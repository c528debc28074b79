"""Windows in flight: their requests are under way, and no answer has come yet.

A request that is not answered within a bound is *in doubt*, and holds up nothing else. It is not
asked again meanwhile: its first try may still be counted, and the official server marks a window as
seen only after its own send. When a try has ended without an answer, it can be asked again as long
as the server would recognise it; after that nobody can know whether it was counted, and it is given
up rather than counted twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from timeback_web.ports import Answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from timeback_web.delivery.entry import Entry
    from timeback_web.ports import Cancel, Clock, Timers
    from timeback_web.timekeeping.reading import Reading

ANSWER_LIMIT_MS = 45_000
"""How long the next window waits for an answer."""
OVER_AFTER_MS = 330_000
"""How long an answer is waited for; the browser gives a request up after five minutes."""


class Flight(NamedTuple):
    """A window in flight. Begun twice, by who could not know of the first time, it still is one."""

    entry: Entry
    by_guard: bool = False


class _Watched(NamedTuple):
    since: Reading
    release: Callable[[], None]
    stop: Cancel


class InFlight:
    """What is in flight, and who waits for a run to have landed.

    Args:
        clock: Of the page.
        timers: Of the page.
        on_doubt: Told of a window that is in doubt from now on.
        on_over: Told of one for which no answer will come.
    """

    def __init__(
        self,
        clock: Clock,
        timers: Timers,
        *,
        on_doubt: Callable[[Flight], None],
        on_over: Callable[[Flight, Answer], None],
    ) -> None:
        """Nothing is."""
        self._clock = clock
        self._timers = timers
        self._on_doubt = on_doubt
        self._on_over = on_over
        self._flights: dict[Flight, _Watched] = {}
        self._in_doubt: set[Flight] = set()
        self._on_landed: list[tuple[str, Callable[[], None]]] = []

    @property
    def busy(self) -> bool:
        """Whether the next window has to wait for an answer."""
        return len(self._flights) > len(self._in_doubt)

    @property
    def empty(self) -> bool:
        """Whether nothing is in flight, nor in doubt."""
        return not self._flights

    def __contains__(self, flight: Flight) -> bool:
        """Whether it has not landed."""
        return flight in self._flights

    def has(self, run_id: str) -> bool:
        """Whether something of `run_id` has not landed."""
        return any(flight.entry.run_id == run_id for flight in self._flights)

    def begin(self, flight: Flight, release: Callable[[], None]) -> None:
        """It takes off; `release` is called when it holds up nobody any more."""
        if flight not in self._flights:
            self._watch(flight, self._clock.read(), release, ANSWER_LIMIT_MS, self._doubt)

    def age_ms(self, flight: Flight) -> float:
        """How long ago it took off, on the clock of whoever has counted most."""
        now, since = self._clock.read(), self._flights[flight].since
        return max(now.monotonic_ms - since.monotonic_ms, now.wall_ms - since.wall_ms)

    def end(self, flight: Flight) -> None:
        """It has landed; `settle` its run when that is dealt with."""
        watched = self._flights.pop(flight)
        self._in_doubt.discard(flight)
        watched.stop()
        watched.release()

    def when_landed(self, run_id: str, callback: Callable[[], None]) -> None:
        """Call back once nothing of `run_id` is in flight, at once if nothing is."""
        self._on_landed.append((run_id, callback))
        self.settle(run_id)

    def settle(self, run_id: str) -> None:
        """Call those back who wait for `run_id`, if all of it has landed."""
        if self.has(run_id):
            return
        due = [callback for run, callback in self._on_landed if run == run_id]
        self._on_landed = [pair for pair in self._on_landed if pair[0] != run_id]
        for callback in due:
            callback()

    def _watch(
        self,
        flight: Flight,
        since: Reading,
        release: Callable[[], None],
        limit_ms: int,
        late: Callable[[Flight], None],
    ) -> None:
        stop = self._timers.call_later(limit_ms, lambda: late(flight))
        self._flights[flight] = _Watched(since, release, stop)

    def _doubt(self, flight: Flight) -> None:
        watched = self._flights[flight]
        self._in_doubt.add(flight)
        self._watch(flight, watched.since, _nothing, OVER_AFTER_MS - ANSWER_LIMIT_MS, self._over)
        watched.release()
        self._on_doubt(flight)

    def _over(self, flight: Flight) -> None:
        self._on_over(flight, Answer(None, "no answer came"))


def _nothing() -> None:
    """It holds up nobody."""

"""Windows in flight: their requests are under way, and no answer has come yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from timeback_web.delivery.outbox import Entry


class Flight(NamedTuple):
    """A window in flight. Begun twice, by who could not know of the first time, it still is one."""

    entry: Entry
    by_guard: bool = False


class InFlight:
    """What is in flight, and who waits for a run to have landed."""

    def __init__(self) -> None:
        """Nothing is."""
        self._flights: set[Flight] = set()
        self._on_landed: list[tuple[str, Callable[[], None]]] = []

    @property
    def busy(self) -> bool:
        """Whether the next window has to wait for an answer."""
        return bool(self._flights)

    def __contains__(self, flight: Flight) -> bool:
        """Whether it has not landed."""
        return flight in self._flights

    def begin(self, flight: Flight) -> None:
        """It takes off."""
        self._flights.add(flight)

    def end(self, flight: Flight) -> None:
        """It has landed; `settle` its run when that is dealt with."""
        self._flights.discard(flight)

    def when_landed(self, run_id: str, callback: Callable[[], None]) -> None:
        """Call back once nothing of `run_id` is in flight, at once if nothing is."""
        self._on_landed.append((run_id, callback))
        self.settle(run_id)

    def settle(self, run_id: str) -> None:
        """Call those back who wait for `run_id`, if all of it has landed."""
        if any(flight.entry.run_id == run_id for flight in self._flights):
            return
        due = [callback for run, callback in self._on_landed if run == run_id]
        self._on_landed = [pair for pair in self._on_landed if pair[0] != run_id]
        for callback in due:
            callback()

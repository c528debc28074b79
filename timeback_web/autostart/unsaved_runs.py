"""Runs that were started in this page, and that the app's server does not have yet.

They belong to the page, not to an element: whoever ends and goes on, or finds another element in
the place of the first (a router, a morph), goes on with the same run. A second one would leave the
first one's time with a run that no lesson knows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from timeback_web.autostart.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Callable

    from timeback_web.autostart.attributes import Wanted
    from timeback_web.errors import TimebackError
    from timeback_web.ports import Browser


class UnsavedRuns:
    """Saves them, for as long as it takes.

    Args:
        browser: The page.
    """

    def __init__(self, browser: Browser) -> None:
        """Know of none."""
        self._browser = browser
        self._runs: dict[tuple[str, ...], tuple[str, Progress]] = {}

    def find(self, wanted: Wanted) -> str | None:
        """The run that was started of what an element asks for, if it is not saved yet."""
        found = self._runs.get(wanted.lesson)
        return None if found is None else found[0]

    def save(
        self,
        wanted: Wanted,
        run_id: str,
        *,
        on_saved: Callable[[], None],
        on_trouble: Callable[[TimebackError, bool], None],
        on_conflict: Callable[[], None],
    ) -> None:
        """Save a run; whoever saves the same one again is told what comes of it from then on."""
        if wanted.progress is None:
            return
        self._forget(wanted)
        progress = Progress(self._browser, wanted.progress, on_trouble)
        self._runs[wanted.lesson] = (run_id, progress)

        def settled(tell: Callable[[], None]) -> None:
            self._forget(wanted)
            tell()

        progress.save(
            run_id,
            on_saved=lambda: settled(on_saved),
            on_conflict=lambda: settled(on_conflict),
        )

    def stop(self) -> None:
        """Ask no more: the watch is over, or somebody else is signed in.

        A run of a learner who has a name is still theirs when they come back to this page.
        """
        for _, progress in self._runs.values():
            progress.stop()
        self._runs = {lesson: found for lesson, found in self._runs.items() if lesson[-1]}

    def _forget(self, wanted: Wanted) -> None:
        _, progress = self._runs.pop(wanted.lesson, ("", None))
        if progress is not None:
            progress.stop()

"""The journal: open windows of pages that may crash, in storage.

It must never make a window count twice, and two things could:

* a page that is alive sends its window by itself. So only the tab that owns a run (by a lock that
  dies with its page) writes, and only the tab that owns it next reads. Should the first one be
  alive after all, and have stood still, it finds its window gone and goes on after it;
* a browser that is killed forgets the last seconds of its storage, also that a window was taken out
  of the journal because it was sent (about 4 s, measured by killing Chromium). What is
  found is therefore sent only while the server would recognise it, and given up after that. The
  official server remembers a window for five minutes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from timeback_web.delivery.outbox import Outbox

if TYPE_CHECKING:
    from timeback_web.delivery.entry import Entry
    from timeback_web.ports import Storage

REST_MS = 2_000
"""How long to wait until what other tabs have removed from storage is gone here as well."""
RECOGNISED_FOR_MS = 4 * 60_000
"""How long after its end a window is surely recognised by the server, should it have it already."""


class Journal:
    """The journals of all runs of one server.

    Args:
        storage: Where they are.
        base_url: The server.
    """

    def __init__(self, storage: Storage, base_url: str) -> None:
        """Read nothing yet."""
        self._storage = storage
        self._base_url = base_url
        self._mine: set[Entry] = set()

    def keep(self, entry: Entry) -> Kept | None:
        """Write down a window; `None` where storage does not take it."""
        shelf = self._shelf()
        if not shelf.put(entry):
            return None
        self._mine.add(entry)
        return Kept(self, entry)

    def take_back(self, entry: Entry) -> bool:
        """The page is alive, and sends that time by itself; `False` when another tab has it.

        A page that stood still is robbed of the run, and looks like one that died.
        """
        self._mine.discard(entry)
        return self._shelf().take(entry)

    def take_leftovers(self, run_id: str, *, learner: str, now_ms: float) -> Leftovers:
        """Take what pages that died have left of a run."""
        found: list[Entry] = []
        late: list[Entry] = []
        shelf = self._shelf()
        for entry in shelf.waiting(runs=frozenset({run_id}), learner=learner):
            if entry.run_id == run_id and entry not in self._mine and shelf.take(entry):
                recognised = 0 <= now_ms - entry.ended_at_ms <= RECOGNISED_FOR_MS
                (found if recognised else late).append(entry)
        late += shelf.evict(now_ms=now_ms)
        return found, late

    def address(self, run_id: str) -> str:
        """What the keys of a run begin with; the start of the window follows."""
        return self._shelf().address(run_id)

    def _shelf(self) -> Outbox:
        # A new one each time: it remembers what it has read, and these entries grow.
        return Outbox(self._storage, self._base_url, shelf="journal")


type Leftovers = tuple[list[Entry], list[Entry]]
"""What may be sent, and what came too late for that."""


class Kept:
    """A window in the journal.

    Args:
        journal: Which has it.
        entry: The window.
    """

    def __init__(self, journal: Journal, entry: Entry) -> None:
        """It is there."""
        self._journal = journal
        self._entry = entry

    def take_back(self) -> bool:
        """Remove it; `False` when it has been taken, and sent, by another tab."""
        return self._journal.take_back(self._entry)

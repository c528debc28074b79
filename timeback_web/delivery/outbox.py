"""Windows that wait to be sent: one storage key each, bounded, oldest first.

One key a window (and not one list for all) lets several tabs add and take at the same time without
overwriting each other, the mistake behind Snowplow's issue 349. Where the page has no storage, or
it is full, entries wait in memory, and move to storage as soon as there is room again.

Every send looks for the oldest entry, so looking has to be cheap: it asks storage which keys are
there, and reads only those that are new. A window never changes, so what was read stays true for as
long as its key is there; whether it still is, `take` asks storage.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from timeback_web.ports import StorageError

if TYPE_CHECKING:
    from timeback_web.ports import Storage

MAX_ENTRIES = 1_000
MAX_CHARS = 1_000_000
"""A fifth of what browsers commonly grant an origin in localStorage (5 MB)."""
MAX_AGE_MS = 30 * 24 * 3_600_000


class Entry(NamedTuple):
    """One heartbeat, ready to be sent.

    Attributes:
        run_id: The run whose time it is.
        started_at_ms: Start of its window: with the run its identity, for us and for the server.
        ended_at_ms: End of its window: its age counts from there.
        elapsed_ms: Active time in it, for reports.
        body: The JSON text to send.
        learner: The app's tag of the learner it belongs to, empty when the app gave none.
    """

    run_id: str
    started_at_ms: int
    ended_at_ms: int
    elapsed_ms: int
    body: str
    learner: str = ""


class Outbox:
    """The waiting windows of one server.

    Args:
        storage: Where they wait.
        base_url: The server they are for.
        shelf: What their keys begin with.
    """

    def __init__(self, storage: Storage, base_url: str, *, shelf: str = "outbox") -> None:
        """Open the outbox; nothing is read yet."""
        self._storage = storage
        self._prefix = f"timeback_web/{shelf}/1/{_segment(base_url)}/"
        self._memory: dict[str, Entry] = {}
        self._known: dict[str, Entry | None] = {}
        """What the keys of the last look hold; `None` is garbage.

        Garbage is read once, too. Should another tab put a window in its place, that tab sees to it
        that it is sent, and so does the next page.
        """

    def put(self, entry: Entry) -> bool:
        """Keep an entry; putting it twice keeps it once. Whether it would outlive the page."""
        key = self._key(entry)
        self._known.pop(key, None)  # what is stored is what counts: to be read again
        if not self._store(key, entry):
            self._memory[key] = entry
            return False
        self._memory.pop(key, None)
        self.store_memory()
        return True

    def store_memory(self) -> list[Entry]:
        """Move what only memory holds into storage, if there is room; what is left."""
        for key, entry in list(self._memory.items()):
            if not self._store(key, entry):
                break
            del self._memory[key]
        return list(self._memory.values())

    def _store(self, key: str, entry: Entry) -> bool:
        try:
            self._storage.set(key, json.dumps(entry._asdict(), ensure_ascii=False))
        except StorageError:
            return False
        return True

    def take(self, entry: Entry) -> bool:
        """Remove an entry in order to send it; `False` when another tab was quicker."""
        key = self._key(entry)
        in_memory = self._memory.pop(key, None) is not None
        in_storage = self._storage.get(key) is not None
        if in_storage:
            self._storage.remove(key)
        return in_memory or in_storage

    def waiting(self, *, runs: frozenset[str], learner: str) -> list[Entry]:
        """Entries that may be sent now, oldest first.

        Only those of `runs`, and of `learner` unless it is empty: the server books a heartbeat for
        whoever is signed in, and on a shared machine that may be somebody else by now.
        """

        def is_mine(entry: Entry) -> bool:
            if entry.learner and learner:
                return entry.learner == learner
            return entry.run_id in runs

        mine = [entry for entry in self._all() if is_mine(entry)]
        return sorted(mine, key=lambda entry: (entry.started_at_ms, entry.run_id))

    def drain_memory(self) -> list[Entry]:
        """Give up what only memory holds."""
        entries = list(self._memory.values())
        self._memory.clear()
        return entries

    def evict(self, *, now_ms: float) -> list[Entry]:
        """Remove what is too old, then the oldest of what is too much; what was removed."""
        entries = sorted(self._all(), key=lambda entry: entry.ended_at_ms)
        size = sum(len(entry.body) for entry in entries)
        gone: list[Entry] = []
        for index, entry in enumerate(entries):
            too_old = now_ms - entry.ended_at_ms > MAX_AGE_MS
            too_many = len(entries) - index > MAX_ENTRIES
            if not (too_old or too_many or size > MAX_CHARS):
                break
            size -= len(entry.body)
            if self.take(entry):
                gone.append(entry)
        return gone

    def _all(self) -> list[Entry]:
        self._look()
        stored = {key: entry for key, entry in self._known.items() if entry}
        return list((stored | self._memory).values())

    def _look(self) -> None:
        """Learn which keys are there now, and read the new ones."""
        names = self._storage.keys()  # a port, not a dict
        before, self._known = self._known, {}
        for key in names:
            if not key.startswith(self._prefix):
                continue
            if key in before:
                self._known[key] = before[key]
            elif (text := self._storage.get(key)) is not None:
                self._known[key] = self._parse(key, text)

    def _parse(self, key: str, text: str) -> Entry | None:
        entry = _read(text)
        return entry if entry and self._key(entry) == key else None

    def address(self, run_id: str) -> str:
        """What the keys of a run begin with; the start of the window follows."""
        return f"{self._prefix}{_segment(run_id)}/"

    def _key(self, entry: Entry) -> str:
        return f"{self.address(entry.run_id)}{entry.started_at_ms}"


def _segment(text: str) -> str:
    """As one segment of a key, which ends at the next slash."""
    return text.replace("%", "%25").replace("/", "%2F")


def _read(text: str) -> Entry | None:
    """Read an entry; `None` for what we have not written: it is left alone, and not stumbled over.

    Storage is a border, too: other scripts of the origin, and older versions, can write there.
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    values: dict[str, Any] = {name: found.get(name) for name in _FIELDS}
    if any(type(values[name]) is not kind for name, kind in _FIELDS.items()):
        return None
    return Entry(**values)


_FIELDS = {name: int if name.endswith("_ms") else str for name in Entry._fields}

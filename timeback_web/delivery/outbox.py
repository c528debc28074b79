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
from typing import TYPE_CHECKING

from timeback_web.delivery.entry import read
from timeback_web.delivery.merging import groups, joined
from timeback_web.ports import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from timeback_web.delivery.entry import Entry
    from timeback_web.ports import Clock, Storage

MAX_ENTRIES = 1_000
"""Of one run, like the next: no learner is to pay for what another one has left."""
MAX_CHARS = 1_000_000
"""A fifth of what browsers commonly grant an origin in localStorage (5 MB)."""
MAX_AGE_MS = 30 * 24 * 3_600_000
_OURS = "timeback_web/"


class Outbox:
    """The waiting windows of one server.

    Args:
        storage: Where they wait.
        base_url: The server they are for.
        shelf: What their keys begin with.
        clock: Of the page, which measures how long they wait in it; without one, their own stamps
            have to tell.
    """

    def __init__(
        self,
        storage: Storage,
        base_url: str,
        *,
        shelf: str = "outbox",
        clock: Clock | None = None,
    ) -> None:
        """Open the outbox; nothing is read yet."""
        self._storage = storage
        self._clock = clock
        self._prefix = f"timeback_web/{shelf}/1/{_segment(base_url)}/"
        self._memory: dict[str, Entry] = {}
        self._known: dict[str, Entry | None] = {}
        """What the keys of the last look hold; `None` is garbage.

        Garbage is read once, too. Should another tab put a window in its place, that tab sees to it
        that it is sent, and so does the next page.
        """
        self._seen: dict[str, tuple[float, float]] = {}
        """Since when (monotonic ms) this page knows an entry, and how old it was then."""
        self._own: set[str] = set()
        """What was put here, and not by a former page."""
        self._foreign: set[str] = set()
        """Keys of others in the same storage, at the last look."""
        self._taken_elsewhere: set[str] = set()
        self._missing: dict[str, Entry] = {}
        """What has gone from storage, and nobody says that they have taken it."""
        self.on_taken: Callable[[str], None] | None = None
        """Told what was taken out of storage here: other tabs have to know."""

    def put(self, entry: Entry) -> bool:
        """Keep an entry; putting it twice keeps it once. Whether it would outlive the page."""
        key = self._key(entry)
        self._note_age(key, 0)
        self._own.add(key)
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

    def take(self, entry: Entry) -> bool:
        """Remove an entry in order to send it; `False` when another tab was quicker."""
        key = self._key(entry)
        self._known.pop(key, None)
        self._missing.pop(key, None)
        in_memory = self._memory.pop(key, None) is not None
        in_storage = self._storage.get(key) is not None
        if in_storage:
            self._storage.remove(key)
            if self.on_taken is not None:
                self.on_taken(key)
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

    # ── bounds ───────────────────────────────────────────────────────────────────────────────

    def evict(self, *, now_ms: float) -> list[Entry]:
        """Remove what is too old, then of each run the oldest of what is too much; what it was.

        Before that, those of its windows that were never tried are merged.
        """
        runs: dict[str, list[Entry]] = {}
        for entry in sorted(self._all(), key=lambda entry: entry.ended_at_ms):
            runs.setdefault(entry.run_id, []).append(entry)
        gone: list[Entry] = []
        for entries in runs.values():
            gone += self._evict(entries if _fits(entries) else self._merge(entries), now_ms)
        return gone

    def _evict(self, entries: list[Entry], now_ms: float) -> list[Entry]:
        size, gone = sum(len(entry.body) for entry in entries), []
        for index, entry in enumerate(entries):
            too_many = len(entries) - index > MAX_ENTRIES or size > MAX_CHARS
            if too_many or self._age_ms(entry, now_ms) > MAX_AGE_MS:
                size -= len(entry.body)
                gone += [entry] if self.take(entry) else []
        return gone

    def _merge(self, entries: list[Entry]) -> list[Entry]:
        left: list[Entry] = []
        for group in groups(entries):
            if len(group) == 1:
                left += group
            else:
                # What can't be taken another tab sends at this moment.
                parts = groups([entry for entry in group if self.take(entry)])
                left += [joined(part) for part in parts]
                for entry in left[len(left) - len(parts) :]:
                    self.put(entry)
        return left

    def _age_ms(self, entry: Entry, now_ms: float) -> float:
        """How long it waits: as measured here, and before that as its stamp has it.

        A wall clock that is set right meanwhile makes nothing old.
        """
        measured = self._seen.get(self._key(entry))
        if measured is None or self._clock is None:
            return now_ms - entry.ended_at_ms
        since_ms, before_ms = measured
        return before_ms + self._clock.read().monotonic_ms - since_ms

    def _note_age(self, key: str, age_ms: float) -> None:
        if self._clock is not None:
            self._seen.setdefault(key, (self._clock.read().monotonic_ms, max(0.0, age_ms)))

    # ── looking ──────────────────────────────────────────────────────────────────────────────

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
                self._known[key] = entry = self._parse(key, text)
                if entry and self._clock is not None:
                    self._note_age(key, self._clock.read().wall_ms - entry.ended_at_ms)
        self._note_missing(before, {name for name in names if not name.startswith(_OURS)})

    def _parse(self, key: str, text: str) -> Entry | None:
        entry = read(text)
        return entry if entry and self._key(entry) == key else None

    # ── storage that is emptied ──────────────────────────────────────────────────────────────

    @property
    def missing(self) -> bool:
        """Whether something has gone, and nobody says where."""
        return bool(self._missing)

    def taken_elsewhere(self, key: str) -> None:
        """Another tab has taken an entry, which may be seen here only later."""
        self._taken_elsewhere.add(key)
        self._missing.pop(key, None)

    def restore(self) -> None:
        """The page has emptied its storage, as sign-out code does: keep again what was in it."""
        self._look()
        self._memory |= self._missing
        self._missing.clear()
        self.store_memory()

    def forget(self) -> None:
        """From now on nothing is heard of other tabs: what goes may have been taken."""
        self._known.clear()
        self._missing.clear()
        self._taken_elsewhere.clear()

    def _note_missing(self, before: dict[str, Entry | None], foreign: set[str]) -> None:
        """What has gone another tab has taken, unless all has gone at once.

        That `localStorage` was emptied is sure when keys of others are gone as well. Where there
        are none, several windows of ours that go at once, and that no tab says it has taken, tell.
        """
        emptied = not before.keys() & self._known.keys()
        surely = bool(self._foreign - foreign)
        for key, entry in before.items():
            if key in self._known:
                self._missing.pop(key, None)
            elif entry is None or not emptied or key in self._taken_elsewhere:
                continue
            elif surely or (len(before) > 1 and key in self._own):
                self._missing[key] = entry
        self._foreign = foreign
        self._taken_elsewhere &= self._known.keys()

    # ── one entry ────────────────────────────────────────────────────────────────────────────

    def _store(self, key: str, entry: Entry) -> bool:
        try:
            self._storage.set(key, json.dumps(entry._asdict(), ensure_ascii=False))
        except StorageError:
            return False
        return True

    def address(self, run_id: str) -> str:
        """What the keys of a run begin with; the start of the window follows."""
        return f"{self._prefix}{_segment(run_id)}/"

    def _key(self, entry: Entry) -> str:
        return f"{self.address(entry.run_id)}{entry.started_at_ms}"


def _fits(entries: list[Entry]) -> bool:
    return len(entries) <= MAX_ENTRIES and sum(len(one.body) for one in entries) <= MAX_CHARS


def _segment(text: str) -> str:
    """As one segment of a key, which ends at the next slash."""
    return text.replace("%", "%25").replace("/", "%2F")

"""One heartbeat that may have to wait, and how it is read from storage."""

from __future__ import annotations

import json
from typing import Any, NamedTuple


class Entry(NamedTuple):
    """One heartbeat, ready to be sent.

    Attributes:
        run_id: The run whose time it is.
        started_at_ms: Start of its window: with the run its identity, for us and for the server.
        ended_at_ms: End of its window: its age counts from there.
        elapsed_ms: Active time in it, for reports.
        body: The JSON text to send.
        learner: The app's tag of the learner it belongs to, empty when the app gave none.
        tried: Whether the server may have seen it; until then its borders are nobody's business.
    """

    run_id: str
    started_at_ms: int
    ended_at_ms: int
    elapsed_ms: int
    body: str
    learner: str = ""
    tried: bool = False


def read(text: str) -> Entry | None:
    """Read an entry; `None` for what we have not written: it is left alone, and not stumbled over.

    Storage is a border, too: other scripts of the origin, and older versions, can write there.
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    # JavaScript and older versions have not written whether they had tried.
    values: dict[str, Any] = {name: found.get(name, name == "tried" or None) for name in _FIELDS}
    if any(type(values[name]) is not kind for name, kind in _FIELDS.items()):
        return None
    return Entry(**values)


_FIELDS = {name: int if name.endswith("_ms") else str for name in Entry._fields} | {"tried": bool}

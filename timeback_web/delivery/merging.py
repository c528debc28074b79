"""Fewer windows out of many: what was never tried has no borders that anybody knows.

Five hours offline are 1,200 windows of a quarter of a minute. Before one of them is given up for
want of room, those that lie end to end are made one. The server knows a window by its start, so
this is for windows that it cannot have seen.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from timeback_web.delivery.entry import Entry

LONGEST_MS = 3_600_000
"""The platform takes a day at most (`pausedMs` and `elapsedMs` become metrics of a Caliper event);
an hour still says when somebody was at work."""


def groups(entries: Sequence[Entry]) -> list[list[Entry]]:
    """Windows of one run, oldest first, in groups that may be one window each."""
    found: list[list[Entry]] = []
    for entry in entries:
        if found and _continues(found[-1], entry):
            found[-1].append(entry)
        else:
            found.append([entry])
    return found


def joined(group: Sequence[Entry]) -> Entry:
    """One window in their place."""
    first, last = group[0], group[-1]
    if first is last:
        return first
    elapsed_ms = sum(entry.elapsed_ms for entry in group)
    times = {
        "endedAt": json.loads(last.body)["endedAt"],
        "elapsedMs": elapsed_ms,
        "pausedMs": last.ended_at_ms - first.started_at_ms - elapsed_ms,
    }
    body = json.dumps(json.loads(first.body) | times, ensure_ascii=False, separators=(",", ":"))
    return first._replace(ended_at_ms=last.ended_at_ms, elapsed_ms=elapsed_ms, body=body)


def _continues(group: list[Entry], entry: Entry) -> bool:
    first, last = group[0], group[-1]
    return (
        entry.started_at_ms == last.ended_at_ms
        and entry.ended_at_ms - first.started_at_ms <= LONGEST_MS
        and not (last.tried or entry.tried)
        and last.learner == entry.learner
    )

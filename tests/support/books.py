"""The invariants of docs/architecture.md, checked on the heartbeats that a server took."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import Any

type Heartbeats = list[dict[str, Any]]


def ms(stamp: str) -> int:
    """An ISO 8601 stamp as whole milliseconds."""
    return round(datetime.fromisoformat(stamp).timestamp() * 1000)


def assert_balanced(heartbeats: Heartbeats) -> None:
    """Invariant 1: whole numbers, none negative, and the parts make the whole."""
    for beat in heartbeats:
        span_ms = ms(beat["endedAt"]) - ms(beat["startedAt"])
        assert type(beat["elapsedMs"]) is int, beat
        assert type(beat["pausedMs"]) is int, beat
        assert min(beat["elapsedMs"], beat["pausedMs"]) >= 0, beat
        assert span_ms == beat["elapsedMs"] + beat["pausedMs"], beat


def assert_session(heartbeats: Heartbeats) -> None:
    """Invariants 1 and 2 for the windows of one session: no gap and no overlap between them."""
    assert heartbeats, "no heartbeat was taken"
    assert_balanced(heartbeats)
    for before, after in pairwise(heartbeats):
        assert before["endedAt"] == after["startedAt"], (before, after)
        assert before["startedAt"] < after["startedAt"], (before, after)


def active_ms(heartbeats: Heartbeats) -> int:
    return sum(beat["elapsedMs"] for beat in heartbeats)


def paused_ms(heartbeats: Heartbeats) -> int:
    return sum(beat["pausedMs"] for beat in heartbeats)


def sessions(heartbeats: Heartbeats) -> list[Heartbeats]:
    """Windows in order, split where one does not begin where the last one ended."""
    groups: list[Heartbeats] = []
    for beat in heartbeats:
        if groups and groups[-1][-1]["endedAt"] == beat["startedAt"]:
            groups[-1].append(beat)
        else:
            groups.append([beat])
    return groups

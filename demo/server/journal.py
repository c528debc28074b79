"""What the kept events say about a run: its windows, the sessions they form, its completion.

Pure functions. An event carries its end and its lengths, not its start, so a window is
`[eventTime - active - inactive, eventTime)`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .tables import PlatformEvent
from .times import iso

SEAM_MS = 2
"""How far apart two windows may be and still be one session: eventTime and lengths are rounded."""


@dataclass(frozen=True, slots=True)
class Span:
    """Some time with its active and inactive share, in milliseconds."""

    started_at_ms: int
    ended_at_ms: int
    active_ms: int
    inactive_ms: int

    def to_json(self) -> dict[str, Any]:
        """As the API shows it."""
        return {
            "startedAt": iso(self.started_at_ms),
            "endedAt": iso(self.ended_at_ms),
            "activeMs": self.active_ms,
            "inactiveMs": self.inactive_ms,
        }


@dataclass(frozen=True, slots=True)
class Session:
    """Windows that follow each other without a gap."""

    span: Span
    windows: tuple[Span, ...]

    def to_json(self) -> dict[str, Any]:
        """As the API shows it."""
        return self.span.to_json() | {"windows": [window.to_json() for window in self.windows]}


def window_of(event: PlatformEvent) -> Span:
    """The window that a TimeSpentEvent reports."""
    spent = {"active": 0, "inactive": 0}
    for item in event.body["generated"]["items"]:
        if item["type"] in spent:
            spent[item["type"]] += round(item["value"] * 1000)
    end = event.event_time_ms
    return Span(end - spent["active"] - spent["inactive"], end, spent["active"], spent["inactive"])


def split_sessions(windows: Iterable[Span]) -> list[Session]:
    """Join windows that touch (within `SEAM_MS`) into sessions, oldest first."""
    sessions: list[Session] = []
    for window in sorted(windows, key=lambda each: (each.started_at_ms, each.ended_at_ms)):
        last = sessions[-1] if sessions else None
        if last and abs(window.started_at_ms - last.span.ended_at_ms) <= SEAM_MS:
            sessions[-1] = Session(_joined(last.span, window), (*last.windows, window))
        else:
            sessions.append(Session(window, (window,)))
    return sessions


def sessions_of(events: Iterable[PlatformEvent]) -> list[Session]:
    """The sessions that the events of one run show."""
    return split_sessions(window_of(event) for event in events if event.type == "TimeSpentEvent")


def completion_of(events: Sequence[PlatformEvent]) -> dict[str, Any] | None:
    """The completion that the events of one run show, if any."""
    event = next((each for each in events if each.type == "ActivityEvent"), None)
    if event is None:
        return None
    metrics = {item["type"]: item["value"] for item in event.body["generated"]["items"]}
    return {"recordedAt": iso(event.received_at_ms), "metrics": metrics}


def _joined(first: Span, second: Span) -> Span:
    return replace(
        first,
        ended_at_ms=second.ended_at_ms,
        active_ms=first.active_ms + second.active_ms,
        inactive_ms=first.inactive_ms + second.inactive_ms,
    )

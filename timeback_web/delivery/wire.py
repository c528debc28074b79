"""What goes on the wire, exactly as the official server reads it.

Field names are camelCase, times ISO 8601 in UTC with milliseconds, durations JSON integers (the
server refuses `15000.0`); what is `None` is left out. Source: `timeback-sdk` 0.4.0,
`server/handlers/activity/schema.py`.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from timeback_web.options import Course, Metrics
    from timeback_web.timekeeping.window import Window

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def iso_ms(wall_ms: int) -> str:
    """Milliseconds since the epoch as ISO 8601: integers all the way, no float may round."""
    moment = _EPOCH + timedelta(milliseconds=wall_ms)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class ActivityRef(NamedTuple):
    """Which activity, and which run of it."""

    id: str
    name: str
    course: Course
    run_id: str


def heartbeat_body(ref: ActivityRef, window: Window) -> str:
    """Body of `POST {base_url}/activity/heartbeat` that reports `window`, as JSON text."""
    return _encode(
        _about(ref)
        | {
            "startedAt": iso_ms(window.started_at_ms),
            "endedAt": iso_ms(window.ended_at_ms),
            "elapsedMs": window.elapsed_ms,
            "pausedMs": window.paused_ms,
        }
    )


def submit_body(
    ref: ActivityRef, metrics: Metrics, *, ended_at_ms: int, process: bool | None
) -> str:
    """Body of `POST {base_url}/activity/submit`: the completion of a single-session activity."""
    return _encode(
        _about(ref)
        | {
            "endedAt": iso_ms(ended_at_ms),
            "metrics": _given(
                xpEarned=metrics.xp_earned,
                totalQuestions=metrics.total_questions,
                correctQuestions=metrics.correct_questions,
                masteredUnits=metrics.mastered_units,
            ),
        }
        | _given(pctComplete=metrics.pct_complete, process=process)
    )


def _about(ref: ActivityRef) -> dict[str, Any]:
    course = ref.course
    selector = _given(subject=course.subject, grade=course.grade, code=course.code)
    return {"id": ref.id, "name": ref.name, "course": selector, "runId": ref.run_id}


def _given(**values: object) -> dict[str, object]:
    return {name: value for name, value in values.items() if value is not None}


def _encode(body: dict[str, Any]) -> str:
    return _ENCODER.encode(body)

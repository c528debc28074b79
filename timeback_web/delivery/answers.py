"""What an answer means for the request that got it.

The classes come from the official server (`timeback-sdk` 0.4.0): it takes with 204, or with 200 and
JSON (`{"duplicate":true}`), refuses a payload for good with 400 and JSON, answers 404 also while
the roster service is down, and marks a window as seen only after a successful send, so that
anything else may be tried again.

Others answer in its place: a captive portal and a filter with a page of HTML and any status, a
sign-in proxy with a redirect. What is not the server's answer is no answer.
"""

from __future__ import annotations

import json
from enum import Enum
from typing import TYPE_CHECKING, Any

from timeback_web.errors import DeliveryError, RefusedError, UnreachableError

if TYPE_CHECKING:
    from timeback_web.ports import Answer

_PERMANENT = frozenset({400, 413, 422})
_REDIRECTED = (
    "the server was not reached: the request was redirected to another address; is the learner"
    " signed in?"
)


class Verdict(Enum):
    """What to do with what was sent."""

    DELIVERED = "delivered"
    PERMANENT = "it will never be taken"
    RETRY = "it was not taken now"
    NOT_SENT = "somebody else has sent what it reports"


def judge(answer: Answer) -> Verdict:
    """Classify an answer."""
    if not answer.sent:
        return Verdict.NOT_SENT
    if not answer.seen:
        return Verdict.DELIVERED  # a browser that gives no receipts has taken it
    if answer.redirected:
        return Verdict.RETRY
    if answer.status == 204 or (answer.status == 200 and _is_json(answer)):
        return Verdict.DELIVERED
    permanent = answer.status in _PERMANENT and _is_json(answer)
    return Verdict.PERMANENT if permanent else Verdict.RETRY


def to_error(answer: Answer, *, signed_out: str = "") -> DeliveryError:
    """The answer as an error in words a developer understands.

    Args:
        answer: Which does not say that it was taken.
        signed_out: What becomes of the request if that is why.
    """
    if answer.redirected:
        return UnreachableError(_REDIRECTED)
    if answer.status is None:
        return UnreachableError(f"the server could not be reached: {answer.body or 'no answer'}")
    if answer.status < 300 or (answer.status in _PERMANENT and not _is_json(answer)):
        return UnreachableError(_somebody_else(answer))
    code, message, field, detail = _error_parts(answer.body)
    text = f"the server answered {answer.status}"
    text += f" {code}" if code else ""
    text += f": {message}" if message else ""
    text += f" ({field}: {detail})" if field else ""
    text += _advice(answer.status, code, field, signed_out)
    return RefusedError(text, status=answer.status, code=code, field=field)


def _is_json(answer: Answer) -> bool:
    """Whether it is as far as can be told; of a beacon's answer nobody sees the body."""
    content_type = answer.content_type
    if content_type is not None and not content_type.partition(";")[0].strip().endswith("json"):
        return False
    try:
        json.loads(answer.body or "{}")
    except (ValueError, RecursionError):
        return False
    return True


def _somebody_else(answer: Answer) -> str:
    kind = (answer.content_type or "").partition(";")[0] or "a type that is not named"
    begins = " ".join(answer.body.split())[:60]
    text = f"the server was not reached: something else answered {answer.status} with {kind}"
    text += f", which begins {begins!r}" if begins else ""
    return f"{text}; a captive portal, a filter or a sign-in page does that"


def _error_parts(body: str) -> tuple[str, str, str, str]:
    """`code, message, field, detail` of `{"error": {"code", "message", "details"?}}`."""
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError):
        return "", "", "", ""
    error = _mapping(_mapping(payload).get("error"))
    details = _mapping(error.get("details"))
    parts = (error.get("code"), error.get("message"), details.get("field"), details.get("message"))
    code, message, field, detail = (part if isinstance(part, str) else "" for part in parts)
    return code, message, field, detail


def _mapping(value: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever a server sent
    return value if isinstance(value, dict) else {}


def _advice(status: int, code: str, field: str, signed_out: str) -> str:
    if field == "runId":
        return (
            ". This server takes only run ids of UUID shape; leave run_id out of start() to get"
            " one, or update the server: newer ones take any unique string"
        )
    if code == "UNKNOWN_COURSE":
        return ". Name a course of the server's timeback.config.json in start()"
    if code == "MISSING_SYNCED_COURSE_ID":
        return ". Sync the course with Timeback; until then nothing for it can be taken"
    if status == 401:
        return f". Nobody is signed in{signed_out}"
    return ""

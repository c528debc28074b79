"""`POST /activity/submit`: what an answer says of a completion.

The official server does not recognise a submit that it has seen, so it is repeated only where it is
certain that it was not taken.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from timeback_web.delivery.answers import Verdict, judge, to_error
from timeback_web.errors import DeliveryError, RefusedError, UnconfirmedError

if TYPE_CHECKING:
    from timeback_web.ports import Answer

PATH = "/activity/submit"
_SIGNED_OUT = "; the completion is kept and sent after sign-in"
_RELAYED = frozenset({502, 504, *range(520, 528)})
"""Whoever stands before the server has waited for its answer in vain (RFC 9110, 15.6; the 52x are
Cloudflare's). A 502 of the official server has a code of its own in its body."""


class Fate(Enum):
    """What became of a completion that was sent."""

    TAKEN = "taken"
    REFUSED = "it will never be taken"
    NOT_TAKEN = "certainly not taken now"
    UNKNOWN = "taken or not, nobody can say"


def fate(answer: Answer) -> Fate:
    """What an answer to a submit says."""
    verdict = judge(answer)
    if verdict is Verdict.DELIVERED:
        return Fate.TAKEN
    if verdict is Verdict.PERMANENT:
        return Fate.REFUSED
    if answer.redirected:
        return Fate.NOT_TAKEN
    if answer.status is None or (answer.status in _RELAYED and not _is_word_of_server(answer)):
        return Fate.UNKNOWN
    return Fate.NOT_TAKEN


def error_of(answer: Answer) -> DeliveryError:
    """In words a developer understands, why it is not known to be taken."""
    error = to_error(answer, signed_out=_SIGNED_OUT)
    if fate(answer) is not Fate.UNKNOWN:
        return error
    return UnconfirmedError(f"the completion may have been recorded or not: {error}")


def _is_word_of_server(answer: Answer) -> bool:
    error = to_error(answer)
    return isinstance(error, RefusedError) and bool(error.code)

"""What a single option may be; each check raises, naming the option, and returns nothing.

A page pays for a validation library before its first lesson begins: pydantic's wheels and its
import took a third of the way from navigation to `start()`, for a dozen options. What it would say
of them is what these say, which the tests hold against it (`tests/property/test_options.py`).

Strict on purpose: `"15000"` for a number, or `1` for `True`, is a mistake of the caller's, and
nobody sees it later.
"""

from __future__ import annotations

from math import isfinite

from timeback_web.errors import InvalidOptionsError

MAX_TEXT_CHARS = 2_000
"""A heartbeat must fit many times into the 64 KiB that a closing page may have in flight."""


def text(name: str, value: object) -> None:
    """A string that says something, of `MAX_TEXT_CHARS` at most."""
    if not isinstance(value, str):
        raise _expected(name, "a string", value)
    if not value.strip():
        raise InvalidOptionsError(name, "must not be blank")
    if len(value) > MAX_TEXT_CHARS:
        raise InvalidOptionsError(name, f"longer than {MAX_TEXT_CHARS:,} characters")
    try:
        value.encode()
    except UnicodeEncodeError:  # half of a surrogate pair: no JSON can carry it
        raise InvalidOptionsError(name, "is not valid Unicode") from None


def whole(
    name: str, value: object, *, at_least: int | None = None, at_most: int | None = None
) -> None:
    """A whole number, which neither `True` nor `3.0` is."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise _expected(name, "a whole number", value)
    _finite(name, value)
    if at_least is not None and value < at_least:
        raise InvalidOptionsError(name, f"must be at least {at_least:,}")
    if at_most is not None and value > at_most:
        raise InvalidOptionsError(name, f"must be at most {at_most:,}")


def number(name: str, value: object) -> None:
    """A number that JSON can carry."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise _expected(name, "a number", value)
    _finite(name, value)


def _finite(name: str, value: float) -> None:
    try:
        finite = isfinite(value)
    except OverflowError:  # an int beyond every float, which a server would read as infinite
        finite = False
    if not finite:
        raise InvalidOptionsError(name, "must be finite")


def flag(name: str, value: object) -> None:
    """`True` or `False`."""
    if not isinstance(value, bool):
        raise _expected(name, "True or False", value)


def function(name: str, value: object) -> None:
    """Something to call."""
    if not callable(value):
        raise _expected(name, "something to call", value)


def _expected(name: str, what: str, value: object) -> InvalidOptionsError:
    return InvalidOptionsError(name, f"expected {what}, got {type(value).__name__}")

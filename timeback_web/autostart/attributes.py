"""What the attributes of an element ask for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from timeback_web.errors import InvalidOptionsError
from timeback_web.options import StartOptions, TimeOptions, parse
from timeback_web.ports.elements import LEARNER, PREFIX, SUBJECT, Press

if TYPE_CHECKING:
    from collections.abc import Mapping

_TIME_OPTIONS = {
    "heartbeat-ms": "heartbeat_ms",
    "idle-after-ms": "idle_after_ms",
    "stall-limit-ms": "stall_limit_ms",
}
_OPTIONS = {
    "id": "activity",
    "name": "name",
    "run_id": "run",
    "course": "subject",
    "course.subject": "subject",
    "course.grade": "grade",
    "course.code": "course",
    **{f"time.{option}": attribute for attribute, option in _TIME_OPTIONS.items()},
    "time.since": "since",
}
"""The attribute behind each option of `start()`: to be named when the option is wrong."""
_OTHERS = ("progress", "time", "server", "learner")
_NOT_ASKED = frozenset({"state", "error", "when", *(press.value for press in Press)})
"""Written by us, or on controls, which may be the same element."""
_NO_COURSE = f"say {PREFIX}subject and {PREFIX}grade, or {PREFIX}course"


def subject_of(attributes: Mapping[str, str]) -> tuple[str | None, ...]:
    """Whose time of what an element is about: when that changes, another session begins."""
    return tuple(attributes.get(name) for name in SUBJECT)


def learner_of(attributes: Mapping[str, str]) -> str | None:
    """The app's tag of the learner, if any."""
    return attributes.get(LEARNER) or None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an element asks for.

    Attributes:
        start: Options of `start()`, without a time option where the time is the server's.
        time: How to track, `None` where the server keeps the time.
        progress: Where the run is loaded and saved; `None` when the page has it, or each visit is
            a run of its own.
        server: Where the routes of the server half are.
        learner: The app's tag of the learner, if any.
    """

    start: dict[str, Any]
    time: TimeOptions | None
    progress: str | None
    server: str
    learner: str | None

    @property
    def lesson(self) -> tuple[str, ...]:
        """Whose run of what: elements that agree in it share what is known of the run."""
        return (self.start["id"], self.progress or "", self.server, self.learner or "")


def read(attributes: Mapping[str, str]) -> Wanted:
    """Read the attributes of an element; those without our prefix don't matter.

    Raises:
        InvalidOptionsError: One is missing, unknown or wrong; `field` is its name.
    """
    given = {
        name.removeprefix(PREFIX): value
        for name, value in attributes.items()
        if name.startswith(PREFIX)
    }
    _refuse_unknown(given)
    start = _start(given)
    try:
        options = parse(StartOptions, start)
    except InvalidOptionsError as error:
        raise wrong(_OPTIONS.get(error.field, error.field), error.reason) from None
    return Wanted(
        start=start,
        time=options.time_options,
        progress=_progress(given),
        server=_address(given, "server") or "/api/timeback",
        learner=given.get("learner") or None,
    )


def wrong(attribute: str, reason: str) -> InvalidOptionsError:
    """What to say of an attribute, which is named without its prefix."""
    return InvalidOptionsError(PREFIX + attribute, reason)


def _start(given: Mapping[str, str]) -> dict[str, Any]:
    for name in ("activity", "name"):
        if name not in given:
            raise wrong(name, "required")
    start = {
        "id": given["activity"],
        "name": given["name"],
        "course": _course(given),
        "time": _time(given),
    }
    return start | ({"run_id": given["run"]} if "run" in given else {})


def _course(given: Mapping[str, str]) -> dict[str, Any]:
    by_grade = "subject" in given or "grade" in given
    if by_grade == ("course" in given):
        raise wrong("course" if by_grade else "subject", _NO_COURSE)
    if not by_grade:
        return {"code": given["course"]}
    for name in ("subject", "grade"):
        if name not in given:
            raise wrong(name, f"required; {_NO_COURSE}")
    return {"subject": given["subject"], "grade": _whole(given, "grade")}


def _time(given: Mapping[str, str]) -> dict[str, Any] | bool:
    options: dict[str, Any] = {
        option: _whole(given, attribute)
        for attribute, option in _TIME_OPTIONS.items()
        if attribute in given
    }
    if "since" in given:
        options["since"] = given["since"]
    kept = given.get("time", "on")
    if kept not in ("on", "off"):
        raise wrong("time", f"expected on or off, got {kept!r}")
    if kept == "on":
        # A learner reads from the navigation on, not from when Python is there.
        return {"since": "navigation"} | options
    if options:
        raise wrong("time", "off, but another attribute says how to keep it")
    return False


def _whole(given: Mapping[str, str], name: str) -> int:
    value = given[name].strip()
    digits = value.removeprefix("-")
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 16):
        raise wrong(name, f"expected a whole number, got {value[:40]!r}")
    return int(value)


def _progress(given: Mapping[str, str]) -> str | None:
    if "progress" in given and "run" in given:
        raise wrong("run", f"the run comes from {PREFIX}progress already; say one of the two")
    return _address(given, "progress")


def _address(given: Mapping[str, str], name: str) -> str | None:
    address = given.get(name)
    if address is not None and not address.strip():
        raise wrong(name, "must not be blank")
    return address


def _refuse_unknown(given: Mapping[str, str]) -> None:
    known = {*_OPTIONS.values(), *_OTHERS}
    for name in given:
        if name not in known and name not in _NOT_ASKED:
            names = ", ".join(sorted(known))
            raise wrong(name, f"there is no such attribute; after {PREFIX} may come: {names}")

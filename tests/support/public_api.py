"""What others may rely on, written down: `python -m tests.support.public_api` renews the file.

A line that goes or changes breaks somebody's page; a line that comes is a promise. So the list is
committed (`tests/unit/public_api.txt`), and a test compares it with the code.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import timeback_web
from timeback_web.autostart import attributes
from timeback_web.bundle import cli as bundle
from timeback_web.ports.elements import PREFIX, Press, State

FILE = Path(__file__).parents[1] / "unit" / "public_api.txt"
_MODULES: dict[str, tuple[str, ...]] = {
    "timeback_web": (),
    "timeback_web.activities": ("Activities",),
    "timeback_web.options": ("StartOptions",),
    "timeback_web.reports": ("Report",),
    "timeback_web.user": ("User",),
    "timeback_web.testing": (),
    "timeback_web.profile": (),
    "timeback_web.frontends": ("attach",),
    "timeback_web.autostart": (),
    "timeback_web.autostart.watch": ("Watch",),
}
"""The names in them that others use; without any, all that the module offers."""
_MADE_BY_US = ("Activities", "Activity", "Closing", "User", "Watch")
"""Nobody else calls their constructors."""
_JAVASCRIPT = Path(timeback_web.__file__).with_name("js")
# Internal, though they are modules of the same folder: what only our own modules import.
_ENTRIES = ("autostart", "boot", "core", "guard", "react", "send-waiting", "solid", "svelte", "vue")
_EXPORT = re.compile(r"^export (?:async )?(?:function|class|const|let) (\w+)", re.MULTILINE)


def public_api() -> str:
    """All of it, as text."""
    parts = [
        *(_module(*each) for each in _MODULES.items()),
        _tag(),
        _commands(),
        *map(_script, _ENTRIES),
    ]
    return "\n".join(parts)


class _Plain(str):
    """An annotation as it was written, where `inspect` would put quotes around it."""

    __slots__ = ()
    __repr__ = str.__str__


def _module(name: str, names: tuple[str, ...]) -> str:
    module = importlib.import_module(name)
    names = names or getattr(module, "__all__", None) or _own_names(module)
    lines = [line for each in sorted(names) for line in _entry(each, getattr(module, each))]
    return _chapter(name, lines)


def _own_names(module: Any) -> tuple[str, ...]:
    """Without an `__all__`: what is defined there, and has a name for others."""
    return tuple(
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and getattr(value, "__module__", None) == module.__name__
    )


def _entry(name: str, value: object) -> Iterator[str]:
    if inspect.isclass(value):
        bases = ", ".join(base.__name__ for base in value.__bases__ if base is not object)
        yield f"class {name}({bases})" if bases else f"class {name}"
        yield from (f"    {line}" for line in _members(value))
    elif callable(value):
        yield f"def {name}{_signature(value)}"
    else:
        yield f"{name}: {type(value).__name__}"


def _members(one: type) -> Iterator[str]:
    if hasattr(one, "model_fields"):  # pydantic's own methods are pydantic's business
        yield from _model_fields(one.model_fields)
        return
    constructor = vars(one).get("__init__")
    made_by_others = constructor is not None and one.__name__ not in _MADE_BY_US
    if made_by_others:
        yield f"__init__{_signature(constructor)}"
    for name, value in sorted(vars(one).items()):
        if not name.startswith("_") or name in {"__aenter__", "__aexit__", "__await__"}:
            yield from _member(name, value)
    if constructor is not None:
        yield from _attributes(constructor)


def _model_fields(fields: dict[str, Any]) -> Iterator[str]:
    for name, field in sorted(fields.items()):
        default = "" if field.is_required() else f" = {field.default!r}"
        yield f"{name}: {inspect.formatannotation(field.annotation)}{default}"


def _member(name: str, value: object) -> Iterator[str]:
    if isinstance(value, property):
        yield f"{name}: {inspect.signature(value.fget).return_annotation}"  # type: ignore[arg-type]
    elif inspect.isfunction(value):
        kind = "async def" if inspect.iscoroutinefunction(value) else "def"
        yield f"{kind} {name}{_signature(value)}"


def _attributes(constructor: Any) -> Iterator[str]:
    """Public attributes that a constructor sets, such as `timeback.activity`."""
    try:
        source = inspect.getsource(constructor)
    except (OSError, TypeError):  # made by @dataclass: its signature has them
        return
    for name in sorted(set(re.findall(r"^\s+self\.([a-z]\w*)\b.* = ", source, re.MULTILINE))):
        yield f".{name}"


def _signature(value: Any) -> str:
    signature = inspect.signature(value)
    parameters = [
        each.replace(annotation=_plain(each.annotation)) for each in signature.parameters.values()
    ]
    returned = _plain(signature.return_annotation)
    return str(signature.replace(parameters=parameters, return_annotation=returned))


def _plain(annotation: Any) -> Any:
    # Those that hold quotes themselves, such as literals, come back with more around them.
    return _Plain(annotation.strip('"')) if isinstance(annotation, str) else annotation


def _tag() -> str:
    """What page authors write, and what they are told."""
    asked = {*attributes._OPTIONS.values(), *attributes._OTHERS}
    marks = {"state", "error", "when", *(press.value for press in Press)}
    source = Path(attributes.__file__).with_name("tracked.py").read_text()
    source += Path(attributes.__file__).with_name("state_attributes.py").read_text()
    events = set(re.findall(r'(?:\.tell|_on_turn)\(\s*"(\w+)"', source))
    lines = [f"{PREFIX}{name}" for name in sorted(asked | marks)]
    lines += [f"{PREFIX}state={state.value}" for state in State]
    lines += [f"event timeback:{name}" for name in sorted(events)]
    return _chapter("HTML", lines)


def _commands() -> str:
    parser = argparse.ArgumentParser(add_help=False)
    bundle.add_arguments(parser)
    options = [action.option_strings or [action.dest] for action in parser._actions]
    return _chapter("python -m timeback_web", [f"bundle {'/'.join(each)}" for each in options])


def _script(name: str) -> str:
    types = _JAVASCRIPT / f"{name}.d.ts"
    if not types.is_file():
        source = (_JAVASCRIPT / f"{name}.js").read_text()
        return _chapter(f"js/{name}.js", sorted(_EXPORT.findall(source)) or ["(no exports)"])
    text = re.sub(r"\s*/\*\*.*?\*/", "", types.read_text(), flags=re.DOTALL)
    return _chapter(f"js/{name}.js", [line for line in text.splitlines() if line.strip()])


def _chapter(title: str, lines: list[str]) -> str:
    return "\n".join([f"# {title}", *lines, ""])


if __name__ == "__main__":
    FILE.write_text(public_api(), encoding="utf-8")

"""Bytecode as it is written for the wire."""

from __future__ import annotations

import marshal
from pathlib import Path
from types import CodeType

import pytest

import timeback_web
from timeback_web.bundle import marshalling
from timeback_web.bundle.marshalling import dump_code

EVERYTHING = """
constants = (
    None, True, False, ..., 1, -1, 2**31, -(2**100), 0.5, 1j, b"bytes", "short", "long" * 100,
    "\\u00e9", "\\ud800", (), (1, (2, "short")), {1, 2} & {3},
)
member = "a" in {"a", "b"}
many = (MANY)

def function(first, /, second, *rest, third=[1, 2][0:1], **others):
    def inner():
        nonlocal second
        second = first
        return [x for x in rest if x in {"a", "b"}]
    try:
        return inner, (y async for y in others), lambda: third
    except* ValueError:
        raise

class Generic[T: int]:
    field: T = None
    @classmethod
    async def method(cls) -> T:
        async with cls as entered:
            await entered
""".replace("MANY", ", ".join(map(str, range(300))))


def parts(code: CodeType) -> list[object]:
    """Whatever can be asked of code, and of the code in it."""
    asked = [
        getattr(code, name)
        for name in sorted(dir(code))
        if name.startswith("co_") and name not in {"co_consts", "co_lnotab"}
    ]
    found = [value for value in asked if not callable(value)]
    for const in code.co_consts:
        if isinstance(const, CodeType):
            found += parts(const)
        else:  # 1 is equal to True, but no set is written in the order of another
            found += [type(const), const if isinstance(const, frozenset) else repr(const)]
    return found


def sources() -> list[str]:
    package = Path(timeback_web.__file__).parent
    return [EVERYTHING, *(path.read_text() for path in sorted(package.rglob("*.py")))]


@pytest.mark.parametrize("optimize", [0, 2])
def test_is_read_as_what_it_was(optimize: int):
    for source in sources():
        code = compile(source, "a/module.py", "exec", optimize=optimize)
        assert parts(marshal.loads(dump_code(code))) == parts(code)


def test_texts_that_come_again_are_written_once():
    code = compile("def f(a_name): return a_name.a_name, [a_name]", "a/module.py", "exec")
    written = dump_code(code)
    assert written.count(b"a_name") == 1
    assert written.count(b"a/module.py") == 1


def test_notices_another_format(monkeypatch: pytest.MonkeyPatch):
    code = compile("a = 1", "a.py", "exec")
    monkeypatch.setattr(marshalling, "_TEXTS", set())
    with pytest.raises(RuntimeError, match="marshal"):
        dump_code(code)

"""Code objects with shorter tables: they do the same, and fail in the same lines."""

from __future__ import annotations

import dis
from pathlib import Path
from types import CodeType

import pytest

import timeback_web
from timeback_web.bundle.code_objects import _NEVER_FAIL, lighten

SOURCES = sorted(Path(timeback_web.__file__).parent.rglob("*.py"))


def lines_of_what_may_fail(code: CodeType) -> list[tuple[int, str, int | None]]:
    lines = [line for _, _, line in code.co_lines()]
    assert len(lines) >= 1
    units = [line for start, end, line in code.co_lines() for _ in range(start, end, 2)]
    own = [
        (one.offset, one.opname, units[one.offset // 2])
        for one in dis.get_instructions(code)
        if one.opname not in _NEVER_FAIL
    ]
    return own + [
        place
        for const in code.co_consts
        if isinstance(const, CodeType)
        for place in lines_of_what_may_fail(const)
    ]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_what_may_fail_keeps_its_line(path: Path):
    code = compile(path.read_bytes(), str(path), "exec", dont_inherit=True)
    assert lines_of_what_may_fail(lighten(code)) == lines_of_what_may_fail(code)


def test_long_ways_between_lines():
    blank = "\n" * 5_000
    code = compile(f"first()\n{blank}second(\n{blank}third()\n)\n", "a.py", "exec")
    assert lines_of_what_may_fail(lighten(code)) == lines_of_what_may_fail(code)


def test_tables_are_shorter():
    code = compile("def f(a):\n    b = a\n    return b\n" * 9, "a.py", "exec")
    lighter = lighten(code)
    assert len(lighter.co_linetable) < len(code.co_linetable) / 2
    assert all(column is None for _, _, column, _ in lighter.co_positions())


def test_attributes_are_not_listed_but_where_the_list_is_used():
    source = """
class A:
    def __init__(self): self.a = self.b = 1

class B:
    __slots__ = ("a",)
    def __init__(self): self.a = 1
"""
    space: dict[str, type] = {"__name__": "a"}  # type: ignore[dict-item]
    exec(lighten(compile(source, "a.py", "exec")), space)
    assert getattr(space["A"], "__static_attributes__", ()) == ()  # Python 3.12 has no such list
    assert space["B"].__slots__ == ("a",)
    assert space["B"]().a == 1

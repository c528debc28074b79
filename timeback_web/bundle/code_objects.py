"""Code objects with shorter tables, which the compiler makes for whoever looks at code.

The line table says of each instruction where it stands in the source, for tracebacks. Only what may
fail is found in one, so nothing else needs a line of its own. Columns are left out: they mark a
part of a line, and a page has no source to show it in.
"""

from __future__ import annotations

import dis
from collections.abc import Iterator
from itertools import pairwise
from types import CodeType

_NEVER_FAIL = frozenset(
    {
        "COPY",
        "LOAD_CONST",
        "LOAD_FAST",
        "LOAD_FAST_BORROW",
        "LOAD_FAST_BORROW_LOAD_FAST_BORROW",
        "LOAD_SMALL_INT",
        "MAKE_CELL",
        "MAKE_FUNCTION",
        "NOP",
        "NOT_TAKEN",
        "PUSH_NULL",
        "RETURN_VALUE",
        "SET_FUNCTION_ATTRIBUTE",
        "STORE_FAST",
        "STORE_NAME",
        "SWAP",
    }
)
_LONGEST_ENTRY = 8
_LINE_ONLY, _NOWHERE = 13, 15
"""Kinds of entries: https://github.com/python/cpython/blob/main/InternalDocs/code_objects.md."""

type _Span = tuple[int, int | None]
"""So many code units, and their line."""


def lighten(code: CodeType) -> CodeType:
    """Return the same code with shorter tables, and so the code in it."""
    consts = [lighten(one) if isinstance(one, CodeType) else one for one in code.co_consts]
    instructions = list(dis.get_instructions(code))
    for number in _lists_of_attributes(instructions):
        consts[number] = ()
    table = _encode(_spans(code, instructions), code.co_firstlineno)
    return code.replace(co_consts=tuple(consts), co_linetable=table)


def _lists_of_attributes(instructions: list[dis.Instruction]) -> Iterator[int]:
    """Which constants are the `__static_attributes__` of a class, and nothing else."""
    loaded = [one.arg for one in instructions if one.opname == "LOAD_CONST"]
    for load, store in pairwise(instructions):
        is_list = (load.opname, store.argval) == ("LOAD_CONST", "__static_attributes__")
        if is_list and load.arg is not None and loaded.count(load.arg) == 1:
            yield load.arg


def _spans(code: CodeType, instructions: list[dis.Instruction]) -> list[_Span]:
    """Return which lines the instructions have; what never fails may have that of others."""
    may_fail = {one.offset for one in instructions if one.opname not in _NEVER_FAIL}
    spans: list[_Span] = []
    for start, end, line in code.co_lines():
        units, before = (end - start) // 2, spans[-1] if spans else None
        if before and (line == before[1] or may_fail.isdisjoint(range(start, end))):
            spans[-1] = (before[0] + units, before[1])
        else:
            spans.append((units, line))
    return spans


def _encode(spans: list[_Span], line_before: int) -> bytes:
    table = bytearray()
    for units, line in spans:
        for done in range(0, units, _LONGEST_ENTRY):
            length = min(units - done, _LONGEST_ENTRY)
            table.append(0x80 | (_NOWHERE if line is None else _LINE_ONLY) << 3 | length - 1)
            if line is not None:
                table += _signed(line - line_before)
                line_before = line
    return bytes(table)


def _signed(number: int) -> bytes:
    """Six bits a byte, the sign in the lowest of all."""
    rest = -number << 1 | 1 if number < 0 else number << 1
    written = bytearray()
    while rest >= 64:
        written.append(64 | rest & 63)
        rest >>= 6
    return bytes([*written, rest])

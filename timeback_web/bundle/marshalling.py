"""Bytecode written so that it compresses well.

`marshal` writes an object that it has written before as a reference to it, by a number of four
bytes, and numbers every object that might come again. So the numbers grow large, and what is the
same in two functions looks different. Here texts alone are numbered. All else is written out each
time it comes: what repeats itself is what compressors are good at.

The format is Python's own: version 5, as Python/marshal.c has it.
"""

from __future__ import annotations

import marshal
from dataclasses import dataclass
from types import CodeType

_NUMBERED = 0x80
_REFERENCE, _CODE, _LARGE_NUMBER, _BYTES = b"r", b"c", b"l", b"s"
_FIXED = {b"N": 0, b"F": 0, b"T": 0, b".": 0, b":": 0, b"i": 4, b"g": 8, b"y": 16}
"""Types by their letters, and how many bytes each has before the objects in it."""
_PARTS = {b":": 3}
_TEXTS = {b"t", b"u", b"a", b"A", b"z", b"Z"}
_SEQUENCES = {b"(", b")", b"<", b">"}
_SHORT = {b"z", b"Z", b")"}
"""These have a length of one byte; others of four."""


def dump_code(code: CodeType) -> bytes:
    """Return bytes of which `marshal.loads` makes `code` again."""
    written = bytearray()
    _write(_Reader(marshal.dumps(code)).read(), written, {})
    if marshal.loads(written) != code:  # noqa: S302 - ours, of a moment ago
        raise RuntimeError("this Python's marshal has another format: see Python/marshal.c")
    return bytes(written)


@dataclass(frozen=True, slots=True)
class _Object:
    """An object as it is written: the letter of its type, its content, and the objects in it."""

    kind: bytes
    content: bytes = b""
    parts: tuple[_Object, ...] = ()


class _Reader:
    """Reads what `marshal` has written."""

    def __init__(self, written: bytes) -> None:
        self._written = written
        self._at = 0
        self._numbered: list[_Object] = []

    def read(self) -> _Object:
        """The next object; references are replaced by what they refer to."""
        [letter] = self._take(1)
        kind = bytes([letter & ~_NUMBERED])
        if kind == _REFERENCE:
            return self._numbered[int.from_bytes(self._take(4), "little")]
        if not letter & _NUMBERED:
            return self._object(kind)
        number = len(self._numbered)  # given before its parts get theirs
        self._numbered.append(_Object(kind))
        self._numbered[number] = self._object(kind)
        return self._numbered[number]

    def _object(self, kind: bytes) -> _Object:
        if kind == _CODE:
            return self._code()
        if kind in _FIXED:
            return _Object(kind, self._take(_FIXED[kind]), self._parts(_PARTS.get(kind, 0)))
        size = self._take(1 if kind in _SHORT else 4)
        length = int.from_bytes(size, "little", signed=kind == _LARGE_NUMBER)
        if kind in _SEQUENCES:
            return _Object(kind, size, self._parts(length))
        if kind in _TEXTS or kind == _BYTES:
            return _Object(kind, size + self._take(length))
        if kind == _LARGE_NUMBER:  # in digits of two bytes; the length has its sign
            return _Object(kind, size + self._take(2 * abs(length)))
        raise RuntimeError(f"code with an object of type {kind!r}: see Python/marshal.c")

    def _code(self) -> _Object:
        counts = self._take(5 * 4)
        parts = self._parts(8)
        first_line = _Object(b"", self._take(4))
        return _Object(_CODE, counts, (*parts, first_line, *self._parts(2)))

    def _parts(self, count: int) -> tuple[_Object, ...]:
        return tuple(self.read() for _ in range(count))

    def _take(self, count: int) -> bytes:
        self._at += count
        return self._written[self._at - count : self._at]


def _write(one: _Object, written: bytearray, numbers: dict[_Object, int]) -> None:
    """Append an object; `numbers` are those of the texts so far."""
    kind = one.kind
    if kind in _TEXTS:
        if one in numbers:
            written += _REFERENCE + numbers[one].to_bytes(4, "little")
            return
        numbers[one] = len(numbers)
        kind = bytes([kind[0] | _NUMBERED])
    written += kind + one.content
    for part in one.parts:
        _write(part, written, numbers)

"""Writing chapters of `docs/benchmarks.md`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Goal:
    """What a figure should be at most.

    Attributes:
        limit: The figure itself.
        unit: What is written behind it.
    """

    limit: float
    unit: str = ""

    def cells(self, figure: float) -> tuple[str, str]:
        """The columns "goal" and "met?"."""
        return f"≤ {self.limit:g}{self.unit}", "yes" if figure <= self.limit else "NO"


NO_GOAL = ("", "")
"""The two columns of a row that has none."""


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table, its columns aligned."""
    cells = [list(head), *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(head))]
    lines = [_line(line, widths) for line in cells]
    return "\n".join([lines[0], _line(["-" * width for width in widths], widths), *lines[1:]])


def chapter(title: str, *parts: str) -> str:
    """A heading and what is below it."""
    return "\n\n".join([f"## {title}", *parts])


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return f"| {' | '.join(padded)} |"

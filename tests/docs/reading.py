"""The code blocks of the documents, as Sybil reads them.

Before a block there may be a comment that readers don't see:

    <!-- untested: why -->    it can't be run here; `test_blocks.py` counts these
    <!-- run: name -->        a test of that name runs it

and between blocks `invisible-code-block: python`, which runs with the others.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sybil import Document
from sybil.parsers.markdown.lexers import DirectiveInHTMLCommentLexer, RawFencedCodeBlockLexer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sybil import Region
    from sybil.typing import Evaluator

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")],
    key=lambda path: path.relative_to(ROOT).as_posix(),
)
# Written by `make bench`: what it shows is run there.
GENERATED = {ROOT / "docs" / "benchmarks.md"}

_INFO = re.compile(r"(?P<language>[a-z]+)(?: (?P<options>[^\n]*))?$\n", re.MULTILINE)
_TITLE = re.compile(r'title="([^"]+)"')
_COMMENT = re.compile(r"<!-- (untested|run): ((?:(?!-->).)+) -->\s*\Z", re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block of code.

    `title` is the name of the file that it is, `run` the name of the test that runs it, and
    `untested` why none does; each may be empty.
    """

    document: Path
    line: int
    language: str
    code: str
    title: str = ""
    run: str = ""
    untested: str = ""

    def __str__(self) -> str:
        """Where it stands: also the name of its test."""
        return f"{self.document.relative_to(ROOT).as_posix()}:{self.line}"


def lex_blocks(document: Document) -> Iterator[Region]:
    """The fenced blocks of a document that name their language."""
    return iter(RawFencedCodeBlockLexer(_INFO)(document))


def lex_invisible(document: Document) -> Iterator[Region]:
    """Code that only the tests see."""
    return iter(DirectiveInHTMLCommentLexer("invisible-code-block", "python")(document))


def read_blocks(path: Path) -> list[Block]:
    """All blocks of a document, in order."""
    document = Document(path.read_text(encoding="utf-8"), str(path))
    return [_block(path, document, region) for region in lex_blocks(document)]


def _block(path: Path, document: Document, region: Region) -> Block:
    before = document.text[: region.start]
    comment = _COMMENT.search(before)
    said = {comment[1]: comment[2]} if comment else {}
    title = _TITLE.search(region.lexemes["options"] or "")
    return Block(
        document=path,
        line=before.count("\n") + 1,
        language=region.lexemes["language"],
        code=region.lexemes["source"],
        title=title[1] if title else "",
        run=said.get("run", ""),
        untested=said.get("untested", ""),
    )


class PythonBlocks:
    """A parser for Sybil: the Python of a document, visible or not, for `evaluator` to run."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator

    def __call__(self, document: Document) -> Iterator[Region]:
        path = Path(document.path)
        for region in lex_blocks(document):
            block = _block(path, document, region)
            if block.language == "python" and not (block.title or block.run or block.untested):
                yield self._to_run(region)
        for region in lex_invisible(document):
            yield self._to_run(region)

    def _to_run(self, region: Region) -> Region:
        region.parsed = region.lexemes["source"]
        region.evaluator = self._evaluator
        return region

"""The Python of the documents runs as it stands there."""

from __future__ import annotations

import pytest
from sybil import Document

from tests.docs.python_world import PythonWorld
from tests.docs.reading import DOCUMENTS, GENERATED, ROOT, PythonBlocks, read_blocks


def has_python(path):
    return path not in GENERATED and any(
        block.language == "python" and not (block.title or block.run or block.untested)
        for block in read_blocks(path)
    )


@pytest.fixture
def world(monkeypatch, tmp_path):
    world = PythonWorld(monkeypatch, tmp_path)
    yield world
    world.close()


@pytest.mark.parametrize(
    "path",
    [path for path in DOCUMENTS if has_python(path)],
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_the_python_of_a_document_runs(path, world):
    document = Document.parse(str(path), PythonBlocks(world))
    document.namespace = world.names
    for example in document:
        example.evaluate()

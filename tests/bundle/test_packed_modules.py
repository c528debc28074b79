"""A package whose modules are all in one file."""

from __future__ import annotations

import importlib
import marshal
import sys
import traceback
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from timeback_web.bundle.packed_modules import FILE_NAME, provide

SOURCES = {
    "fails.py": "def fail():\n    raise ValueError",
    "inner/__init__.py": "from packed.inner.deep import answer",
    "inner/deep.py": "answer = 42",
}


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of `packed`, with modules in one file, and one beside it."""
    folder = tmp_path / "packed"
    (folder / "inner").mkdir(parents=True)
    (folder / "__init__.py").write_text("")
    (folder / "inner" / "added.py").write_text("from packed.inner.deep import answer")
    codes = {name: marshal.dumps(compile(text, "", "exec")) for name, text in SOURCES.items()}
    (folder / FILE_NAME).write_bytes(marshal.dumps(codes))
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "meta_path", sys.meta_path.copy())
    provide("packed", f"{folder}/__init__.py")
    yield folder
    for name in [name for name in sys.modules if name.partition(".")[0] == "packed"]:
        del sys.modules[name]


@pytest.mark.usefixtures("package")
def test_modules_are_imported_from_the_file():
    assert importlib.import_module("packed.inner").answer == 42
    assert importlib.import_module("packed.inner.deep").__name__ == "packed.inner.deep"


def test_they_know_where_they_are(package: Path):
    inner = importlib.import_module("packed.inner")
    assert inner.__file__ == f"{package}/inner/__init__.py"
    assert list(inner.__path__) == [f"{package}/inner"]
    assert inner.deep.__package__ == "packed.inner"
    assert not hasattr(inner.deep, "__path__")


def test_tracebacks_name_their_files(package: Path):
    module = importlib.import_module("packed.fails")
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - it says nothing
        module.fail()
    frame = traceback.extract_tb(caught.value.__traceback__)[-1]
    assert (frame.filename, frame.lineno) == (f"{package}/fails.py", 2)


@pytest.mark.usefixtures("package")
def test_other_archives_may_add_modules():
    assert importlib.import_module("packed.inner.added").answer == 42


@pytest.mark.usefixtures("package")
def test_what_is_not_there_is_not_found():
    importlib.import_module("packed.inner")
    assert find_spec("packed.nothing") is None
    assert find_spec("packed.inner.nothing") is None
    with pytest.raises(ModuleNotFoundError, match=r"packed\.nothing"):
        importlib.import_module("packed.nothing")


def test_modules_of_others_are_left_alone(package: Path):
    spec = find_spec("json.decoder")
    assert spec is not None
    assert spec.origin is not None
    assert not spec.origin.startswith(str(package))

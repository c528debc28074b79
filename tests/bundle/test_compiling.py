from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path

import pytest

from tests.bundle.conftest import Machine
from tests.bundle.makers import make_wheel, zipped
from timeback_web.bundle.cache import Cache
from timeback_web.bundle.compiling import compile_archives
from timeback_web.bundle.zips import read_zip, write_zip


@pytest.fixture
def runtime(tmp_path: Path) -> Path:
    """A folder with a standard library and one wheel."""
    folder = tmp_path / "pyodide"
    folder.mkdir()
    (folder / "pyodide.asm.wasm").write_bytes(b"\0asm")
    (folder / "python_stdlib.zip").write_bytes(zipped({"json/": "", "json/__init__.py": "json"}))
    with zipfile.ZipFile(make_wheel(folder, "one", "1.0"), "a") as wheel:
        wheel.writestr("one/py.typed", "")
        wheel.writestr("one/core.pyi", "")
        wheel.writestr("one/data.json", "{}")
        wheel.writestr("one-1.0.dist-info/sboms/one.json", "{}")
        wheel.writestr("one-1.0.dist-info/RECORD", "one/__init__.py,,\n")
    return folder


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


def compiled_wheel(runtime: Path) -> Path:
    [wheel] = runtime.glob("*.whl")
    return wheel


def test_puts_bytecode_in_place_of_sources(runtime: Path, cache: Cache):
    compile_archives(runtime, cache)
    library = read_zip(runtime / "python_stdlib.zip")
    assert library == {"json/__init__.pyc": b"bytecode of json"}


def test_leaves_out_what_a_page_has_no_use_for(runtime: Path, cache: Cache):
    compile_archives(runtime, cache)
    assert list(read_zip(compiled_wheel(runtime))) == [
        "one-1.0.dist-info/METADATA",
        "one/__init__.pyc",
        "one/data.json",
        "one-1.0.dist-info/RECORD",
    ]


def test_keeps_the_fields_of_the_metadata_only(runtime: Path, cache: Cache):
    archive = next(runtime.glob("*.whl"))
    files = read_zip(archive)
    files["one-1.0.dist-info/METADATA"] += b"\n\nA long story."
    write_zip(archive, files)
    compile_archives(runtime, cache)
    metadata = read_zip(compiled_wheel(runtime))["one-1.0.dist-info/METADATA"]
    assert metadata == b"Name: one\nVersion: 1.0\n"


def test_the_record_lists_what_is_there(runtime: Path, cache: Cache):
    compile_archives(runtime, cache)
    files = read_zip(compiled_wheel(runtime))
    rows = list(csv.reader(io.StringIO(files["one-1.0.dist-info/RECORD"].decode())))
    assert [name for name, _, _ in rows] == list(files)
    assert [int(size) for _, _, size in rows[:-1]] == [len(data) for data in files.values()][:-1]


def test_stores_its_members_as_they_are(runtime: Path, cache: Cache):
    """They are compressed all together, for the wire: that makes them smaller."""
    compile_archives(runtime, cache)
    with zipfile.ZipFile(compiled_wheel(runtime)) as archive:
        assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_STORED}


def test_names_a_wheel_after_its_content(runtime: Path, cache: Cache):
    """A browser must not take a wheel that it has kept for the new one."""
    sources = runtime / "one-1.0-py3-none-any.whl"
    before = sources.read_bytes()
    compile_archives(runtime, cache)
    first = compiled_wheel(runtime)
    assert re.fullmatch(r"one-1\.0-0_[0-9a-f]{12}-py3-none-any\.whl", first.name)
    first.unlink()
    sources.write_bytes(before)
    with zipfile.ZipFile(sources, "a") as wheel:
        wheel.writestr("one/new.py", "")
    compile_archives(runtime, cache)
    assert compiled_wheel(runtime).name != first.name


def test_compiles_only_once(runtime: Path, cache: Cache, machine: Machine):
    sources = {path: path.read_bytes() for path in runtime.iterdir()}
    compile_archives(runtime, cache)
    once = {path.name: path.read_bytes() for path in runtime.iterdir()}
    compiled_wheel(runtime).unlink()
    for path, content in sources.items():
        path.write_bytes(content)
    compile_archives(runtime, cache)
    assert {path.name: path.read_bytes() for path in runtime.iterdir()} == once
    assert machine.scripts == ["compile.mjs"]


def test_another_runtime_compiles_anew(runtime: Path, cache: Cache, machine: Machine):
    sources = {path: path.read_bytes() for path in runtime.iterdir()}
    compile_archives(runtime, cache)
    compiled_wheel(runtime).unlink()
    for path, content in sources.items():
        path.write_bytes(content)
    (runtime / "pyodide.asm.wasm").write_bytes(b"\0asm of another Python")
    compile_archives(runtime, cache)
    assert machine.scripts == ["compile.mjs", "compile.mjs"]

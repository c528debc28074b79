from __future__ import annotations

import gzip
from pathlib import Path

from tests.bundle.conftest import Machine
from timeback_web.bundle.cache import Cache
from timeback_web.bundle.compressing import add_compressed_copies

TEXT = b"far too often the same\n" * 100


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.*"))


def test_adds_copies_beside_what_a_page_loads(tmp_path: Path):
    folder = tmp_path / "bundle"
    (folder / "pyodide").mkdir(parents=True)
    (folder / "pyodide" / "pyodide.mjs").write_bytes(TEXT)
    add_compressed_copies(folder, Cache(tmp_path / "cache"))
    assert names(folder) == [
        "pyodide/pyodide.mjs",
        "pyodide/pyodide.mjs.br",
        "pyodide/pyodide.mjs.gz",
    ]
    assert gzip.decompress((folder / "pyodide" / "pyodide.mjs.gz").read_bytes()) == TEXT


def test_leaves_alone_what_is_small_or_no_download(tmp_path: Path):
    folder = tmp_path / "bundle"
    folder.mkdir()
    (folder / "small.js").write_bytes(b"go()")
    (folder / "picture.png").write_bytes(TEXT)
    add_compressed_copies(folder, Cache(tmp_path / "cache"))
    assert names(folder) == ["picture.png", "small.js"]


def test_compresses_only_once(tmp_path: Path, machine: Machine):
    folder = tmp_path / "bundle"
    folder.mkdir()
    (folder / "main.js").write_bytes(TEXT)
    copies = []
    for _ in range(2):
        add_compressed_copies(folder, Cache(tmp_path / "cache"))
        copies.append((folder / "main.js.gz").read_bytes())
    assert copies[0] == copies[1]  # no date in it
    assert machine.scripts == ["brotli.mjs"]

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bundle.makers import PYODIDE_FILES, PYSCRIPT_FILES, make_tarball
from timeback_web.bundle.errors import BundleError
from timeback_web.bundle.pyodide import unpack_pyodide
from timeback_web.bundle.pyscript import unpack_pyscript


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "folder"
    folder.mkdir()
    return folder


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_pyodide_is_reduced_to_what_a_page_loads(tmp_path: Path, folder: Path):
    unpack_pyodide(make_tarball(tmp_path / "pyodide.tgz", PYODIDE_FILES), folder)
    assert names(folder) == [
        "pyodide-lock.json",
        "pyodide.asm.mjs",
        "pyodide.asm.wasm",
        "pyodide.mjs",
        "python_stdlib.zip",
    ]
    assert (folder / "pyodide.mjs").read_bytes() == b"// loader"


def test_a_pyodide_without_its_parts_is_refused(tmp_path: Path, folder: Path):
    files = {name: data for name, data in PYODIDE_FILES.items() if "wasm" not in name}
    with pytest.raises(BundleError, match=r"pyodide\.tgz lacks pyodide\.asm\.wasm"):
        unpack_pyodide(make_tarball(tmp_path / "pyodide.tgz", files), folder)


def test_pyscript_finds_pyodide_beside_itself(tmp_path: Path, folder: Path):
    unpack_pyscript(make_tarball(tmp_path / "core.tgz", PYSCRIPT_FILES), folder)
    assert names(folder) == ["LICENSE", "core.css", "core.js"]
    notice, core = (folder / "core.js").read_text().split("\n")
    assert notice.startswith("/* Changed by timeback_web")
    assert core == "let d;d||=new URL(`../${n}/${n}.mjs`,import.meta.url).href;go(d)"


@pytest.mark.parametrize("code", [b"let e;", PYSCRIPT_FILES["package/dist/core.js"] * 2])
def test_a_pyscript_of_other_making_is_refused(tmp_path: Path, folder: Path, code: bytes):
    files = PYSCRIPT_FILES | {"package/dist/core.js": code}
    with pytest.raises(BundleError, match=r"core\.tgz is not the PyScript"):
        unpack_pyscript(make_tarball(tmp_path / "core.tgz", files), folder)

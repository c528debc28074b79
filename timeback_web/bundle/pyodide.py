"""The files of Pyodide that a page loads."""

from __future__ import annotations

from pathlib import Path

from timeback_web.bundle.archives import read_tarball
from timeback_web.bundle.errors import BundleError

LOADER_NAME = "pyodide.mjs"
BINARY_NAME = "pyodide.asm.wasm"
LIBRARY_NAME = "python_stdlib.zip"
LOCK_NAME = "pyodide-lock.json"

# The npm package also holds source maps, type declarations, two consoles and a loader for classic
# scripts. Its lock is replaced by one for the wheels at hand (`lock.py`).
_RUNTIME = frozenset({LOADER_NAME, "pyodide.asm.mjs", BINARY_NAME, LIBRARY_NAME, LOCK_NAME})


def unpack_pyodide(tarball: Path, folder: Path) -> None:
    """Write the runtime into `folder`.

    Raises:
        BundleError: the package lacks a part of it.
    """
    missing = set(_RUNTIME)
    for path, content in read_tarball(tarball):
        if path.name in missing and len(path.parts) == 1:
            (folder / path.name).write_bytes(content)
            missing.remove(path.name)
    if missing:
        raise BundleError(f"{tarball.name} lacks {', '.join(sorted(missing))}")

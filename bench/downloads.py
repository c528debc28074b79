"""What is compared with: the stock runtime out of the bundle's own downloads, and the peers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from timeback_web.bundle.archives import read_tarball
from timeback_web.bundle.cache import Cache
from timeback_web.bundle.npm import download_tarballs
from timeback_web.bundle.pins import NpmPin, load_pins

if TYPE_CHECKING:
    from pathlib import Path

_RUNTIME = {
    "pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json"
}  # fmt: skip

PEERS = (
    NpmPin(
        name="timeme.js",
        version="2.1.0",
        file_name="timeme.js-2.1.0.tgz",
        integrity="sha512-2IAW0wqXAEVD8Vh+gpSqnsglLjnb06dDT9ypOsfKEqUrRMelsXW5hexfKIKg2woG"
        "SbBxp7zqbPYrMWZNdYYgDQ==",
    ),
    NpmPin(
        name="@snowplow/browser-tracker",
        version="4.10.1",
        file_name="snowplow-browser-tracker-4.10.1.tgz",
        integrity="sha512-1Kmi6Mtyxwn5BN7BPD63CCb8diNr/cD/ihxHVbnTVc9UQRK9xJALpkpOu90PomVH"
        "/GJN2VxVKyeNmPJhGnv9og==",
    ),
)


def unpack_stock(downloads: Path, folder: Path) -> None:
    """Lay down Pyodide and PyScript as npm has them, in `pyodide/` and `pyscript/`."""
    pins = load_pins()
    pyodide, pyscript = Cache(downloads).fetch([pins.pyodide, pins.pyscript], download_tarballs)
    for path, content in read_tarball(pyodide):
        if len(path.parts) == 1 and path.name in _RUNTIME:
            _write(folder / "pyodide" / path.name, content)
    for path, content in read_tarball(pyscript):
        if path.parts[0] == "dist" and path.suffix != ".map":
            _write(folder / "pyscript" / path.name, content)


def unpack_peers(downloads: Path, folder: Path) -> None:
    """Lay down the peers' scripts; what is not there yet is asked for at npm."""
    for tarball in Cache(downloads).fetch(PEERS, download_tarballs):
        for path, content in read_tarball(tarball):
            if path.suffix == ".js":
                _write(folder / path.name, content)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)

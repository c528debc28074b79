"""Downloads in miniature: tarballs and wheels with just enough inside."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from pathlib import Path

from timeback_web.bundle import pyscript
from timeback_web.bundle.digests import sha256_hex, sha512_integrity
from timeback_web.bundle.pins import NpmPin, Pins, Target, WheelPin

RUNTIME = {"python": "3.14.2", "arch": "wasm32", "platform": "emscripten_5_0_3"}
LOCK = {"info": RUNTIME | {"abi_version": "2026_0"}, "packages": {"numpy": {}}}


def zipped(files: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


PYODIDE_FILES = {
    "package/pyodide.mjs": b"// loader",
    "package/pyodide.mjs.map": b"{}",
    "package/pyodide.asm.mjs": b"// runtime",
    "package/pyodide.asm.wasm": b"\0asm",
    "package/python_stdlib.zip": zipped({"json/": "", "json/__init__.py": "# json", "this.py": ""}),
    "package/pyodide-lock.json": json.dumps(LOCK).encode(),
    "package/console.html": b"<p>",
}
PYSCRIPT_FILES = {
    "package/LICENSE": b"Apache",
    "package/dist/core.js": b"let d;" + pyscript._OFFLINE_MODE + b"go(d)",
    "package/dist/core.js.map": b"{}",
    "package/dist/core.css": b"py-script{}",
    "package/src/core.js": b"// source",
}


def make_tarball(path: Path, files: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def make_wheel(
    folder: Path, name: str, version: str, *requires: str, module: str | None = None
) -> Path:
    stem = f"{name.replace('-', '_')}-{version}"
    module = module or name.replace("-", "_")
    info = f"{stem}.dist-info"
    metadata = [f"Name: {name}", f"Version: {version}", *(f"Requires-Dist: {r}" for r in requires)]
    path = folder / f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{module}/__init__.py", "")
        archive.writestr(f"{info}/METADATA", "\n".join(metadata))
    return path


def make_npm_pin(name: str, tarball: Path) -> NpmPin:
    integrity = sha512_integrity(tarball)
    return NpmPin(name=name, version="1.0", file_name=tarball.name, integrity=integrity)


def make_wheel_pin(wheel: Path) -> WheelPin:
    name, version, *_ = wheel.name.split("-")
    return WheelPin(name=name, version=version, file_name=wheel.name, sha256=sha256_hex(wheel))


def make_downloads(folder: Path) -> Pins:
    """Fill `folder` with everything that a bundle is made of; return the pins that fit it."""
    folder.mkdir(parents=True)
    pyodide = make_tarball(folder / "pyodide-1.0.tgz", PYODIDE_FILES)
    core = make_tarball(folder / "pyscript-core-1.0.tgz", PYSCRIPT_FILES)
    wheel = make_wheel(folder, "pydantic", "2.14.3")
    return Pins(
        pyodide=make_npm_pin("pyodide", pyodide),
        pyscript=make_npm_pin("@pyscript/core", core),
        target=Target(python_version="3.14", implementation="cp", abi="cp314", platform="p"),
        wheels=(make_wheel_pin(wheel),),
    )

"""The bundle that `make bundle` built, file by file. tests/pyodide runs it in a browser."""

from __future__ import annotations

import gzip
import json
import marshal
import re
import subprocess
from _imp import source_hash  # the public one knows only the Python that runs it
from pathlib import Path

import pytest

from tests.support.bundle import built_bundle
from timeback_web.bundle import own_wheel
from timeback_web.bundle.commands import find_program
from timeback_web.bundle.digests import sha256_hex
from timeback_web.bundle.manifest import Manifest, describe_files, read_manifest
from timeback_web.bundle.own_wheel import build_own_wheels
from timeback_web.bundle.pins import load_pins
from timeback_web.bundle.zips import read_zip


@pytest.fixture(scope="module")
def folder() -> Path:
    return built_bundle()


@pytest.fixture(scope="module")
def manifest(folder: Path) -> Manifest:
    manifest = read_manifest(folder)
    assert manifest is not None
    return manifest


def test_is_what_its_manifest_says(folder: Path, manifest: Manifest):
    assert manifest.files == describe_files(folder)


def test_is_made_of_the_pinned_versions(manifest: Manifest):
    pins = load_pins()
    for pin in (pins.pyodide, pins.pyscript, *pins.wheels):
        assert manifest.versions[pin.name] == pin.version


def test_holds_timeback_web_as_it_is_now(folder: Path, tmp_path: Path):
    wheels = sorted((folder / "pyodide").glob("timeback_web*.whl"))
    for source, compiled in zip(sorted(build_own_wheels(tmp_path)), wheels, strict=True):
        assert source.name.partition("-")[0] == compiled.name.partition("-")[0]
        sources = {name: text for name, text in read_zip(source).items() if name.endswith(".py")}
        everything = b"".join(sources.values())
        packed = next((text for name, text in read_zip(compiled).items() if ".bin" in name), b"")
        for name in marshal.loads(packed) if packed else ():
            del sources[f"timeback_web/{name}"]
        for name, bytecode in read_zip(compiled).items():
            if name.endswith(".pyc"):
                sources.pop(name.removesuffix("c"), None)
                # The head of a .pyc: which Python it is for, flags, and a digest of the sources.
                python = int.from_bytes(bytecode[:4], "little")
                assert bytecode[8:16] == source_hash(python, everything), "stale: run `make bundle`"
        assert sources == {}


def test_costs_a_page_no_more_than_it_should(folder: Path):
    """Brotli, as browsers get it. The goal of `make bench` is lower."""
    [main] = (folder / "pyodide").glob("timeback_web-*.whl.br")
    assert main.stat().st_size <= 68_000


def test_only_pages_that_track_by_attributes_pay_for_it(folder: Path):
    [main] = (folder / "pyodide").glob("timeback_web-*.whl")
    assert not [name for name in read_zip(main) if "autostart" in name or "elements" in name]
    [package] = (folder / "pyodide").glob("timeback_web_autostart-*.whl.br")
    script = folder / "js" / "autostart.js.br"
    assert package.stat().st_size + script.stat().st_size <= 17_500, "docs/recipes/one-tag.md"


def test_compressed_copies_are_copies(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.undo()  # this test wants the real subprocess.run
    for copy in folder.rglob("*.gz"):
        assert gzip.decompress(copy.read_bytes()) == copy.with_suffix("").read_bytes()
    copies = list(folder.rglob("*.br"))
    originals = [copy.with_suffix("") for copy in copies]
    assert brotli_digests(copies) == [sha256_hex(original) for original in originals]


@pytest.mark.parametrize("name", ["pyodide.asm.wasm", "pyodide.mjs", "python_stdlib.zip"])
def test_what_is_large_has_copies(folder: Path, name: str):
    files = [folder / "pyodide" / f"{name}{suffix}" for suffix in ("", ".gz", ".br")]
    sizes = [file.stat().st_size for file in files]
    assert sizes == sorted(sizes, reverse=True)


def brotli_digests(files: list[Path]) -> list[str]:
    """Python has no Brotli; the Node.js that made the copies has."""
    script = """
        import { readFileSync } from "node:fs";
        import { createHash } from "node:crypto";
        import { brotliDecompressSync } from "node:zlib";
        const digest = (file) =>
          createHash("sha256").update(brotliDecompressSync(readFileSync(file))).digest("hex");
        console.log(JSON.stringify(JSON.parse(process.argv[1]).map(digest)));
    """
    command = [find_program("node", "test"), "--input-type=module", "-e", script]
    names = json.dumps([str(file) for file in files])
    done = subprocess.run([*command, names], check=True, capture_output=True, text=True)
    digests: list[str] = json.loads(done.stdout)
    return digests


def test_locks_every_wheel_by_its_digest(folder: Path):
    lock = json.loads((folder / "pyodide" / "pyodide-lock.json").read_bytes())
    locked = {package["file_name"]: package["sha256"] for package in lock["packages"].values()}
    wheels = (folder / "pyodide").glob("*.whl")
    assert locked == {wheel.name: sha256_hex(wheel) for wheel in wheels}


def test_holds_the_modules_of_javascript_front_ends(folder: Path):
    javascript = Path(own_wheel.__file__).parents[1] / "js"
    scripts = [path for path in javascript.rglob("*") if path.suffix in (".js", ".ts")]
    for source in scripts:
        served = folder / "js" / source.relative_to(javascript)
        assert served.read_bytes() == source.read_bytes(), "stale: run `make bundle`"
        for name in re.findall(r"from '(\..+?)'", source.read_text()):
            assert (served.parent / name).is_file(), f"{source.name} imports {name}"


def test_its_configs_ask_for_packages_it_has(folder: Path):
    lock = json.loads((folder / "pyodide" / "pyodide-lock.json").read_bytes())
    configs = list(folder.glob("pyscript*.json"))
    assert len(configs) == 4
    for config in configs:
        assert set(json.loads(config.read_bytes())["packages"]) <= set(lock["packages"])


def test_its_page_refers_to_files_it_has(folder: Path):
    page = (folder / "index.html").read_text()
    references = re.findall(r'(?:src|href|config)="([^"]+)"', page)
    assert references
    for reference in references:
        assert reference.startswith("data:") or (folder / reference).is_file()

"""The bundle that `make bundle` built, file by file. tests/pyodide runs it in a browser."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.support.bundle import built_bundle
from timeback_web.bundle.digests import sha256_hex
from timeback_web.bundle.manifest import Manifest, describe_files, read_manifest
from timeback_web.bundle.own_wheel import build_own_wheel
from timeback_web.bundle.pins import load_pins


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
    wheel = build_own_wheel(tmp_path)
    in_bundle = folder / "pyodide" / wheel.name
    assert in_bundle.exists(), "the bundle is stale: run `make bundle`"
    assert in_bundle.read_bytes() == wheel.read_bytes()


def test_locks_every_wheel_by_its_digest(folder: Path):
    lock = json.loads((folder / "pyodide" / "pyodide-lock.json").read_bytes())
    locked = {package["file_name"]: package["sha256"] for package in lock["packages"].values()}
    wheels = (folder / "pyodide").glob("*.whl")
    assert locked == {wheel.name: sha256_hex(wheel) for wheel in wheels}


def test_its_config_asks_for_packages_it_has(folder: Path):
    lock = json.loads((folder / "pyodide" / "pyodide-lock.json").read_bytes())
    config = json.loads((folder / "pyscript.json").read_bytes())
    assert set(config["packages"]) <= set(lock["packages"])


def test_its_page_refers_to_files_it_has(folder: Path):
    page = (folder / "index.html").read_text()
    references = re.findall(r'(?:src|href|config)="([^"]+)"', page)
    assert references
    for reference in references:
        assert reference.startswith("data:") or (folder / reference).is_file()

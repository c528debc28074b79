from __future__ import annotations

import base64
import csv
import hashlib
import io
import zipfile
from importlib.metadata import PackageNotFoundError, distributions, version
from pathlib import Path

import pytest

from timeback_web.bundle import own_wheel
from timeback_web.bundle.errors import BundleError
from timeback_web.bundle.own_wheel import build_own_wheels


def contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package in place of ours, which a test may change."""
    package = tmp_path / "timeback_web"
    for name in (
        "__init__.py",
        "__main__.py",
        "py.typed",
        "autostart/watch.py",
        "browser/bridge.py",
        "browser/elements.py",
        "bundle/cli.py",
        "js/guard.js",
        "browser/clock.py",
        "browser/worker/clock.py",
        "js/core.js",
        "ports/elements.py",
        "ports/worker_guard.py",
        "frontends.py",
        "reports.py",
        "testing/time.py",
    ):
        path = package / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# {name}\n")
    caches = package / "browser" / "__pycache__"
    caches.mkdir()
    (caches / "clock.cpython-314.pyc").write_bytes(b"\0")
    monkeypatch.setattr(own_wheel, "_PACKAGE", package)
    return package


@pytest.mark.usefixtures("package")
def test_holds_what_the_page_needs_and_nothing_of_the_host(tmp_path: Path):
    wheel, *_ = build_own_wheels(tmp_path)
    info = f"timeback_web-{version('timeback-web')}.dist-info"
    assert list(contents(wheel)) == [
        "timeback_web/__init__.py",
        "timeback_web/browser/clock.py",
        "timeback_web/py.typed",
        f"{info}/METADATA",
        f"{info}/WHEEL",
        f"{info}/RECORD",
    ]


@pytest.mark.usefixtures("package")
@pytest.mark.parametrize(
    ("number", "name", "modules"),
    [
        (1, "worker", ["browser/worker/clock.py", "ports/worker_guard.py"]),
        (2, "reports", ["reports.py"]),
        (3, "frontends", ["browser/bridge.py", "frontends.py"]),
        (4, "autostart", ["autostart/watch.py", "browser/elements.py", "ports/elements.py"]),
    ],
)
def test_what_few_pages_need_is_a_wheel_of_its_own(
    tmp_path: Path, number: int, name: str, modules: list[str]
):
    wheel = build_own_wheels(tmp_path)[number]
    info = f"timeback_web_{name}-{version('timeback-web')}.dist-info"
    assert list(contents(wheel)) == [
        *(f"timeback_web/{module}" for module in modules),
        f"{info}/METADATA",
        f"{info}/WHEEL",
        f"{info}/RECORD",
    ]
    [found] = distributions(path=[str(wheel)])
    assert found.name == f"timeback-web-{name}"
    assert found.requires == [f"timeback-web=={version('timeback-web')}"]


@pytest.mark.parametrize("which", range(5))
def test_the_record_is_true(tmp_path: Path, which: int):
    files = contents(build_own_wheels(tmp_path)[which])
    [record] = [name for name in files if name.endswith("/RECORD")]
    rows = list(csv.reader(io.StringIO(files[record].decode())))
    assert [name for name, _, _ in rows] == list(files)
    assert rows.pop() == [record, "", ""]
    for name, digest, size in rows:
        expected = base64.urlsafe_b64encode(hashlib.sha256(files[name]).digest()).rstrip(b"=")
        assert digest == f"sha256={expected.decode()}"
        assert int(size) == len(files[name])


def test_python_can_read_its_metadata(tmp_path: Path):
    wheel, *_ = build_own_wheels(tmp_path)
    [found] = distributions(path=[str(wheel)])
    assert found.name == "timeback-web"
    assert found.version == version("timeback-web")
    assert found.requires is not None
    assert [need.partition("<")[0] for need in found.requires] == ["pydantic"]  # no extras


@pytest.mark.usefixtures("package")
def test_the_same_sources_make_the_same_bytes(tmp_path: Path):
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()
    for first, second in zip(build_own_wheels(one), build_own_wheels(two), strict=True):
        assert first.name == second.name
        assert first.read_bytes() == second.read_bytes()


def test_needs_the_package_to_be_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def missing(name: str) -> None:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(own_wheel, "distribution", missing)
    with pytest.raises(BundleError, match="not installed"):
        build_own_wheels(tmp_path)

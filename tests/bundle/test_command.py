from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import timeback_web
from timeback_web.__main__ import main
from timeback_web.bundle import build, compiling, npm
from timeback_web.bundle.commands import find_program
from timeback_web.bundle.manifest import describe_files, read_manifest
from timeback_web.bundle.pins import Pins


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "bundle"


def bundle(target: Path, cache_folder: Path, *options: str) -> int:
    return main(["bundle", str(target), "--cache", str(cache_folder), *options])


def test_makes_a_bundle_without_network(pins: Pins, target: Path, cache_folder: Path):
    assert bundle(target, cache_folder) == 0
    manifest = read_manifest(target)
    assert manifest is not None
    assert manifest.files == describe_files(target)
    assert manifest.versions["pyodide"] == pins.pyodide.version
    assert manifest.versions["python"] == "3.14.2"
    config = json.loads((target / "pyscript.json").read_bytes())
    lock = json.loads((target / "pyodide" / "pyodide-lock.json").read_bytes())
    of_workers = json.loads((target / "pyscript-worker.json").read_bytes())
    assert config["packages"] == ["timeback-web"]
    assert of_workers == config | {"packages": ["timeback-web-worker"]}
    of_components = json.loads((target / "pyscript-frontends.json").read_bytes())
    assert of_components == config | {"packages": ["timeback-web-frontends"]}
    of_tags = json.loads((target / "pyscript-autostart.json").read_bytes())
    assert of_tags == config | {"packages": ["timeback-web-autostart"]}
    assert set(lock["packages"]) == {
        "pydantic",
        "timeback-web",
        "timeback-web-autostart",
        "timeback-web-frontends",
        "timeback-web-reports",
        "timeback-web-worker",
    }


@pytest.mark.usefixtures("pins")
def test_makes_the_same_bundle_twice(tmp_path: Path, cache_folder: Path):
    one, two = tmp_path / "one", tmp_path / "two"
    assert bundle(one, cache_folder) == bundle(two, cache_folder) == 0
    assert (one / "manifest.json").read_bytes() == (two / "manifest.json").read_bytes()


@pytest.mark.usefixtures("pins")
def test_says_what_it_does(target: Path, cache_folder: Path, capsys: pytest.CaptureFixture[str]):
    bundle(target, cache_folder)
    out, err = capsys.readouterr()
    assert out.startswith("[1/9] Pyodide, the Python runtime\n[2/9] PyScript\n")
    assert f"{target} is complete" in out
    assert err == ""


@pytest.mark.usefixtures("pins")
def test_has_the_scripts_that_pages_load(target: Path, cache_folder: Path):
    bundle(target, cache_folder)
    source = Path(timeback_web.__file__).parent / "js"
    parts = [f"worker-guard/{name}.js" for name in ("page", "window", "wire")]
    for script in ("guard.js", *parts):
        assert (target / "js" / script).read_bytes() == (source / script).read_bytes()


@pytest.mark.usefixtures("pins")
def test_says_nothing_when_quiet(
    target: Path, cache_folder: Path, capsys: pytest.CaptureFixture[str]
):
    assert bundle(target, cache_folder, "--quiet") == 0
    assert capsys.readouterr() == ("", "")


@pytest.mark.usefixtures("pins")
def test_takes_the_cache_from_the_environment(
    target: Path, cache_folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("TIMEBACK_WEB_CACHE", str(cache_folder))
    assert main(["bundle", str(target)]) == 0


@pytest.mark.usefixtures("pins")
@pytest.mark.parametrize("lost", ["pyodide-1.0.tgz", "pydantic-2.14.3-py3-none-any.whl"])
def test_without_network_it_says_so(
    target: Path,
    cache_folder: Path,
    lost: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    monkeypatch.setattr(npm, "find_npm", lambda: "npm")
    (cache_folder / lost).unlink()
    assert bundle(target, cache_folder) == 1
    err = capsys.readouterr().err
    assert err.startswith("No bundle was made: ")
    assert "Is the network there?" in err
    assert "error: ENOTFOUND" in err
    assert not target.exists()


@pytest.mark.usefixtures("pins")
def test_without_npm_it_says_where_to_get_it(
    target: Path,
    cache_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    monkeypatch.setattr(shutil, "which", lambda *_args, **_options: None)
    (cache_folder / "pyodide-1.0.tgz").unlink()
    assert bundle(target, cache_folder) == 1
    assert "pip install 'timeback-web[node]'" in capsys.readouterr().err


@pytest.mark.usefixtures("pins")
def test_without_node_it_says_where_to_get_it(
    target: Path,
    cache_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    monkeypatch.setattr(shutil, "which", lambda *_args, **_options: None)
    monkeypatch.setattr(compiling, "find_program", find_program)  # the real one
    assert bundle(target, cache_folder) == 1
    err = capsys.readouterr().err
    assert "node is needed to compile Python for the page" in err
    assert "pip install 'timeback-web[node]'" in err


@pytest.mark.usefixtures("pins")
def test_a_folder_that_cannot_be_written_is_told(
    tmp_path: Path, cache_folder: Path, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "file").write_text("")
    assert bundle(tmp_path / "file" / "bundle", cache_folder) == 1
    assert capsys.readouterr().err.startswith("No bundle was made: ")


@pytest.mark.usefixtures("pins")
def test_stopping_it_leaves_nothing(
    target: Path,
    cache_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    def stop(*_arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(build, "write_manifest", stop)
    assert bundle(target, cache_folder) == 130
    assert "stopped" in capsys.readouterr().err
    assert [path.name for path in target.parent.iterdir()] == ["cache"]


def test_without_its_extra_it_names_it(
    target: Path, cache_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys
):
    monkeypatch.setitem(sys.modules, "rich.console", None)
    assert bundle(target, cache_folder) == 1
    assert "pip install 'timeback-web[bundle]'" in capsys.readouterr().err


def test_importing_the_package_loads_nothing_of_the_bundle(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.undo()  # this test wants the real subprocess.run
    code = (
        "import sys, timeback_web; print(*(m for m in sys.modules if 'bundle' in m or m == 'js'))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == ""

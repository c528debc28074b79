from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.bundle.makers import LOCK, make_wheel
from timeback_web.bundle.digests import sha256_hex
from timeback_web.bundle.errors import BundleError
from timeback_web.bundle.lock import write_lock


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    path = tmp_path / "pyodide-lock.json"
    path.write_text(json.dumps(LOCK))
    return path


def test_describes_the_wheels_at_hand(lock: Path, tmp_path: Path):
    core = make_wheel(tmp_path, "pydantic_core", "2.50.4")
    wheel = make_wheel(tmp_path, "pydantic", "2.14.3", "pydantic-core==2.50.4")
    assert write_lock(lock, [wheel, core]) == "3.14.2"
    written = json.loads(lock.read_bytes())
    assert written["info"] == LOCK["info"]
    assert list(written["packages"]) == ["pydantic", "pydantic-core"]  # Pyodide's own are gone
    assert written["packages"]["pydantic"] == {
        "name": "pydantic",
        "version": "2.14.3",
        "file_name": "pydantic-2.14.3-py3-none-any.whl",
        "sha256": sha256_hex(wheel),
        "depends": ["pydantic-core"],
        "imports": ["pydantic"],
        "install_dir": "site",
        "package_type": "package",
        "unvendored_tests": False,
    }


def test_a_name_leads_to_the_package_that_others_only_add_to(lock: Path, tmp_path: Path):
    more = make_wheel(tmp_path, "more", "1.0", "one==1.0", module="one")
    write_lock(lock, [more, make_wheel(tmp_path, "one", "1.0")])
    written = json.loads(lock.read_bytes())["packages"]
    assert {name: package["imports"] for name, package in written.items()} == {
        "more": [],
        "one": ["one"],
    }


def test_does_not_depend_on_the_order_of_the_wheels(lock: Path, tmp_path: Path):
    wheels = [make_wheel(tmp_path, name, "1") for name in ("c", "a", "b")]
    write_lock(lock, wheels)
    once = lock.read_bytes()
    write_lock(lock, wheels[::-1])
    assert lock.read_bytes() == once


@pytest.mark.parametrize(
    "requirement",
    [
        "absent; extra == 'test'",
        "absent; sys_platform == 'win32'",
        "absent; python_version < '3.14'",
        "absent; platform_system != 'Emscripten'",
    ],
)
def test_ignores_what_the_page_does_not_need(lock: Path, tmp_path: Path, requirement: str):
    write_lock(lock, [make_wheel(tmp_path, "one", "1.0", requirement)])
    assert json.loads(lock.read_bytes())["packages"]["one"]["depends"] == []


def test_refuses_a_missing_dependency(lock: Path, tmp_path: Path):
    wheel = make_wheel(tmp_path, "one", "1.0", "absent; sys_platform == 'emscripten'")
    with pytest.raises(BundleError, match=r"one 1\.0 needs absent.*, but the bundle has none"):
        write_lock(lock, [wheel])


def test_refuses_a_dependency_in_a_wrong_version(lock: Path, tmp_path: Path):
    core = make_wheel(tmp_path, "pydantic_core", "2.50.3")
    wheel = make_wheel(tmp_path, "pydantic", "2.14.3", "pydantic-core==2.50.4")
    with pytest.raises(BundleError, match=r"but the bundle has pydantic-core 2\.50\.3"):
        write_lock(lock, [wheel, core])


def test_refuses_what_is_no_wheel(lock: Path, tmp_path: Path):
    wheel = make_wheel(tmp_path, "one", "1.0")
    wheel.write_bytes(b"PK\x05\x06" + bytes(18))  # an empty zip file
    with pytest.raises(BundleError, match=r"one-1\.0.* is no wheel"):
        write_lock(lock, [wheel])

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from tests.bundle.makers import make_npm_pin, make_wheel, make_wheel_pin
from timeback_web.bundle.pins import Pin, WheelPin, load_pins


def all_pins() -> list[Pin]:
    pins = load_pins()
    return [pins.pyodide, pins.pyscript, *pins.wheels]


def test_every_file_is_named_after_its_version():
    for pin in all_pins():
        assert f"-{pin.version}" in pin.file_name


def test_no_package_is_pinned_twice():
    names = [pin.name for pin in all_pins()]
    assert len(names) == len(set(names))


def test_wheels_are_for_the_python_in_the_page():
    pins = load_pins()
    tags = {"py3-none-any", f"{pins.target.abi}-{pins.target.abi}-{pins.target.platform}"}
    for pin in pins.wheels:
        assert pin.file_name.removesuffix(".whl").split("-", 2)[2] in tags


def test_a_pin_matches_its_file_only(tmp_path: Path):
    wheel = make_wheel(tmp_path, "pydantic", "2.14.3")
    pins: list[Pin] = [make_wheel_pin(wheel), make_npm_pin("pyodide", wheel)]
    assert all(pin.matches(wheel) for pin in pins)
    wheel.write_bytes(wheel.read_bytes() + b"!")
    assert not any(pin.matches(wheel) for pin in pins)


@pytest.mark.parametrize("file_name", ["../evil.whl", "/etc/passwd", ".hidden", "a/b.whl", ""])
def test_a_file_name_stays_in_the_cache(file_name: str):
    with pytest.raises(ValidationError):
        WheelPin(name="evil", version="1", file_name=file_name, sha256="0" * 64)

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import NoReturn

import pytest

from tests.bundle.makers import make_downloads
from timeback_web.bundle import build, commands
from timeback_web.bundle.pins import Pins


@pytest.fixture(autouse=True)
def no_package_manager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make npm and pip fail as they do without a network."""

    def offline(command: list[str], **_options: object) -> NoReturn:
        raise subprocess.CalledProcessError(1, command, stderr="warn: old\nerror: ENOTFOUND")

    monkeypatch.setattr(commands.subprocess, "run", offline)


@pytest.fixture
def cache_folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def pins(cache_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Pins:
    """Pins of small stand-ins, which all lie in the cache already."""
    pins = make_downloads(cache_folder)
    monkeypatch.setattr(build, "load_pins", lambda: pins)
    return pins

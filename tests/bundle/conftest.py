from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.bundle.makers import make_downloads
from timeback_web.bundle import build, commands, compiling, compressing
from timeback_web.bundle.pins import Pins


class Machine:
    """One without a network, on which Node.js does as much of its work as these tests look at."""

    def __init__(self) -> None:
        self.scripts: list[str] = []

    def run(self, command: list[str], **_options: Any) -> None:
        script = Path(command[1]).name
        if script == "compile.mjs":
            self._compile(Path(command[3]))
        elif script == "brotli.mjs":
            self._compress(json.loads(command[2]))
        else:
            raise subprocess.CalledProcessError(1, command, stderr="warn: old\nerror: ENOTFOUND")
        self.scripts.append(script)

    def _compile(self, folder: Path) -> None:
        for source in folder.rglob("*.py"):
            source.with_suffix(".pyc").write_bytes(b"bytecode of " + source.read_bytes())

    def _compress(self, jobs: list[list[str]]) -> None:
        for source, target in jobs:
            shutil.copyfile(source, target)


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    machine = Machine()
    monkeypatch.setattr(commands.subprocess, "run", machine.run)
    for module in (compiling, compressing):
        monkeypatch.setattr(module, "find_program", lambda name, _purpose: name)
    return machine


@pytest.fixture
def cache_folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def pins(cache_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Pins:
    """Pins of small stand-ins, which all lie in the cache already."""
    pins = make_downloads(cache_folder)
    monkeypatch.setattr(build, "load_pins", lambda: pins)
    return pins

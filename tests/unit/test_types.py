"""The types of the JavaScript modules say what may be written, and what may not."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from timeback_web.bundle.commands import find_program

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "demo" / "frameworks"
TSC = DEMO / "node_modules" / "typescript" / "bin" / "tsc"


def test_an_app_in_typescript_compiles():
    if not TSC.is_file():
        pytest.skip("the frameworks are not installed: `make test` does that")
    done = subprocess.run(
        [find_program("node", "check the types"), TSC, "--noEmit", "-p", DEMO / "types"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_all_that_the_core_exports_has_a_type():
    core = ROOT / "timeback_web" / "js" / "core.js"
    script = f"console.log(Object.keys(await import('{core.as_uri()}')).join())"
    run = [find_program("node", "read the module"), "--input-type=module", "-e", script]
    exported = subprocess.run(run, capture_output=True, text=True, timeout=60, check=True).stdout
    types = core.with_suffix(".d.ts").read_text()
    for name in exported.strip().split(","):
        assert f"export function {name}(" in types or f"export class {name} " in types, name

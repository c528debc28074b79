"""The clients of the JavaScript front end, in Node.js."""

import subprocess
from pathlib import Path

import pytest

from timeback_web.bundle.commands import find_program

TESTS = Path(__file__).with_name("front_end")


@pytest.mark.parametrize("tests", [path.name for path in TESTS.glob("*.test.mjs")])
def test_in_node(tests):
    command = [find_program("node", "test the front end"), "--test", str(TESTS / tests)]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert run.returncode == 0, run.stdout

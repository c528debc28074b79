"""What the documents say about installing, done as they say it, in an empty environment."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.docs.reader import Reader
from tests.docs.reading import DOCUMENTS, ROOT, read_blocks
from tests.support.bundle import built_bundle

if TYPE_CHECKING:
    from pathlib import Path

README = ROOT / "README.md"
EMPTY_ENVIRONMENT = "python -m venv .venv && . .venv/bin/activate"


def blocks_that_install(path: Path):
    return [block for block in read_blocks(path) if block.run == "install"]


@pytest.mark.timeout(300)
def test_the_readme_installs_the_checkout_and_makes_the_bundle(tmp_path):
    reader = Reader(tmp_path)
    reader.run(*blocks_that_install(README), before=EMPTY_ENVIRONMENT)

    assert_installed_from_the_checkout(reader)
    made = reader.project / "static" / "runtime"
    assert json.loads((made / "manifest.json").read_text()) == json.loads(
        (built_bundle() / "manifest.json").read_text()
    ), "not what the other tests run on; `make bundle` makes that anew"


def assert_installed_from_the_checkout(reader: Reader) -> None:
    where = "import timeback_web; print(timeback_web.__file__)"
    done = subprocess.run(
        [reader.python, "-I", "-c", where], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith(str(reader.project / ".venv")), done.stdout


def test_no_document_installs_the_package_from_an_index():
    """It is not there yet."""
    for path in DOCUMENTS:
        for line in path.read_text(encoding="utf-8").splitlines():
            if "pip install" in line and "timeback-web" in line:
                raise AssertionError(f"{path.name}: {line}")

"""A reader of the documents: an empty folder beside a checkout, and the commands as they stand."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.docs.reading import ROOT

if TYPE_CHECKING:
    from tests.docs.reading import Block

# Downloads are shared with `make bundle`; what is made of them is not.
_CACHE = {"TIMEBACK_WEB_CACHE": str(ROOT / ".cache" / "bundle")}
_PYTHON = Path(sys.executable).parent


class Reader:
    """Does what a document says.

    Args:
        home: Where the checkout lies, as `timeback_web`, and the project beside it.
    """

    def __init__(self, home: Path) -> None:
        (home / "timeback_web").symlink_to(ROOT, target_is_directory=True)
        self.project = home / "project"
        self.project.mkdir()

    @property
    def python(self) -> Path:
        """The Python of the environment that the document makes."""
        return self.project / ".venv" / "bin" / "python"

    def run(self, *blocks: Block, before: str = "") -> None:
        """Type blocks into one shell, one after the other; each line has to succeed."""
        script = "\n".join(["set -e", before, *(block.code for block in blocks)])
        done = subprocess.run(
            ["sh", "-c", script],
            cwd=self.project,
            env=self._environment(),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-2_000:] + done.stderr[-2_000:]

    @staticmethod
    def _environment() -> dict[str, str]:
        """That of the tests, without what they have activated themselves."""
        inherited = {
            name: value
            for name, value in os.environ.items()
            if name not in {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"}
        }
        # `python` is the one of the tests, for `python -m venv`; npm may lie beside it.
        return inherited | _CACHE | {"PATH": f"{_PYTHON}{os.pathsep}{os.environ['PATH']}"}

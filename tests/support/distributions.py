"""The distributions as they would be published, built anew from this checkout."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]


class Distributions(NamedTuple):
    wheel: Path
    sdist: Path


def build_distributions(folder: Path) -> Distributions:
    """What `make build` makes: the sdist, and the wheel out of it."""
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True, text=True, timeout=110)
    [wheel] = folder.glob("*.whl")
    [sdist] = folder.glob("*.tar.gz")
    return Distributions(wheel, sdist)

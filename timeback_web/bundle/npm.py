"""Getting tarballs from npm, without installing anything."""

from __future__ import annotations

import shutil
import sysconfig
from collections.abc import Sequence
from pathlib import Path

from timeback_web.bundle.commands import run
from timeback_web.bundle.errors import BundleError
from timeback_web.bundle.pins import NpmPin


def download_tarballs(pins: Sequence[NpmPin], folder: Path) -> None:
    """Fetch the tarballs of `pins` into `folder`."""
    npm = find_npm()
    for pin in pins:
        package = f"{pin.name}@{pin.version}"
        run([npm, "pack", "--ignore-scripts", package], cwd=folder, purpose=f"npm pack {package}")


def find_npm() -> str:
    """Return npm from PATH, else the one that `timeback-web[node]` installs beside this Python.

    Raises:
        BundleError: there is neither.
    """
    npm = shutil.which("npm") or shutil.which("npm", path=sysconfig.get_path("scripts"))
    if npm is None:
        raise BundleError(
            "npm is needed to fetch Pyodide and PyScript, and there is none on PATH. "
            "Install Node.js, or: pip install 'timeback-web[node]'"
        )
    return npm

"""Getting tarballs from npm, without installing anything."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from timeback_web.bundle.commands import NETWORK_HINT, find_program, run
from timeback_web.bundle.pins import NpmPin


def download_tarballs(pins: Sequence[NpmPin], folder: Path) -> None:
    """Fetch the tarballs of `pins` into `folder`."""
    npm = find_npm()
    for pin in pins:
        package = f"{pin.name}@{pin.version}"
        command = [npm, "pack", "--ignore-scripts", package]
        run(command, cwd=folder, purpose=f"npm pack {package}", hint=NETWORK_HINT)


def find_npm() -> str:
    """Return npm.

    Raises:
        BundleError: there is none.
    """
    return find_program("npm", "fetch Pyodide and PyScript")

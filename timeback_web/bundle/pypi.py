"""Getting wheels from PyPI for the Python in the page, which is not the Python running this."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from timeback_web.bundle.commands import NETWORK_HINT, run
from timeback_web.bundle.pins import Target, WheelPin


def download_wheels(pins: Sequence[WheelPin], folder: Path, target: Target) -> None:
    """Fetch the wheels of `pins` into `folder`."""
    command = [
        *(sys.executable, "-m", "pip", "download"),
        *("--disable-pip-version-check", "--no-deps", "--only-binary=:all:"),
        *("--python-version", target.python_version),
        *("--implementation", target.implementation),
        *("--abi", target.abi),
        *("--platform", target.platform),
        *("--dest", str(folder)),
        *(f"{pin.name}=={pin.version}" for pin in pins),
    ]
    run(command, cwd=folder, purpose="pip download", hint=NETWORK_HINT)

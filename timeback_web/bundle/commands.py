"""Running the package managers."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from timeback_web.bundle.errors import BundleError

_LINES_SHOWN = 8


def run(command: Sequence[str], *, cwd: Path, purpose: str) -> None:
    """Run a command that must succeed; when it doesn't, tell its last words.

    Raises:
        BundleError: the command could not be started, or failed.
    """
    try:
        subprocess.run(
            command, cwd=cwd, check=True, stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
    except FileNotFoundError as error:
        raise BundleError(f"{purpose}: {command[0]} can't be run ({error})") from error
    except subprocess.CalledProcessError as error:
        words = (error.stderr or error.stdout or "").strip().splitlines()[-_LINES_SHOWN:]
        said = "".join(f"\n  {line}" for line in words)
        raise BundleError(
            f"{purpose} failed. Is the network there? {Path(command[0]).name} said:{said}"
        ) from error

"""Running the package managers, and Node.js."""

from __future__ import annotations

import shutil
import subprocess
import sysconfig
from collections.abc import Sequence
from pathlib import Path

from timeback_web.bundle.errors import BundleError

NETWORK_HINT = "Is the network there? "
NODE_SCRIPTS = Path(__file__).with_name("node")

_LINES_SHOWN = 8
_LINE_SHOWN = 200


def run(command: Sequence[str], *, cwd: Path, purpose: str, hint: str = "") -> None:
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
        # Node.js quotes the line that failed, and in Pyodide the whole program is one line.
        said = "".join(f"\n  {line[:_LINE_SHOWN]}" for line in words)
        raise BundleError(f"{purpose} failed. {hint}{Path(command[0]).name} said:{said}") from error


def find_program(name: str, purpose: str) -> str:
    """Return npm or node: from PATH, else what `timeback-web[node]` put beside this Python.

    Raises:
        BundleError: there is neither.
    """
    found = shutil.which(name) or shutil.which(name, path=sysconfig.get_path("scripts"))
    if found is None:
        raise BundleError(
            f"{name} is needed to {purpose}, and there is none on PATH. "
            "Install Node.js, or: pip install 'timeback-web[node]'"
        )
    return found

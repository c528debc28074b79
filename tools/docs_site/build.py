"""Staging, building, and what makes the result independent of others."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from .offline import bring_mermaid, move_scripts_out
from .sources import DOCS, ROOT, stage

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class BuildError(RuntimeError):
    """The documents can't be made into a site: the message says where they are wrong."""


def build_site(out_dir: Path, cache: Path) -> None:
    """Build the site in `out_dir`, in place of what is there.

    Raises:
        BuildError: A page, a link or an anchor does not exist, or the configuration is wrong.
        BundleError: The library that draws diagrams could not be fetched.
    """
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        stage(folder / "docs")
        shutil.copyfile(DOCS / "zensical.toml", folder / "zensical.toml")
        _run_zensical(folder)
        bring_mermaid(folder / "site", cache)
        move_scripts_out(folder / "site")
        shutil.rmtree(out_dir, ignore_errors=True)
        shutil.copytree(folder / "site", out_dir)


def _run_zensical(folder: Path) -> None:
    command = [sys.executable, "-m", "zensical", "build", "--strict", "--clean"]
    # The reference is read from the sources: `timeback_web` is looked for where Python finds it.
    environment = os.environ | {"PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
    result = subprocess.run(  # noqa: S603 - a command of our own
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    said = _COLOUR.sub("", result.stdout + result.stderr)
    if result.returncode != 0:
        raise BuildError(said.split("Traceback")[0].strip())

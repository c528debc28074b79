"""The real bundle, as `make bundle` leaves it."""

from __future__ import annotations

import os
from pathlib import Path

_DEFAULT = Path(__file__).parents[2] / ".demo" / "bundle"


class BundleMissingError(RuntimeError):
    """There is no bundle to test."""


def built_bundle() -> Path:
    """Return the folder of the bundle: `$TIMEBACK_WEB_BUNDLE`, else where `make bundle` put it."""
    folder = Path(os.environ.get("TIMEBACK_WEB_BUNDLE") or _DEFAULT)
    if not (folder / "manifest.json").is_file():
        raise BundleMissingError(f"{folder} holds no bundle: run `make bundle` first")
    return folder

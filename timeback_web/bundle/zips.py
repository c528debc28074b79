"""Zip files that are the same, byte for byte, whenever and wherever they are written."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

# The earliest date a zip file knows.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_MODE = 0o644 << 16


def read_zip(path: Path) -> dict[str, bytes]:
    """Return the files of an archive by their names, in its order."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}


def write_zip(path: Path, files: Mapping[str, bytes]) -> None:
    """Write `files` as they are, not deflated.

    The server compresses the archive as a whole (`compressing.py`), which makes it smaller than its
    members deflated one by one, and the browser unpacks that quicker than Python could.
    """
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.external_attr = _MODE
            archive.writestr(entry, content)

"""What is in a bundle: written as its last file, read before a bundle is replaced."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from timeback_web.bundle.digests import sha256_hex

MANIFEST_NAME = "manifest.json"


class File(BaseModel):
    """One file of the bundle."""

    model_config = ConfigDict(frozen=True)

    size: int
    sha256: str


class Manifest(BaseModel):
    """The content of `manifest.json`; file names are relative to the bundle, with slashes."""

    model_config = ConfigDict(frozen=True)

    generator: Literal["timeback_web bundle"] = "timeback_web bundle"
    versions: dict[str, str]
    files: dict[str, File]

    @property
    def size(self) -> int:
        """The bytes of all files together."""
        return sum(file.size for file in self.files.values())


def write_manifest(folder: Path, versions: Mapping[str, str]) -> Manifest:
    """Describe every file of `folder` in its `manifest.json`."""
    manifest = Manifest(versions=dict(sorted(versions.items())), files=describe_files(folder))
    text = manifest.model_dump_json(indent=1)
    (folder / MANIFEST_NAME).write_text(text + "\n", encoding="utf-8")
    return manifest


def read_manifest(folder: Path) -> Manifest | None:
    """Return the manifest of the bundle in `folder`; None if there is no bundle of ours."""
    try:
        return Manifest.model_validate_json((folder / MANIFEST_NAME).read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def describe_files(folder: Path) -> dict[str, File]:
    """Measure every file below `folder`, the manifest excepted."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): File(size=path.stat().st_size, sha256=sha256_hex(path))
        for path in paths
        if path != folder / MANIFEST_NAME
    }

"""What a wheel says about itself."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from pathlib import Path, PurePosixPath

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

from timeback_web.bundle.errors import BundleError


@dataclass(frozen=True)
class WheelInfo:
    """The facts about one wheel that Pyodide's lock records."""

    name: NormalizedName
    version: str
    requires: tuple[Requirement, ...]
    imports: tuple[str, ...]


def read_wheel(path: Path) -> WheelInfo:
    """Read a wheel's metadata and table of contents.

    Raises:
        BundleError: the file is no wheel.
    """
    with zipfile.ZipFile(path) as archive:
        members = [PurePosixPath(name) for name in archive.namelist()]
        metadata = next((path for path in members if _is_metadata(path)), None)
        if metadata is None:
            raise BundleError(f"{path.name} is no wheel: it has no METADATA")
        fields: Message = BytesParser().parsebytes(archive.read(str(metadata)))
    return WheelInfo(
        name=canonicalize_name(fields["Name"]),
        version=fields["Version"],
        requires=tuple(Requirement(text) for text in fields.get_all("Requires-Dist", [])),
        imports=tuple(sorted({name for path in members if (name := _import_name(path))})),
    )


def _is_metadata(path: PurePosixPath) -> bool:
    return path.name == "METADATA" and len(path.parts) == 2 and path.parent.suffix == ".dist-info"


def _import_name(path: PurePosixPath) -> str | None:
    """Return the top-level name that a member makes importable."""
    top = path.parts[0]
    if path.suffix not in {".py", ".pyc", ".so"}:
        return None
    if len(path.parts) == 1:
        return top.partition(".")[0]
    return top if top.isidentifier() else None

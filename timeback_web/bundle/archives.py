"""Reading the tarballs of npm."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

# npm puts everything below this folder.
_ROOT = PurePosixPath("package")


def read_tarball(tarball: Path) -> Iterator[tuple[PurePosixPath, bytes]]:
    """Yield every file of an npm package: its path inside the package, and its bytes."""
    with tarfile.open(tarball, "r:gz") as archive:
        for member in archive:
            file = archive.extractfile(member)
            if file is not None:
                yield PurePosixPath(member.name).relative_to(_ROOT), file.read()

"""Building a folder beside its place, and moving it there only when it is complete."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from timeback_web.bundle.errors import BundleError
from timeback_web.bundle.manifest import describe_files, read_manifest

_NAMES_SHOWN = 3


@contextmanager
def staged(target: Path) -> Iterator[Path]:
    """Give an empty folder to build in; it replaces `target` if the `with` block succeeds.

    Raises:
        BundleError: `target` holds something that is not a bundle as we made it.
    """
    target = target.resolve()  # a link stays: what it points to is replaced
    refuse_foreign(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    # Beside the target: a rename is atomic within one file system only.
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}-") as workshop:
        stage = Path(workshop, "new")
        stage.mkdir()
        yield stage
        refuse_foreign(target)  # building takes a while: somebody may have been here
        _swap(stage, target, Path(workshop, "old"))


def refuse_foreign(target: Path) -> None:
    """Make sure that replacing `target` destroys nobody's work.

    Raises:
        BundleError: it would.
    """
    if not target.exists():
        return
    if not target.is_dir():
        raise BundleError(f"{target} is not a folder")
    manifest = read_manifest(target)
    if manifest is None:
        if any(target.iterdir()):
            raise BundleError(f"{target} holds files that are not a bundle. Name an empty folder.")
        return
    there = describe_files(target)
    foreign = sorted(name for name, file in there.items() if manifest.files.get(name) != file)
    if foreign:
        more = ", ..." if len(foreign) > _NAMES_SHOWN else ""
        raise BundleError(
            f"{target} is a bundle that was changed since: {', '.join(foreign[:_NAMES_SHOWN])}"
            f"{more}. Move these files elsewhere, or delete the folder."
        )


def _swap(stage: Path, target: Path, old: Path) -> None:
    """Put `stage` in the place of `target`, whose former content ends up in `old`."""
    if not target.exists():
        stage.rename(target)
        return
    target.rename(old)
    try:
        stage.rename(target)
    except OSError:
        old.rename(target)
        raise

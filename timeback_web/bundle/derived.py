"""Files that take a while to make from others, kept so that the second bundle needs no waiting."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from timeback_web.bundle.digests import sha256_hex

type Work = tuple[Path, Path]
"""A file to make another from, and where to put that one."""


@dataclass(frozen=True)
class Derived:
    """A folder of made files, named after what they were made from.

    Attributes:
        folder: Where they are.
        recipe: All that matters for the result beside the source: tools and their options.
    """

    folder: Path
    recipe: str

    def fetch(self, sources: Sequence[Path], make: Callable[[Sequence[Work]], None]) -> list[Path]:
        """Return what is made from each of `sources`; `make` makes what is missing."""
        kept = [self.folder / self._key(source) for source in sources]
        missing = [
            (source, path) for source, path in zip(sources, kept, strict=True) if not path.is_file()
        ]
        if missing:
            self.folder.mkdir(parents=True, exist_ok=True)
            # A file gets its name when it is complete: a bundle that was stopped leaves no halves.
            with tempfile.TemporaryDirectory(dir=self.folder, prefix=".making-") as workshop:
                drafts = [Path(workshop, path.name) for _, path in missing]
                make([(source, draft) for (source, _), draft in zip(missing, drafts, strict=True)])
                for draft, (_, path) in zip(drafts, missing, strict=True):
                    draft.replace(path)
        return kept

    def _key(self, source: Path) -> str:
        text = f"{self.recipe}\n{source.name}\n{sha256_hex(source)}"
        return hashlib.sha256(text.encode()).hexdigest()

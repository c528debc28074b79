"""Compressed copies beside the files, for web servers to send in their place.

Compressing as hard as it gets takes a minute, so it is done here, and not for every request.
Brotli is what browsers prefer, where the page comes over HTTPS; over plain HTTP they take gzip.
"""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from timeback_web.bundle.cache import Cache
from timeback_web.bundle.commands import NODE_SCRIPTS, find_program, run
from timeback_web.bundle.derived import Derived, Work
from timeback_web.bundle.digests import sha256_hex

_SCRIPT = NODE_SCRIPTS / "brotli.mjs"
_COMPRESSIBLE = frozenset({".css", ".html", ".js", ".json", ".mjs", ".py", ".wasm", ".whl", ".zip"})
# Below this, headers outweigh what is saved.
_WORTH_IT = 1_000
_LEVEL = 9


def add_compressed_copies(folder: Path, cache: Cache) -> None:
    """Write `NAME.br` and `NAME.gz` beside every file of `folder` that gets smaller by it."""
    sources = [path for path in sorted(folder.rglob("*")) if _is_compressible(path)]
    brotli = Derived(cache.folder / "brotli", recipe=sha256_hex(_SCRIPT))
    gzipped = Derived(cache.folder / "gzip", recipe=f"level {_LEVEL}")
    for suffix, copies in (
        (".br", brotli.fetch(sources, _brotli)),
        (".gz", gzipped.fetch(sources, _gzip)),
    ):
        for source, copy in zip(sources, copies, strict=True):
            shutil.copyfile(copy, source.with_name(source.name + suffix))


def _is_compressible(path: Path) -> bool:
    return path.suffix in _COMPRESSIBLE and path.stat().st_size >= _WORTH_IT


def _brotli(works: Sequence[Work]) -> None:
    jobs = json.dumps([(str(source), str(target)) for source, target in works])
    node = find_program("node", "compress the bundle")
    run([node, str(_SCRIPT), jobs], cwd=_SCRIPT.parent, purpose="Compressing")


def _gzip(works: Sequence[Work]) -> None:
    for source, target in works:
        target.write_bytes(gzip.compress(source.read_bytes(), _LEVEL, mtime=0))

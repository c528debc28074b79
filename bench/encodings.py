"""Every file as small as it goes over the wire.

What lies precompressed beside a file (`.br`, `.zst`, `.gz`) is served as it is. What does not is
compressed here with Brotli at its best, once, so that a folder without such files is not at a
disadvantage. Brotli comes with Node.js, which is here already, for npm needs it.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sysconfig
from dataclasses import dataclass
from pathlib import Path

_SIBLINGS = {"br": ".br", "zstd": ".zst", "gzip": ".gz"}
_WORTH_IT = 0.97
_BROTLI = """
const {readFileSync, writeFileSync} = require("node:fs");
const {brotliCompressSync, constants} = require("node:zlib");
const [source, target] = process.argv.slice(1);
const content = readFileSync(source);
writeFileSync(target, brotliCompressSync(content, {params: {
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_LGWIN]: 24,
    [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
}}));
"""


@dataclass(frozen=True)
class Body:
    """One way to send a file."""

    encoding: str
    content: bytes


def is_copy(path: Path) -> bool:
    """Whether it is the compressed copy of the file beside it."""
    return path.suffix in _SIBLINGS.values() and path.with_suffix("").is_file()


def bodies(path: Path, cache: Path) -> list[Body]:
    """All ways to send a file, the shortest first."""
    plain = path.read_bytes()
    found = [Body("", plain)]
    for encoding, suffix in _SIBLINGS.items():
        sibling = path.with_name(path.name + suffix)
        if sibling.is_file():
            found.append(Body(encoding, sibling.read_bytes()))
    if len(found) == 1 and plain:
        compressed = _brotli(path, plain, cache)
        if len(compressed) < _WORTH_IT * len(plain):
            found.append(Body("br", compressed))
    return sorted(found, key=lambda body: len(body.content))


def _brotli(path: Path, plain: bytes, cache: Path) -> bytes:
    kept = cache / f"{hashlib.sha256(plain).hexdigest()}.br"
    if not kept.is_file():
        cache.mkdir(parents=True, exist_ok=True)
        fresh = kept.with_suffix(".new")
        subprocess.run([_node(), "-e", _BROTLI, str(path), str(fresh)], check=True)
        fresh.replace(kept)
    return kept.read_bytes()


def _node() -> str:
    node = shutil.which("node") or shutil.which("node", path=sysconfig.get_path("scripts"))
    if node is None:
        raise RuntimeError("there is no Node.js to compress with: run `make bundle` first")
    return node

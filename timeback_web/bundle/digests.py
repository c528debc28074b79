"""Digests of files, in the two spellings that the package registries use."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path


def sha256_hex(path: Path) -> str:
    """Return the SHA-256 of a file as PyPI and Pyodide write it."""
    return _digest(path, "sha256").hex()


def sha512_integrity(path: Path) -> str:
    """Return the SHA-512 of a file as npm writes it (Subresource Integrity)."""
    return "sha512-" + base64.b64encode(_digest(path, "sha512")).decode()


def _digest(path: Path, algorithm: str) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, algorithm).digest()

"""RECORD, the list of its files that every wheel carries."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping


def with_record(files: Mapping[str, bytes], name: str, *, digests: bool = True) -> dict[str, bytes]:
    """Return `files` and, as the last of them, their RECORD under `name`.

    Args:
        files: What to list.
        name: RECORD itself, which may be among them.
        digests: Whether to say what is in the files. Of what is already installed a RECORD need not
            (https://packaging.python.org/specifications/recording-installed-packages).
    """
    others = {path: content for path, content in files.items() if path != name}
    sums = {path: _digest(content) if digests else "" for path, content in others.items()}
    lines = [f"{path},{sums[path]},{len(content)}\n" for path, content in others.items()]
    return others | {name: "".join([*lines, f"{name},,\n"]).encode()}


def _digest(content: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest())
    return "sha256=" + digest.rstrip(b"=").decode()

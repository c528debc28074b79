"""Runs inside Pyodide: compile modules with the very Python that will load them.

$JOBS is JSON: a list of [folder below /archives, whether it is ours].
"""

import compileall
import importlib.util
import json
import os
import sys
from pathlib import Path
from py_compile import PycInvalidationMode

# These two are laid beside it by compile.mjs.
from timeback_web.bundle.marshalling import dump_code
from timeback_web.bundle.stripping import compile_stripped

[library] = [path for path in sys.path if path.endswith(".zip")]
[packages] = [path for path in sys.path if path.endswith("/site-packages")]
UNCHECKED_HASH = (0b01).to_bytes(4, "little")
"""See https://docs.python.org/3/reference/import.html#pyc-invalidation."""


def compile_all(folder: Path) -> bool:
    """Compile everything as it is."""
    return compileall.compile_dir(
        folder,
        # What tracebacks name: where the module will be, not where it is now.
        stripdir=folder,
        prependdir=library if folder.suffix == ".zip" else packages,
        legacy=True,  # module.pyc beside module.py, which is found without its source
        invalidation_mode=PycInvalidationMode.UNCHECKED_HASH,
        maxlevels=100,
        quiet=1,
    )


def compile_ours(folder: Path) -> bool:
    """Compile our own modules: without docstrings and types."""
    sources = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*.py")}
    contents = {name: sources[name].read_bytes() for name in sorted(sources)}
    # One digest of them all: of each of them, it would be as many bytes as nothing can compress.
    digest = importlib.util.source_hash(b"".join(contents.values()))
    for name, content in contents.items():
        code = compile_stripped(content, f"{packages}/{name}")
        head = importlib.util.MAGIC_NUMBER + UNCHECKED_HASH + digest
        sources[name].with_suffix(".pyc").write_bytes(head + dump_code(code))
    return True


for name, ours in json.loads(os.environ["JOBS"]):
    folder = Path("/archives", name)
    if not (compile_ours if ours else compile_all)(folder):
        raise SystemExit(f"{name} can't be compiled")

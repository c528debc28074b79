"""Runs inside Pyodide: compile modules with the very Python that will load them.

$JOBS is JSON: a list of [folder below /archives, whether it is ours].
"""

import compileall
import importlib.util
import json
import marshal
import os
import re
import sys
from pathlib import Path
from py_compile import PycInvalidationMode

# These are laid beside it by compile.mjs.
from timeback_web.bundle import packed_modules
from timeback_web.bundle.marshalling import dump_code
from timeback_web.bundle.stripping import compile_stripped

[library] = [path for path in sys.path if path.endswith(".zip")]
[packages] = [path for path in sys.path if path.endswith("/site-packages")]
UNCHECKED_HASH = (0b01).to_bytes(4, "little")
"""See https://docs.python.org/3/reference/import.html#pyc-invalidation."""
INIT = "/__init__.py"
INIT_OF_PACKAGE = re.compile("[^/]+/__init__[.]py")
PROVIDE = "__import__(f'{__name__}.packed_modules').packed_modules.provide(__name__, __file__)"


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
    """Compile our own modules, without docstrings and types; those of a package into one file."""
    paths = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*.py")}
    sources = {name: paths[name].read_bytes() for name in sorted(paths)}
    # One digest of them all: of each of them, it would be as many bytes as nothing can compress.
    digest = importlib.util.source_hash(b"".join(sources.values()))
    package = next((name.removesuffix(INIT) for name in sources if INIT_OF_PACKAGE.match(name)), "")
    if package:
        pack(folder, package, sources)
    for name, source in sources.items():
        first = PROVIDE if name == f"{package}{INIT}" else ""
        code = compile_stripped(source, f"{packages}/{name}", first=first)
        head = importlib.util.MAGIC_NUMBER + UNCHECKED_HASH + digest
        (folder / f"{name}c").write_bytes(head + dump_code(code))
    return True


def pack(folder: Path, package: str, sources: dict[str, bytes]) -> None:
    """Move the modules from `sources` into one file, and add the one that finds them there."""
    init = f"{package}{INIT}"
    codes = {
        # They are told their paths when they are loaded.
        name.removeprefix(f"{package}/"): dump_code(compile_stripped(sources.pop(name), ""))
        for name in sorted(sources, key=lambda name: len(sources[name]))  # compresses best so
        if name != init
    }
    (folder / package / packed_modules.FILE_NAME).write_bytes(marshal.dumps(codes, 2))
    sources[f"{package}/packed_modules.py"] = Path(packed_modules.__file__).read_bytes()


for name, ours in json.loads(os.environ["JOBS"]):
    folder = Path("/archives", name)
    if not (compile_ours if ours else compile_all)(folder):
        raise SystemExit(f"{name} can't be compiled")

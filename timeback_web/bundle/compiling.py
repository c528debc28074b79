"""Python as bytecode: a page that is sent sources compiles them again, each time it is loaded.

Half of a stock boot is the compiler. So the standard library and the wheels carry `.pyc` files in
place of their sources, made by the Pyodide of the bundle itself: bytecode of the Python that runs
this, even of the same version, need not be what the page's understands.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from timeback_web.bundle.cache import Cache
from timeback_web.bundle.commands import NODE_SCRIPTS, find_program, run
from timeback_web.bundle.derived import Derived, Work
from timeback_web.bundle.digests import sha256_hex
from timeback_web.bundle.pyodide import BINARY_NAME, LIBRARY_NAME, LOADER_NAME
from timeback_web.bundle.records import with_record
from timeback_web.bundle.zips import write_zip

_SCRIPTS = (NODE_SCRIPTS / "compile.mjs", NODE_SCRIPTS / "compile.py")
_PACKAGES = Path(__file__).parents[2]
_MODULES = tuple(
    f"timeback_web/bundle/{name}.py"
    for name in ("code_objects", "marshalling", "packed_modules", "stripping")
)
"""Of this package, those that work inside Pyodide."""


def compile_archives(runtime: Path, cache: Cache) -> None:
    """Replace the standard library and the wheels in the folder `runtime` by compiled ones."""
    archives = [runtime / LIBRARY_NAME, *sorted(runtime.glob("*.whl"))]
    tools = (runtime / BINARY_NAME, *_SCRIPTS, *(_PACKAGES / name for name in _MODULES))
    recipe = [sha256_hex(path) for path in (*tools, Path(__file__))]
    derived = Derived(cache.folder / "compiled", recipe="\n".join(recipe))
    compiled = derived.fetch(archives, lambda works: _compile(works, runtime / LOADER_NAME))
    for archive, result in zip(archives, compiled, strict=True):
        archive.unlink()
        content = result.read_bytes()
        (runtime / _name(archive.name, content)).write_bytes(content)


def _compile(works: Sequence[Work], loader: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for archive, _ in works:
            with zipfile.ZipFile(archive) as zipped:
                zipped.extractall(Path(folder, archive.name))
        jobs = [(archive.name, _is_ours(archive)) for archive, _ in works]
        node = find_program("node", "compile Python for the page")
        script, python = _SCRIPTS
        command = [node, *map(str, (script, loader, folder, python)), json.dumps(jobs)]
        command += [str(_PACKAGES), *_MODULES]
        run(command, cwd=Path(folder), purpose="Compiling Python")
        for archive, target in works:
            write_zip(target, _compiled(Path(folder, archive.name)))


def _is_ours(archive: Path) -> bool:
    """Ours goes without docstrings; a lesson may well ask for `help()` on anybody else's."""
    return archive.name.startswith("timeback_web")


def _compiled(folder: Path) -> dict[str, bytes]:
    """Return the files of an archive, which lie in `folder`, with bytecode in place of sources."""
    paths = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*")}
    files = {
        name: paths[name].read_bytes()
        for name in sorted(paths)
        if paths[name].is_file() and _has_a_use(PurePosixPath(name))
    }
    info = next(
        (name.parent for name in map(PurePosixPath, files) if name.name == "METADATA"), None
    )
    if info is None:
        return files
    # Its fields, without the text that PyPI shows, which often is longer than any module.
    fields, _, _ = files[f"{info}/METADATA"].partition(b"\n\n")
    files[f"{info}/METADATA"] = fields + b"\n"
    # No digests, which nothing can compress: Pyodide checks the archive as a whole, by its lock.
    return with_record(files, f"{info}/RECORD", digests=False)


def _has_a_use(name: PurePosixPath) -> bool:
    """Whether a page can do anything with a file: no sources, types, nor bills of materials."""
    return name.suffix not in {".py", ".pyi", ".typed"} and name.parent.name != "sboms"


def _name(name: str, content: bytes) -> str:
    """Name a compiled wheel after its content, by a build number, which begins with a digit.

    So a browser that has kept the wheel of another bundle never mistakes it for this one.
    """
    if name == LIBRARY_NAME:
        return name  # the loader asks for it by this name
    project, version, tags = name.split("-", 2)
    return f"{project}-{version}-0_{hashlib.sha256(content).hexdigest()[:12]}-{tags}"

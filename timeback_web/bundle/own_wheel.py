"""timeback_web itself as wheels for the page: the installed files, less what only a host needs.

One is for every page. What few pages need is in packages of its own, for which the others should
not pay: Python in a worker, front ends in JavaScript, tracking by attributes, and reports for
developers.
"""

from __future__ import annotations

from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

from timeback_web.bundle.errors import BundleError
from timeback_web.bundle.records import with_record
from timeback_web.bundle.zips import write_zip

_DISTRIBUTION = "timeback-web"
_PACKAGE = Path(__file__).parents[1]
_HOST_ONLY = frozenset({"bundle", "js", "testing", "__main__.py", "__pycache__"})
_FOR_FEW = {
    "timeback-web-worker": (
        "browser/worker/",
        "ports/worker_guard.py",
        "session/worker_crash_guard.py",
    ),
    "timeback-web-reports": ("reports.py",),
    "timeback-web-frontends": ("frontends.py", "browser/bridge.py"),
    "timeback-web-autostart": ("autostart/", "browser/elements.py", "ports/elements.py"),
}
_WHEEL = """\
Wheel-Version: 1.0
Generator: timeback_web bundle
Root-Is-Purelib: true
Tag: py3-none-any
"""


def build_own_wheels(folder: Path) -> list[Path]:
    """Write the wheel for every page and those for few into `folder`; return their paths.

    Raises:
        BundleError: the package is not installed, so nobody knows its version.
    """
    installed = _installed()
    modules = _modules()
    needs = [need for need in installed.requires or () if not _of_an_extra(need)]
    for_few = {
        name: {module for module in modules if module.startswith(parts)}
        for name, parts in _FOR_FEW.items()
    }
    main = _write(folder, _DISTRIBUTION, installed, modules.difference(*for_few.values()), needs)
    pages = [f"{_DISTRIBUTION}=={installed.version}"]
    return [main, *(_write(folder, name, installed, for_few[name], pages) for name in for_few)]


def _write(
    folder: Path, name: str, installed: Distribution, modules: set[str], needs: list[str]
) -> Path:
    stem = f"{name.replace('-', '_')}-{installed.version}"
    info = f"{stem}.dist-info"
    files = {
        f"{_PACKAGE.name}/{module}": (_PACKAGE / module).read_bytes() for module in sorted(modules)
    }
    files[f"{info}/METADATA"] = _metadata(name, installed, needs).encode()
    files[f"{info}/WHEEL"] = _WHEEL.encode()
    path = folder / f"{stem}-py3-none-any.whl"
    write_zip(path, with_record(files, f"{info}/RECORD"))
    return path


def _installed() -> Distribution:
    try:
        return distribution(_DISTRIBUTION)
    except PackageNotFoundError as error:
        raise BundleError(
            f"{_DISTRIBUTION} is imported from a folder, but not installed: pip install -e ."
        ) from error


def _modules() -> set[str]:
    """Look for them where the package was imported: an editable install keeps no list of files."""
    paths = (path.relative_to(_PACKAGE) for path in _PACKAGE.rglob("*") if path.is_file())
    return {
        path.as_posix()
        for path in paths
        if _HOST_ONLY.isdisjoint({path.parts[0], path.parent.name})
    }


def _metadata(name: str, installed: Distribution, needs: list[str]) -> str:
    """Return what the page can ask for: no extras of the host, no long description."""
    fields = [
        ("Metadata-Version", "2.1"),
        ("Name", name),
        ("Version", installed.version),
        ("Summary", installed.metadata["Summary"]),
        ("Requires-Python", installed.metadata["Requires-Python"]),
        *(("Requires-Dist", need) for need in needs),
    ]
    return "".join(f"{name}: {value}\n" for name, value in fields)


def _of_an_extra(requirement: str) -> bool:
    return "extra ==" in str(Requirement(requirement).marker or "")

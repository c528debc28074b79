"""timeback_web itself as a wheel for the page: the installed files, less what only a host needs."""

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
_WHEEL = """\
Wheel-Version: 1.0
Generator: timeback_web bundle
Root-Is-Purelib: true
Tag: py3-none-any
"""


def build_own_wheel(folder: Path) -> Path:
    """Write the wheel into `folder` and return its path.

    Raises:
        BundleError: the package is not installed, so nobody knows its version.
    """
    installed = _installed()
    stem = f"{_PACKAGE.name}-{installed.version}"
    info = f"{stem}.dist-info"
    files = _sources()
    files[f"{info}/METADATA"] = _metadata(installed).encode()
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


def _sources() -> dict[str, bytes]:
    """Read the package from where it was imported: an editable install keeps no list of files."""
    paths = (path.relative_to(_PACKAGE) for path in sorted(_PACKAGE.rglob("*")) if path.is_file())
    return {
        f"{_PACKAGE.name}/{path.as_posix()}": (_PACKAGE / path).read_bytes()
        for path in paths
        if _HOST_ONLY.isdisjoint({path.parts[0], path.parent.name})
    }


def _metadata(installed: Distribution) -> str:
    """Return what the page can ask for: no extras of the host, no long description."""
    required = [need for need in installed.requires or () if not _of_an_extra(need)]
    fields = [
        ("Metadata-Version", "2.1"),
        ("Name", installed.metadata["Name"]),
        ("Version", installed.version),
        ("Summary", installed.metadata["Summary"]),
        ("Requires-Python", installed.metadata["Requires-Python"]),
        *(("Requires-Dist", need) for need in required),
    ]
    return "".join(f"{name}: {value}\n" for name, value in fields)


def _of_an_extra(requirement: str) -> bool:
    return "extra ==" in str(Requirement(requirement).marker or "")

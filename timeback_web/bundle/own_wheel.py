"""timeback_web itself as a wheel for the page: the installed files, less what only a host needs."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

from timeback_web.bundle.errors import BundleError

_DISTRIBUTION = "timeback-web"
_PACKAGE = Path(__file__).parents[1]
_HOST_ONLY = frozenset({"bundle", "__main__.py", "__pycache__"})
# The earliest date a zip file knows: the same sources make the same bytes, whenever built.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_MODE = 0o644 << 16


def build_own_wheel(folder: Path) -> Path:
    """Write the wheel into `folder` and return its path.

    Raises:
        BundleError: the package is not installed, so nobody knows its version.
    """
    installed = _installed()
    stem = f"{_PACKAGE.name}-{installed.version}"
    info = f"{stem}.dist-info"
    files = _sources() | {f"{info}/METADATA": _metadata(installed).encode()}
    build = _build_number(files)
    files[f"{info}/WHEEL"] = _wheel(build).encode()
    files[f"{info}/RECORD"] = f"{_record(files)}{info}/RECORD,,\n".encode()
    return _write_zip(folder / f"{stem}-{build}-py3-none-any.whl", files)


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


def _build_number(files: dict[str, bytes]) -> str:
    """Name the content; a build number has to begin with a digit.

    A browser that has cached the wheel of a former bundle can't mistake it for this one, although
    the version is the same.
    """
    return "0_" + hashlib.sha256(_record(files).encode()).hexdigest()[:12]


def _wheel(build: str) -> str:
    return (
        "Wheel-Version: 1.0\n"
        "Generator: timeback_web bundle\n"
        "Root-Is-Purelib: true\n"
        "Tag: py3-none-any\n"
        f"Build: {build}\n"
    )


def _record(files: dict[str, bytes]) -> str:
    """Return the lines of RECORD: what the wheel holds, with digests and sizes."""
    lines = (f"{name},{_record_digest(data)},{len(data)}\n" for name, data in files.items())
    return "".join(lines)


def _record_digest(content: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest())
    return "sha256=" + digest.rstrip(b"=").decode()


def _write_zip(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = _MODE
            archive.writestr(entry, content)
    return path

"""The lock from which Pyodide learns which packages there are.

The lock that comes with Pyodide names its own builds of them, on a CDN. This one names the wheels
that lie beside it, so installing a package needs neither PyPI nor micropip.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name
from pydantic import BaseModel, ConfigDict

from timeback_web.bundle.digests import sha256_hex
from timeback_web.bundle.errors import BundleError
from timeback_web.bundle.wheels import WheelInfo, read_wheel


class _Runtime(BaseModel):
    """For which Pyodide a lock is; copied from the one that came with it."""

    model_config = ConfigDict(extra="allow")

    python: str
    arch: str
    platform: str
    abi_version: str


class _Package(BaseModel):
    name: str
    version: str
    file_name: str
    sha256: str
    depends: list[str]
    imports: list[str]
    install_dir: Literal["site"] = "site"
    package_type: Literal["package"] = "package"
    unvendored_tests: Literal[False] = False


class _Lock(BaseModel):
    # What Pyodide's own lock says beyond this concerns its own packages.
    model_config = ConfigDict(extra="ignore")

    info: _Runtime


class _WrittenLock(_Lock):
    packages: dict[str, _Package]


def write_lock(path: Path, wheels: Sequence[Path]) -> str:
    """Replace Pyodide's lock at `path` by one for `wheels`; return the version of its Python.

    Raises:
        BundleError: a wheel needs another that is absent, or present in a wrong version.
    """
    info = _Lock.model_validate_json(path.read_bytes()).info
    contents = {wheel: read_wheel(wheel) for wheel in wheels}
    versions = {content.name: content.version for content in contents.values()}
    imports = {content.name: set(content.imports) for content in contents.values()}
    packages = {
        content.name: _package(wheel, content, _depends(content, versions, info.python), imports)
        for wheel, content in sorted(contents.items())
    }
    lock = _WrittenLock(info=info, packages=packages)
    path.write_text(lock.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return info.python


def _package(
    wheel: Path,
    content: WheelInfo,
    depends: list[NormalizedName],
    imports: Mapping[NormalizedName, set[str]],
) -> _Package:
    # A name leads to one package: to the one that others only add modules to.
    taken = set().union(*(imports[need] for need in depends))
    return _Package(
        name=content.name,
        version=content.version,
        file_name=wheel.name,
        sha256=sha256_hex(wheel),
        depends=depends,
        imports=[name for name in content.imports if name not in taken],
    )


def _depends(
    content: WheelInfo, versions: Mapping[NormalizedName, str], python: str
) -> list[NormalizedName]:
    """Return the names of the packages that `content` needs in the page."""
    needs = [need for need in content.requires if _applies(need, python)]
    for need in needs:
        present = versions.get(canonicalize_name(need.name))
        if present is None or not need.specifier.contains(present, prereleases=True):
            raise BundleError(
                f"{content.name} {content.version} needs {need}, but the bundle has "
                f"{need.name + ' ' + present if present else 'none'}"
            )
    return sorted(canonicalize_name(need.name) for need in needs)


def _applies(requirement: Requirement, python: str) -> bool:
    """Tell whether a requirement holds in the page (and not only here, on the host)."""
    page = {
        "extra": "",
        "implementation_name": "cpython",
        "os_name": "posix",
        "platform_machine": "wasm32",
        "platform_python_implementation": "CPython",
        "platform_system": "Emscripten",
        "python_full_version": python,
        "python_version": ".".join(python.split(".")[:2]),
        "sys_platform": "emscripten",
    }
    return requirement.marker is None or requirement.marker.evaluate(page)

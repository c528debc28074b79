"""The downloads a bundle is made of, each pinned by version and digest (`pins.json`)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from timeback_web.bundle.digests import sha256_hex, sha512_integrity


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Pin(_Frozen, ABC):
    """One file of a package registry."""

    name: str
    version: str
    # A bare name: it becomes a path in the cache.
    file_name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._+-]*$")

    @abstractmethod
    def matches(self, path: Path) -> bool:
        """Tell whether the file at `path` is, byte for byte, the pinned one."""


class NpmPin(Pin):
    """A tarball of npm."""

    integrity: str = Field(pattern=r"^sha512-[A-Za-z0-9+/]{86}==$")

    def matches(self, path: Path) -> bool:  # noqa: D102
        return sha512_integrity(path) == self.integrity


class WheelPin(Pin):
    """A wheel of PyPI."""

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")

    def matches(self, path: Path) -> bool:  # noqa: D102
        return sha256_hex(path) == self.sha256


class Target(_Frozen):
    """The Python in the page, in the words of `pip download`."""

    python_version: str
    implementation: str
    abi: str
    platform: str


class Pins(_Frozen):
    """All of `pins.json`."""

    pyodide: NpmPin
    pyscript: NpmPin
    target: Target
    wheels: tuple[WheelPin, ...]


def load_pins() -> Pins:
    """Read the pins that this version of the package was tested with."""
    return Pins.model_validate_json(Path(__file__).with_name("pins.json").read_bytes())

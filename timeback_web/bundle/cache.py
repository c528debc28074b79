"""Verified downloads, kept so that the second bundle needs no network."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from timeback_web.bundle.errors import BundleError
from timeback_web.bundle.pins import Pin


@dataclass(frozen=True)
class Cache:
    """A folder of pinned files. A file is believed only after its digest was computed anew."""

    folder: Path

    def fetch[P: Pin](
        self, pins: Sequence[P], download: Callable[[Sequence[P], Path], None]
    ) -> list[Path]:
        """Return the files of `pins`; `download(pins, folder)` gets what is missing or damaged.

        Raises:
            BundleError: what was downloaded is not what was pinned.
        """
        missing = [pin for pin in pins if not self._holds(pin)]
        if missing:
            self.folder.mkdir(parents=True, exist_ok=True)
            # Inside the cache: the same file system, so that moving a file in is atomic.
            with tempfile.TemporaryDirectory(dir=self.folder, prefix=".download-") as inbox:
                download(missing, Path(inbox))
                for pin in missing:
                    self._admit(pin, Path(inbox, pin.file_name))
        return [self._path(pin) for pin in pins]

    def _path(self, pin: Pin) -> Path:
        return self.folder / pin.file_name

    def _holds(self, pin: Pin) -> bool:
        path = self._path(pin)
        return path.is_file() and pin.matches(path)

    def _admit(self, pin: Pin, arrived: Path) -> None:
        if not arrived.is_file():
            raise BundleError(f"{pin.name} {pin.version}: the registry sent no {pin.file_name}")
        if not pin.matches(arrived):
            raise BundleError(
                f"{pin.name} {pin.version}: the checksum of {pin.file_name} is not the pinned one. "
                "It was damaged or tampered with on its way here, and is thrown away."
            )
        arrived.replace(self._path(pin))

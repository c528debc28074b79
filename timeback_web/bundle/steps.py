"""The steps that make a bundle, in order.

A step is a function of the `Job`. What changes files (compiling them) comes before the lock, which
records the digests of the wheels; what adds copies of files (compressing them) comes last. The
manifest, which records them all, is written after every step.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import version
from pathlib import Path

from timeback_web.bundle.cache import Cache
from timeback_web.bundle.compiling import compile_archives
from timeback_web.bundle.compressing import add_compressed_copies
from timeback_web.bundle.lock import write_lock
from timeback_web.bundle.npm import download_tarballs
from timeback_web.bundle.own_wheel import build_own_wheels
from timeback_web.bundle.pins import NpmPin, Pins
from timeback_web.bundle.pyodide import LOCK_NAME, unpack_pyodide
from timeback_web.bundle.pypi import download_wheels
from timeback_web.bundle.pyscript import unpack_pyscript

_PAGE = Path(__file__).with_name("page")
_JAVASCRIPT = Path(__file__).parents[1] / "js"
_SERVED = frozenset({".js", ".ts"})


@dataclass(frozen=True)
class Job:
    """One bundle in the making, in the folder `stage`."""

    stage: Path
    pins: Pins
    cache: Cache
    versions: dict[str, str] = field(default_factory=dict)

    def folder(self, name: str) -> Path:
        """Return a folder of the bundle."""
        folder = self.stage / name
        folder.mkdir(exist_ok=True)
        return folder


type Step = Callable[[Job], object]


def add_pyodide(job: Job) -> None:
    """Lay down the runtime, with the lock that came with it."""
    unpack_pyodide(_tarball(job, job.pins.pyodide), job.folder("pyodide"))


def add_pyscript(job: Job) -> None:
    """Lay down PyScript."""
    unpack_pyscript(_tarball(job, job.pins.pyscript), job.folder("pyscript"))


def add_wheels(job: Job) -> None:
    """Put the packages that timeback_web needs beside Pyodide, where its lock looks for them."""
    download = partial(download_wheels, target=job.pins.target)
    for wheel in job.cache.fetch(job.pins.wheels, download):
        shutil.copyfile(wheel, job.folder("pyodide") / wheel.name)
    job.versions.update({pin.name: pin.version for pin in job.pins.wheels})


def add_own_wheel(job: Job) -> None:
    """Build timeback_web for the page."""
    build_own_wheels(job.folder("pyodide"))
    job.versions["timeback-web"] = version("timeback-web")


def compile_python(job: Job) -> None:
    """Spare the page the compiler."""
    compile_archives(job.folder("pyodide"), job.cache)


def add_lock(job: Job) -> None:
    """Tell Pyodide about the wheels."""
    pyodide = job.folder("pyodide")
    job.versions["python"] = write_lock(pyodide / LOCK_NAME, sorted(pyodide.glob("*.whl")))


def add_page(job: Job) -> None:
    """Add the config that pages name, and a small page that uses it."""
    for path in sorted(_PAGE.iterdir()):
        if path.is_file():
            shutil.copyfile(path, job.stage / path.name)


def add_javascript(job: Job) -> None:
    """Add the modules for front ends in JavaScript."""
    for path in sorted(_JAVASCRIPT.rglob("*")):
        if path.suffix in _SERVED:
            copy = job.folder(_JAVASCRIPT.name) / path.relative_to(_JAVASCRIPT)
            copy.parent.mkdir(exist_ok=True)
            shutil.copyfile(path, copy)


def compress(job: Job) -> None:
    """Add what a web server sends to browsers that understand it."""
    add_compressed_copies(job.stage, job.cache)


STEPS: tuple[tuple[str, Step], ...] = (
    ("Pyodide, the Python runtime", add_pyodide),
    ("PyScript", add_pyscript),
    ("pydantic and the other wheels", add_wheels),
    ("timeback_web", add_own_wheel),
    ("Bytecode of all of them", compile_python),
    ("Lock of the wheels", add_lock),
    ("Page to start from", add_page),
    ("Modules for JavaScript", add_javascript),
    ("Compressed copies", compress),
)


def _tarball(job: Job, pin: NpmPin) -> Path:
    job.versions[pin.name] = pin.version
    [tarball] = job.cache.fetch([pin], download_tarballs)
    return tarball

"""Making a bundle from beginning to end."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from timeback_web.bundle.cache import Cache
from timeback_web.bundle.manifest import Manifest, write_manifest
from timeback_web.bundle.pins import load_pins
from timeback_web.bundle.progress import announced
from timeback_web.bundle.staging import staged
from timeback_web.bundle.steps import STEPS, Job


def build_bundle(target: Path, cache_folder: Path, console: Console) -> Manifest:
    """Make the bundle in `target`, all of it or nothing.

    Raises:
        BundleError: it can't be made.
        OSError: a file can't be read or written.
    """
    with staged(target) as stage:
        job = Job(stage=stage, pins=load_pins(), cache=Cache(cache_folder.resolve()))
        for step in announced(STEPS, console):
            step(job)
        return write_manifest(stage, job.versions)

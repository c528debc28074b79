"""The command line of `python -m timeback_web bundle`."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from timeback_web.bundle.errors import BundleError

_CACHE_VARIABLE = "TIMEBACK_WEB_CACHE"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument(
        "out_dir", metavar="OUT_DIR", type=Path, help="the folder to make, or to replace"
    )
    parser.add_argument(
        "--cache",
        metavar="DIR",
        type=Path,
        help=f"where to keep downloads (default: ${_CACHE_VARIABLE}, else your user cache)",
    )
    parser.add_argument("--quiet", action="store_true", help="say nothing unless it fails")


def run(options: argparse.Namespace) -> int:
    """Make the bundle; return the exit code."""
    try:
        _bundle(options.out_dir, options.cache, quiet=options.quiet)
    except (BundleError, OSError) as error:
        print(f"No bundle was made: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("No bundle was made: stopped.", file=sys.stderr)
        return 130
    return 0


def _bundle(out_dir: Path, cache: Path | None, *, quiet: bool) -> None:
    try:
        from rich.console import Console

        from timeback_web.bundle.build import build_bundle
    except ModuleNotFoundError as error:
        raise BundleError(f"{error}. Install: pip install 'timeback-web[bundle]'") from error
    console = Console(quiet=quiet, highlight=False, soft_wrap=True)
    manifest = build_bundle(out_dir, cache or _default_cache(), console)
    console.print(
        f"{out_dir} is complete: {len(manifest.files)} files, {manifest.size / 1e6:.1f} MB. "
        f"To look at it: python -m http.server --directory {out_dir}",
        markup=False,
    )


def _default_cache() -> Path:
    from platformdirs import user_cache_path

    chosen = os.environ.get(_CACHE_VARIABLE)
    return Path(chosen) if chosen else user_cache_path("timeback-web")

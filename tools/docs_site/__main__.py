"""`python -m tools.docs_site OUT_DIR`: build the site."""

import argparse
import sys
from pathlib import Path

from timeback_web.bundle.errors import BundleError

from .build import BuildError, build_site


def main() -> int:
    """Build it; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out_dir", type=Path, help="the folder to make, or to replace")
    parser.add_argument("--cache", type=Path, required=True, help="where to keep downloads")
    options = parser.parse_args()
    try:
        build_site(options.out_dir, options.cache)
    except (BuildError, BundleError) as error:
        sys.stderr.write(f"No site was built: {error}\n")
        return 1
    sys.stdout.write(f"{options.out_dir / 'index.html'} is the site's first page\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

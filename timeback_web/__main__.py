"""`python -m timeback_web`: the commands of the host."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from timeback_web.bundle import cli as bundle


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m timeback_web", description=__doc__)
    commands = parser.add_subparsers(title="commands", required=True)
    command = commands.add_parser(
        "bundle",
        help="make a folder to host: PyScript, Pyodide, pydantic and timeback_web",
        description="Make a folder with everything a page needs to use timeback_web, "
        "to be served by any web server from any path.",
    )
    bundle.add_arguments(command)
    command.set_defaults(run=bundle.run)
    options = parser.parse_args(arguments)
    code: int = options.run(options)
    return code


if __name__ == "__main__":
    sys.exit(main())

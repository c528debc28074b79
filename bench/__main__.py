"""`python -m bench`: measure, and write `docs/benchmarks.md`."""

from __future__ import annotations

import argparse
import os
import time
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from bench.lab import Lab, Settings, open_lab
from bench.machine import describe, load_now

_ROOT = Path(__file__).parents[1]
_SECTIONS = ("boot", "beat", "size", "memory", "accuracy")
_HEAD = """# Benchmarks

Boot, beat, bytes, memory and accuracy, measured side by side in one run of `make bench`, which
wrote this file.

```sh
make bench                                # everything; this run took {minutes:.0f} minutes
make bench BENCH_ARGS="boot beat"         # some sections; they are printed, this file stays
make bench BENCH_ROUNDS=9                 # more rounds
```

{date}, {machine} This run: {rounds} rounds, {slow_rounds} on the slow
processor and the slow link.
"""


def main() -> None:
    """Run the sections that were asked for."""
    options = _options()
    sections = options.sections or _SECTIONS
    began, machine = time.monotonic(), describe()
    chapters = []
    with open_lab(_settings(options)) as lab:
        for name in sections:
            chapter = _run(name, lab)
            print(chapter, end="\n\n", flush=True)
            chapters.append(chapter)
    minutes = (time.monotonic() - began) / 60
    if options.out or not options.sections:
        out = options.out or _ROOT / "docs" / "benchmarks.md"
        head = _HEAD.format(
            minutes=minutes,
            date=f"{datetime.now(UTC):%Y-%m-%d}",
            machine=machine,
            rounds=options.rounds,
            slow_rounds=options.slow_rounds,
        )
        out.write_text("\n\n".join([head.strip(), *chapters]) + "\n")
    print(f"took {minutes:.1f} minutes")


def _run(name: str, lab: Lab) -> str:
    print(f"measuring {name} ...", flush=True)
    began, load = time.monotonic(), load_now()
    chapter: str = import_module(f"bench.{name}").measure(lab)
    seconds = time.monotonic() - began
    loads = f"load average {load:.1f} before, {load_now():.1f} after"
    return f"{chapter}\n\nTook {seconds:.0f} s; {loads}."


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=", ".join(_SECTIONS))
    parser.add_argument("--bundle", type=Path, default=_ROOT / ".demo" / "bundle")
    parser.add_argument("--rounds", type=int, default=int(os.environ.get("BENCH_ROUNDS") or 5))
    parser.add_argument("--slow-rounds", type=int, default=1)
    parser.add_argument("--histories", type=int, default=20)
    parser.add_argument("--lanes", type=int, default=4)
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--out", type=Path, help="default: docs/benchmarks.md, if all is measured")
    options = parser.parse_args()
    unknown = set(options.sections) - set(_SECTIONS)
    if unknown:
        parser.error(f"there is no section {', '.join(sorted(unknown))}")
    return options


def _settings(options: argparse.Namespace) -> Settings:
    return Settings(
        bundle=options.bundle.resolve(),
        rounds=options.rounds,
        slow_rounds=options.slow_rounds,
        histories=options.histories,
        lanes=options.lanes,
        seed=options.seed,
    )


if __name__ == "__main__":
    main()

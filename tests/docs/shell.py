"""The commands that the documents name: do they exist, with these arguments?

They are not run here: `make` runs what has its own tests, and the others start servers or download.
"""

from __future__ import annotations

import re
import shlex
import tomllib
from contextlib import redirect_stderr
from io import StringIO
from unittest.mock import patch

from tests.docs.reading import ROOT
from timeback_web import __main__ as command_line


def check_shell(code: str) -> None:
    """Raise when a line names what does not exist."""
    for line in code.splitlines():
        words = shlex.split(line, comments=True)
        if words:
            _check(words)


def make_targets() -> set[str]:
    """What `make` can be asked for."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^\.PHONY: ([a-z-]+)$", makefile, re.MULTILINE))


def _check(words: list[str]) -> None:
    match words:
        case ["make", *rest]:
            _check_make(rest)
        case ["python", "-m", "timeback_web", *arguments]:
            _check_command_line(arguments)
        case ["pip", "install", *requirements]:
            for requirement in requirements:
                _check_extra(requirement)
        case ["python", "server.py"] | ["curl", "-sI", *_]:
            pass  # run by the test of the tutorial; asks the reader's own server
        case ["python", "-m", "venv", ".venv", "&&", ".", ".venv/bin/activate"]:
            pass  # run by the test of the tutorial, too
        case ["lint-imports"] | ["import-linter", "drawgraph", "timeback_web", *_]:
            pass  # the rules are held by unit/test_layers.py, and this is how they are looked at
        case _:
            raise AssertionError(f"nobody checks this command: {shlex.join(words)}")


def _check_make(rest: list[str]) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for word in rest:
        variable, is_variable, _ = word.partition("=")
        if is_variable:
            handed_on = variable == "PORT"  # read by the demo itself
            assert handed_on or f"$({variable})" in makefile, f"make does not read {variable}"
        else:
            assert word in make_targets(), f"there is no `make {word}`"


def _check_command_line(arguments: list[str]) -> None:
    wrong = StringIO()
    with patch("timeback_web.bundle.cli.run", return_value=0) as run, redirect_stderr(wrong):
        try:
            command_line.main(arguments)
        except SystemExit as end:
            raise AssertionError(wrong.getvalue()) from end
    run.assert_called_once()


def _check_extra(requirement: str) -> None:
    name, _, extra = requirement.rstrip("]").partition("[")
    if name == "../timeback_web" and extra:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        assert extra in project["optional-dependencies"], f"there is no extra {extra}"

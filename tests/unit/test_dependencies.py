"""Every dependency has a line that says what it is for, and what it took the place of."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from timeback_web.bundle.pins import load_pins

ROOT = Path(__file__).parents[2]
# What another one brings along, and nobody here asked for.
BROUGHT = {"annotated-types", "pydantic-core", "typing-extensions", "typing-inspection"}


def rows() -> list[list[str]]:
    """The cells of all tables, without their heads."""
    text = (ROOT / "docs" / "dependencies.md").read_text()
    lines = [line for line in text.splitlines() if re.match(r"\| [^|]", line)]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def documented() -> set[str]:
    return {name for names, *_ in rows() for name in re.split(r",\s*|\s+and\s+", names.lower())}


def of_python() -> set[str]:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text())
    project = pyproject["project"]
    lists = [
        project["dependencies"],
        pyproject["build-system"]["requires"],
        *project["optional-dependencies"].values(),
        *pyproject["dependency-groups"].values(),
    ]
    # A group may also include another one, which is in this list itself.
    texts = [text for each in lists for text in each if isinstance(text, str)]
    needed = {canonicalize_name(Requirement(text).name) for text in texts}
    return needed | {pin.name for pin in load_pins().wheels} - BROUGHT


def of_npm() -> set[str]:
    kinds = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")
    found = set()
    for folder in ("demo", "docs", "tests", "tools"):
        for path in (ROOT / folder).rglob("package.json"):
            if "node_modules" not in path.parts:
                package = json.loads(path.read_text())
                found |= {name for kind in kinds for name in package.get(kind, {})}
    return found


def test_every_dependency_of_python_has_a_line():
    assert {"hatchling", "pydantic", "ruff", "timeback-sdk"} <= of_python()
    assert of_python() - documented() == set()


def test_every_package_of_npm_has_a_line():
    assert {"react", "vite"} <= of_npm()
    assert of_npm() - documented() == set()


def test_every_line_says_what_for_and_instead_of_what():
    assert [row for row in rows() if len(row) != 3 or not all(row)] == []

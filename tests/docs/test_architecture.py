"""The map in docs/architecture.md names every module, where it is, and no other."""

from __future__ import annotations

import re

import pytest

from tests.docs.reading import ROOT

PACKAGE = ROOT / "timeback_web"
TEXT = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
MAP = TEXT.partition("## The map")[2].partition("\n## ")[0]
ROWS = [line.strip("|").split("|") for line in MAP.splitlines() if line.startswith("| `")]
NAMED_ONE_BY_ONE = ("session", "delivery", "ports", "timekeeping")


def named(cell: str, suffix: str) -> list[str]:
    return re.findall(rf"`([a-z_/-]+{suffix})`", cell)


def modules(folder):
    return sorted(path.name for path in folder.glob("*.py") if not path.name.startswith("__"))


@pytest.mark.parametrize("folder", NAMED_ONE_BY_ONE)
def test_the_map_names_the_modules_of_a_folder(folder):
    [cell] = [what for where, what, *_ in ROWS if where.strip() == f"`{folder}/`"]
    assert sorted(named(cell, r"\.py")) == modules(PACKAGE / folder)


def test_the_map_names_what_lies_at_the_top():
    files = [name for where, *_ in ROWS for name in named(where, r"\.py") if "/" not in name]
    assert sorted(files) == modules(PACKAGE)
    folders = {name.split("/")[0] for where, *_ in ROWS for name in named(where, "/")}
    assert folders == {
        path.name for path in PACKAGE.iterdir() if path.is_dir() and path.name != "__pycache__"
    }


def test_the_map_names_the_modules_of_javascript_that_pages_load():
    [cell] = [what for where, what, *_ in ROWS if where.strip() == "`js/`"]
    assert sorted(named(cell, r"\.js")) == sorted(
        path.name for path in (PACKAGE / "js").glob("*.js")
    )

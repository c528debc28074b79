"""A file that a document names exists: in the repository, the bundle, or the reader's folder."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.docs.reading import DOCUMENTS, ROOT, read_blocks
from tests.support.bundle import built_bundle

# What begins with a slash is an address.
NAME = re.compile(r"`([\w.][\w./-]*\.(?:py|js|mjs|ts|html|md|json|toml|txt))(?:::(\w+))?`")
OF_THE_READER = {"lesson.py", "vite.config.js"}
THE_CHANGELOG = ROOT / "CHANGELOG.md"  # tells of what was


@pytest.fixture(scope="module")
def known() -> list[Path]:
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True)
    ours = [ROOT / name for name in done.stdout.splitlines()]
    titles = [Path("/", block.title) for path in DOCUMENTS for block in read_blocks(path)]
    return [path for path in ours if path.exists()] + [*built_bundle().rglob("*"), *titles]


@pytest.mark.parametrize(
    "path",
    [path for path in DOCUMENTS if path != THE_CHANGELOG],
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_a_file_that_is_named_exists_and_so_does_the_test_in_it(path, known):
    missing = []
    for name, test in NAME.findall(path.read_text(encoding="utf-8")):
        found = [one for one in known if one.as_posix().endswith(f"/{name}")]
        if test:
            found = [one for one in found if f"def {test}(" in one.read_text(encoding="utf-8")]
        if not found and name not in OF_THE_READER:
            missing.append(f"{name} {test}")
    assert missing == []

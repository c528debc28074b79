"""What all tests share: their order, one browser, and what is said of them at the end."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.chromium import Chromium, launch_chromium
from tests.support.demo_server import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest_plugins = [
    "tests.engines.figures",
    "tests.faults.table",
    "tests.support.browser_log",
    "tests.support.costs",
    "tests.support.order",
]

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def bundle_dir() -> Path:
    """The bundle that `make` built; without it there is nothing to test."""
    folder = Path(os.environ.get("DEMO_BUNDLE_DIR", ROOT / ".demo" / "bundle"))
    assert (folder / "pyscript.json").is_file(), f"no bundle in {folder}: run `make bundle`"
    return folder


@pytest.fixture(scope="session")
def port() -> int:
    """One for all tests: the browser's cache goes by origin, and a cold boot takes seconds."""
    return free_port()


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    """The browser of the machine at which learners sit. Every test leaves it with one blank tab."""
    with launch_chromium(tmp_path_factory.mktemp("chromium")) as browser:
        yield browser

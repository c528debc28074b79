from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.docs.reading import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.support.chromium import Chromium


@pytest.fixture(scope="session")
def built_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site that `make docs` built, in a folder `docs`."""
    site = ROOT / ".demo" / "site"
    assert (site / "index.html").is_file(), f"no site in {site}: run `make docs`"
    folder = tmp_path_factory.mktemp("www") / "docs"
    folder.symlink_to(site, target_is_directory=True)
    return folder


@pytest.fixture
def page(chromium: Chromium) -> Iterator[Page]:
    page = chromium.context.new_page()
    page.bring_to_front()  # a page in the back is hidden, and counts no time
    page.set_default_timeout(90_000)  # a boot takes seconds, on a busy machine many
    yield page
    for opened in chromium.context.pages[1:]:  # the browser ends with its last one
        opened.close()

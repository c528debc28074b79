from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, Response

from tests.support.bundle import built_bundle
from tests.support.chromium import Chromium
from tests.support.static_site import StaticSite, serve

SUB_PATH = "school/static/timeback"


@dataclass
class Traffic:
    """What a page asked for. Not frozen: Playwright notes its listeners on the instance."""

    urls: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def note_request(self, request: Request) -> None:
        self.urls.append(request.url)

    def note_response(self, response: Response) -> None:
        if not response.ok:
            self.failed.append(f"{response.status} {response.url}")

    def assert_local(self, origin: str) -> None:
        """Nothing left for another host, and everything that was asked for is there."""
        local = (f"{origin}/", "data:", f"blob:{origin}/")
        assert self.urls
        assert [url for url in self.urls if not url.startswith(local)] == []
        assert self.failed == []


@pytest.fixture
def page(chromium: Chromium) -> Iterator[Page]:
    page = chromium.context.new_page()
    page.bring_to_front()  # a page in the back is hidden, and counts no time
    page.set_default_timeout(60_000)  # a boot takes seconds, on a busy machine many
    yield page
    page.close()


@pytest.fixture
def traffic(page: Page) -> Traffic:
    traffic = Traffic()
    page.on("request", traffic.note_request)
    page.on("response", traffic.note_response)
    return traffic


@pytest.fixture
def www(tmp_path: Path) -> Path:
    """A web root with the bundle deep inside, where a test can add pages of its own."""
    place = tmp_path / "www" / SUB_PATH
    place.parent.mkdir(parents=True)
    place.symlink_to(built_bundle(), target_is_directory=True)
    return tmp_path / "www"


@pytest.fixture
def site(www: Path) -> Iterator[StaticSite]:
    with serve(www) as site:
        yield site

"""What every section works with: settings, the server, and pages to open."""

from __future__ import annotations

import re
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.downloads import unpack_peers, unpack_stock
from bench.site import Site, serve
from tests.support.chromium import Chromium, launch_chromium

if TYPE_CHECKING:
    from collections.abc import Iterator

_ROOT = Path(__file__).parents[1]
_PAGES = Path(__file__).with_name("pages")
_LINK = re.compile(r'<link rel="(?:module)?preload"[^>]*>')


@dataclass(frozen=True)
class Settings:
    """What the command line chose.

    Attributes:
        bundle: The folder that `make bundle` made.
        rounds: How often each boot is measured.
        slow_rounds: The same on the slow processor and the slow link.
        histories: How many of them the trackers live through.
        lanes: How many of those at a time, each in a browser of its own.
        seed: Of the histories.
    """

    bundle: Path
    rounds: int
    slow_rounds: int
    histories: int
    lanes: int
    seed: int


@dataclass(frozen=True)
class Lab:
    """The place of work of one run."""

    settings: Settings
    site: Site
    folder: Path

    @contextmanager
    def browser(self, name: str = "profile", *flags: str) -> Iterator[Chromium]:
        """A browser on a profile of this run."""
        with launch_chromium(self.folder / name, *flags) as chromium:
            yield chromium


@contextmanager
def open_lab(settings: Settings) -> Iterator[Lab]:
    """Prepare the server, and whatever has to be downloaded for it."""
    cache = _ROOT / ".cache"
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        folder = Path(scratch)
        unpack_stock(cache / "bundle", folder / "stock")
        unpack_peers(cache / "bench", folder / "peers")
        site = Site(cache / "bench" / "brotli")
        site.mount("/stock", folder / "stock")
        site.mount("/bundle", settings.bundle)
        site.mount("/peers", folder / "peers")
        site.mount("/peers", Path(__file__).with_name("peers"))
        site.add("/e2e/elsewhere.html", _PAGES / "blank.html")
        _add_pages(site, settings.bundle)
        with serve(site):
            yield Lab(settings, site, folder)


def _add_pages(site: Site, bundle: Path) -> None:
    """Serve the pages; `{preload}` is what the bundle's own page has in its head."""
    links = _preloads(bundle)
    of_pyodide = [link for link in links if "pyscript" not in link]
    for path in sorted(_PAGES.glob("*.html")):
        html = path.read_text()
        html = html.replace("{preload}", "\n".join(of_pyodide))
        html = html.replace("{preload-all}", "\n".join(links))
        site.add_page(f"/{path.name}", html)
    for path in sorted(_PAGES.iterdir()):
        if path.suffix in {".js", ".mjs", ".py"}:
            site.add(f"/{path.name}", path)


def _preloads(bundle: Path) -> list[str]:
    page = (bundle / "index.html").read_text()
    return [
        re.sub(r'href="(?:\./)?', 'href="/bundle/', link).replace("/bundle//", "/")
        for link in _LINK.findall(page)
    ]

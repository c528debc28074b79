"""Makes the built site ask nobody else for anything, and run no script that is written in a page.

The theme loads the library that draws diagrams from a CDN, and starts each page by scripts in its
markup, which a strict Content-Security-Policy refuses. Both become files of the site.
"""

import hashlib
import re
from pathlib import Path, PurePosixPath

from timeback_web.bundle.archives import read_tarball
from timeback_web.bundle.cache import Cache
from timeback_web.bundle.npm import download_tarballs
from timeback_web.bundle.pins import NpmPin

# The part of Mermaid that draws flow charts, sequences and states: half of the whole.
_MERMAID = NpmPin(
    name="@mermaid-js/tiny",
    version="11.17.2",
    file_name="mermaid-js-tiny-11.17.2.tgz",
    integrity="sha512-PmFr1c5cSfNf5AngLLR98DrbvR4U5KeD7I+hQkGqG5w5Veu3QT4dG0qu9f99cpn/sKj2XxRBK0q7EL6hr9NY/A==",
)
_MERMAID_FILE = PurePosixPath("dist/mermaid.tiny.js")
_SCRIPTS = "assets/javascripts"
_CDN = re.compile(r'"https://unpkg\.com/mermaid@[^"]*"')
# A script that is code, and has no address: the theme's settings are of another type.
_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)


class ChangedThemeError(RuntimeError):
    """The theme is not as it was when this was written."""


def bring_mermaid(site: Path, cache: Path) -> None:
    """Put the library that draws diagrams into the site, and have the theme load it from there.

    Raises:
        BundleError: It could not be downloaded, or is not what was pinned.
        ChangedThemeError: The theme loads it in another way.
    """
    [tarball] = Cache(cache).fetch([_MERMAID], download_tarballs)
    library = dict(read_tarball(tarball))[_MERMAID_FILE]
    (site / _SCRIPTS / "mermaid.js").write_bytes(library)
    [bundle] = (site / _SCRIPTS).glob("bundle.*.js")
    # `__md_scope` is the theme's own name for the root of the site.
    here = f'new URL("{_SCRIPTS}/mermaid.js",__md_scope).href'
    code, found = _CDN.subn(lambda _: here, bundle.read_text(encoding="utf-8"))
    if found != 1:
        raise ChangedThemeError(f"{bundle.name} names Mermaid's CDN {found} times, not once")
    bundle.write_text(code, encoding="utf-8")


def move_scripts_out(site: Path) -> None:
    """Make a file of every script that is written in a page, named after its content."""
    for page in site.rglob("*.html"):
        root = "../" * (len(page.relative_to(site).parts) - 1)

        def move(match: re.Match[str], root: str = root) -> str:
            code = match[1].encode()
            name = f"{_SCRIPTS}/page.{hashlib.sha256(code).hexdigest()[:8]}.js"
            (site / name).write_bytes(code)
            return f'<script src="{root}{name}"></script>'

        page.write_text(
            _INLINE.sub(move, page.read_text(encoding="utf-8")), encoding="utf-8", newline="\n"
        )

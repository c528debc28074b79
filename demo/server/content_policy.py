"""Content-Security-Policy: what each kind of answer may load and run, and why.

The rule is `default-src 'none'`; what follows are the exceptions. No script has `'unsafe-inline'`,
and no page that keeps its Python on the main thread has `'unsafe-eval'`. docs/security.md has the
same policies for other servers.
"""

import base64
import hashlib
from collections.abc import Iterable
from html.parser import HTMLParser

_DOCUMENT = {
    "default-src": "'none'",
    # Not in default-src: without them a page could be framed, send its forms elsewhere, or have all
    # its relative addresses point elsewhere.
    "frame-ancestors": "'none'",
    "form-action": "'none'",  # the forms are sent by scripts
    "base-uri": "'none'",
}
_PAGE = _DOCUMENT | {
    "script-src": "'self'",
    "style-src": "'self'",  # CSSOM (`element.style.width = ..`) needs nothing
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",  # the API, event streams, and what Pyodide fetches
}
# Compiling WebAssembly is not eval(): it has a word of its own.
_PYTHON = _PAGE | {"script-src": "'self' 'wasm-unsafe-eval'"}
# PyScript starts a worker from a blob: its text is put together in the page, by Function(). A blob
# has no headers, so the worker is under the policy of the page, and the page under the worker's.
_WORKER = _PAGE | {
    "script-src": "'self' 'wasm-unsafe-eval' 'unsafe-eval'",
    "worker-src": "'self' blob:",
    "connect-src": "'self' blob:",  # Python that stands in the tag itself goes by a blob, too
}
# The diagrams style themselves. Nothing that a learner wrote is ever on these pages.
_SITE = _PAGE | {"style-src": "'self' 'unsafe-inline'", "worker-src": "'self'"}


def _policy(sources: dict[str, str]) -> str:
    """The header's value."""
    return "; ".join(f"{directive} {allowed}" for directive, allowed in sources.items())


NOTHING = _policy(_DOCUMENT)
"""For what is no page: data, and files that a page loads. Opened by itself it can do nothing."""
PAGE = _policy(_PAGE)
"""For a page of JavaScript from this site."""
PYTHON = _policy(_PYTHON)
"""For a page with Python on its main thread, and for the file of a worker of one's own."""
WORKER = _policy(_WORKER)
"""For a page with PyScript's workers: the one kind with `'unsafe-eval'`."""
SITE = _policy(_SITE)
"""For the documents, and for the file of their search, which runs in a worker."""

_OF_PAGES = {"index.html": PAGE, "journal.html": PAGE, "worker.html": WORKER}


def of_page(name: str) -> str:
    """The policy of a page of the demo, by its file's name; any other has Python."""
    return _OF_PAGES.get(name, PYTHON)


def with_inline(html: str, base: str = PYTHON) -> str:
    """The policy for a page with inline scripts and styles that may run: those in `html`, no other.

    They are named by their SHA-256, so what somebody else gets into the page still doesn't run. For
    files only: whoever can write the file also writes its policy.
    """
    found = _Inline()
    found.feed(html)
    for directive, texts in (("script-src", found.scripts), ("style-src", found.styles)):
        for digest in _digests(texts):
            base = base.replace(f"{directive} ", f"{directive} {digest} ", 1)
    return base


def _digests(texts: Iterable[str]) -> list[str]:
    digests = {base64.b64encode(hashlib.sha256(text.encode()).digest()) for text in texts}
    return [f"'sha256-{digest.decode()}'" for digest in sorted(digests)]


class _Inline(HTMLParser):
    """Collects the text of `<script>` without `src`, and of `<style>`."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts: list[str] = []
        self.styles: list[str] = []
        self._into: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin to collect."""
        if tag == "style" or (tag == "script" and "src" not in dict(attrs)):
            self._into = self.styles if tag == "style" else self.scripts
            self._into.append("")

    def handle_data(self, data: str) -> None:
        """Text, maybe in several pieces."""
        if self._into is not None:
            self._into[-1] += data

    def handle_endtag(self, _tag: str) -> None:
        """No `<script>` has tags in it, so any end is its end."""
        self._into = None

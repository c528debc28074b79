"""The one server of all variants: files from memory, compressed; POSTs are written down."""

from __future__ import annotations

import json
import mimetypes
import queue
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bench.encodings import Body, bodies, is_copy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_REPORT = "/report"
_ISOLATED = "/isolated/"
"""Pages asked for below this are cross-origin isolated: their clocks tick in 5 us, not 100."""
_TYPES = {".mjs": "text/javascript", ".js": "text/javascript", ".wasm": "application/wasm"}


@dataclass(frozen=True)
class Sent:
    """A file as it went out: its path, and the length of its body on the wire."""

    path: str
    size: int


@dataclass(frozen=True)
class Post:
    """What a page sent.

    Attributes:
        path: Where to.
        body: What.
        wire_size: Request line, headers and body.
    """

    path: str
    body: bytes
    wire_size: int

    def json(self) -> Any:  # noqa: ANN401 - whatever JSON may be
        """The body, read."""
        return json.loads(self.body)


@dataclass
class Site:
    """What is served, and what came of it.

    Attributes:
        origin: Where the browser finds it.
        sent: Files that went out since this list was last cleared.
        posts: All POSTs but reports.
    """

    cache: Path
    origin: str = ""
    sent: list[Sent] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    _files: dict[str, tuple[str, list[Body]]] = field(default_factory=dict)
    _reports: queue.Queue[Any] = field(default_factory=queue.Queue)

    def mount(self, prefix: str, folder: Path) -> None:
        """Serve all files of a folder below `prefix`."""
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not is_copy(path):
                self.add(f"{prefix}/{path.relative_to(folder).as_posix()}", path)

    def add(self, url_path: str, path: Path) -> None:
        """Serve one file."""
        self._files[url_path] = (_type_of(path), bodies(path, self.cache))

    def add_page(self, url_path: str, html: str) -> None:
        """Serve a page, also below `/isolated/`."""
        page = ("text/html; charset=utf-8", [Body("", html.encode())])
        self._files[url_path] = self._files[_ISOLATED + url_path.lstrip("/")] = page

    def find(self, url_path: str, accepted: str) -> tuple[str, Body] | None:
        """The type of a file, and the shortest way to send it that the browser accepts."""
        if url_path not in self._files:
            return None
        kind, ways = self._files[url_path]
        encodings = {"", *(part.split(";")[0].strip() for part in accepted.split(","))}
        return kind, next(way for way in ways if way.encoding in encodings)

    def take(self, post: Post) -> None:
        """Write down what a page sent."""
        if post.path == _REPORT:
            self._reports.put(post.json())
        else:
            self.posts.append(post)

    def await_report(self, timeout_s: float = 180) -> Any:  # noqa: ANN401
        """What the page on trial reports."""
        return self._reports.get(timeout=timeout_s)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body leave together

    def __init__(self, *args: Any, site: Site) -> None:  # noqa: ANN401
        self._site = site
        super().__init__(*args)

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        found = self._site.find(path, self.headers.get("Accept-Encoding", ""))
        if found is None:
            self._answer(HTTPStatus.NOT_FOUND)
            return
        kind, body = found
        headers = {"Content-Type": kind, "Cache-Control": _caching(kind)}
        if body.encoding:
            headers |= {"Content-Encoding": body.encoding, "Vary": "Accept-Encoding"}
        if path.startswith(_ISOLATED):
            headers["Cross-Origin-Opener-Policy"] = "same-origin"
            headers["Cross-Origin-Embedder-Policy"] = "require-corp"
        self._site.sent.append(Sent(path, len(body.content)))
        self._answer(HTTPStatus.OK, headers, body.content)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        head = len(self.requestline) + 2 + len(self.headers.as_bytes())
        self._site.take(Post(urlsplit(self.path).path, body, head + len(body)))
        # Snowplow takes nothing but a 200 for a yes.
        is_peer = self.path.startswith("/peers/")
        self._answer(HTTPStatus.OK if is_peer else HTTPStatus.NO_CONTENT)

    def _answer(
        self, status: HTTPStatus, headers: dict[str, str] | None = None, content: bytes = b""
    ) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if status != HTTPStatus.NO_CONTENT:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()

    def log_message(self, *_args: Any) -> None:  # noqa: ANN401
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_args: Any) -> None:  # noqa: ANN401
        """A browser that was killed, or is through with a page, hangs up in mid-sentence."""


@contextmanager
def serve(site: Site) -> Iterator[Site]:
    """Serve a site on a free port for the length of a `with` block."""
    with _Server(("127.0.0.1", 0), partial(_Handler, site=site)) as server:
        site.origin = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield site
        finally:
            server.shutdown()


def settle(seconds: float = 0.3) -> None:
    """Let what a page does after its report come to an end."""
    time.sleep(seconds)


def _type_of(path: Path) -> str:
    guessed = mimetypes.guess_type(path.name)[0]
    return _TYPES.get(path.suffix) or guessed or "application/octet-stream"


def _caching(kind: str) -> str:
    # As behind any web server that knows what it serves: pages are asked for, files are kept.
    return "no-cache" if kind.startswith("text/html") else "public, max-age=31536000, immutable"

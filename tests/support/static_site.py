"""A plain web server: it knows compressed copies of files, and takes what the pages report."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

# As a web server that is set up for it (docs/serving.md), the smaller one first.
_COPIES = {"br": ".br", "gzip": ".gz"}


@dataclass(frozen=True)
class Report:
    """One POST of a page."""

    path: str
    body: dict[str, Any]


@dataclass(frozen=True)
class StaticSite:
    """A folder being served at `origin`, and the reports that came in."""

    origin: str
    reports: list[Report] = field(default_factory=list)

    def heartbeats(self) -> list[dict[str, Any]]:
        """Return the bodies of the heartbeats so far, in order of arrival."""
        return [r.body for r in self.reports if r.path.endswith("/activity/heartbeat")]


class _Handler(SimpleHTTPRequestHandler):
    """Python's own file server and MIME types, and compressed copies for who accepts them."""

    protocol_version = "HTTP/1.1"
    _encoding = ""

    def __init__(self, *args: Any, reports: list[Report], **kwargs: Any) -> None:
        self._reports = reports
        super().__init__(*args, **kwargs)

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        self._reports.append(Report(self.path, json.loads(self.rfile.read(length))))
        self.send_response(HTTPStatus.NO_CONTENT)
        self.end_headers()

    def translate_path(self, path: str) -> str:
        file = super().translate_path(path)
        accepted = {item.strip() for item in self.headers.get("Accept-Encoding", "").split(",")}
        for encoding, suffix in _COPIES.items():
            if encoding in accepted and Path(file + suffix).is_file():
                self._encoding = encoding
                return file + suffix
        return file

    def guess_type(self, path: Any) -> str:
        return super().guess_type(Path(path).with_suffix("") if self._encoding else path)

    def end_headers(self) -> None:
        if self._encoding:
            self.send_header("Content-Encoding", self._encoding)
        if self.command == "GET":
            self.send_header("Vary", "Accept-Encoding")
        self._encoding = ""  # one connection, many requests
        super().end_headers()

    def log_message(self, *_args: Any) -> None:
        """Say nothing: the browser's own log tells what was asked for."""


@contextmanager
def serve(folder: Path) -> Iterator[StaticSite]:
    """Serve `folder` on a free port for the length of a `with` block."""
    reports: list[Report] = []
    handler = partial(_Handler, directory=str(folder), reports=reports)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield StaticSite(f"http://127.0.0.1:{server.server_port}", reports)
        finally:
            server.shutdown()
            thread.join()

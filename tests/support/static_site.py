"""A web server as plain as they come, which also takes what the pages report."""

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
    """Python's own file server, unchanged but for the POSTs: its MIME types are the point."""

    protocol_version = "HTTP/1.1"

    def __init__(self, *args: Any, reports: list[Report], **kwargs: Any) -> None:
        self._reports = reports
        super().__init__(*args, **kwargs)

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        self._reports.append(Report(self.path, json.loads(self.rfile.read(length))))
        self.send_response(HTTPStatus.NO_CONTENT)
        self.end_headers()

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

"""A line between browser and server that can be cut, or answer for the server."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEARTBEAT = b"POST /api/timeback/activity/heartbeat"
_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
_BUSY = (
    b"HTTP/1.1 503 Service Unavailable\r\n"
    b"Retry-After: %d\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
)
_CHUNK = 65_536


@dataclass
class Line:
    """A TCP proxy.

    Attributes:
        url: Where the browser reaches the server through it.
        cut_replies: How many replies to heartbeats from now on are lost: the server has taken the
            heartbeat, and the connection ends before the page hears of it.
        lost_replies: How many were.
        busy_for_s: When not 0, heartbeats are answered 503 with this as `Retry-After`, and the
            server does not hear of them.
        instead: When not empty, the answer that heartbeats get from somebody else than the server.
        turned_away: How many were.
    """

    url: str
    cut_replies: int = 0
    lost_replies: int = 0
    busy_for_s: int = 0
    instead: bytes = b""
    turned_away: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def takes_reply(self) -> bool:
        """Whether this reply to a heartbeat is one to be lost."""
        with self._lock:
            if not self.cut_replies:
                return False
            self.cut_replies -= 1
            self.lost_replies += 1
            return True


@contextmanager
def troubled_line(server_url: str) -> Iterator[Line]:
    """Lay a line to the server at `server_url` for the length of a `with` block."""
    address = urlsplit(server_url)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        line = Line(f"http://127.0.0.1:{listener.getsockname()[1]}")
        target = (str(address.hostname), int(address.port or 80))
        threading.Thread(target=_accept, args=(listener, target, line), daemon=True).start()
        yield line


def _accept(listener: socket.socket, target: tuple[str, int], line: Line) -> None:
    with contextlib.suppress(OSError):  # the listener is closed when the test is over
        while True:
            client, _ = listener.accept()
            _Connection(client, socket.create_connection(target), line).start()


class _Connection:
    """One connection of the browser, and its continuation to the server."""

    def __init__(self, client: socket.socket, server: socket.socket, line: Line) -> None:
        self._client = client
        self._server = server
        self._line = line
        self._carries_heartbeat = False

    def start(self) -> None:
        for carry in (self._carry_requests, self._carry_replies):
            threading.Thread(target=self._until_closed, args=(carry,), daemon=True).start()

    def _until_closed(self, carry) -> None:
        with contextlib.suppress(OSError):
            carry()
        for end in (self._client, self._server):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _carry_requests(self) -> None:
        while chunk := self._client.recv(_CHUNK):
            # A connection carries one request at a time, and a new one begins with its line.
            if chunk.split(b" ", 1)[0] in {b"GET", b"POST"}:
                self._carries_heartbeat = chunk.startswith(_HEARTBEAT)
            if self._carries_heartbeat and (self._line.busy_for_s or self._line.instead):
                self._turn_away(chunk)
                return
            self._server.sendall(chunk)

    def _turn_away(self, chunk: bytes) -> None:
        """Read the request to its end (a reset would overtake the answer), then answer it."""
        head, _, body = chunk.partition(b"\r\n\r\n")
        length = int(_LENGTH.search(head)[1])
        while len(body) < length:
            body += self._client.recv(_CHUNK)
        self._line.turned_away += 1
        self._client.sendall(self._line.instead or _BUSY % self._line.busy_for_s)

    def _carry_replies(self) -> None:
        while chunk := self._server.recv(_CHUNK):
            if self._carries_heartbeat and self._line.takes_reply():
                return
            self._client.sendall(chunk)

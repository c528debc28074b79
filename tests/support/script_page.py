"""A page with the JavaScript front end in it, in Node.js, that a test moves by hand."""

from __future__ import annotations

import json
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from timeback_web.bundle.commands import find_program

if TYPE_CHECKING:
    from collections.abc import Iterator

_SCRIPT = Path(__file__).with_name("script_page.mjs")


class ScriptPage:
    """Commands go in, and what the page has come to is known after each.

    Args:
        node: The process.

    Attributes:
        now: All that can be seen of the page: `activities`, `sent`, `stored`, `told`, `asked`
            (of Python), `timers`, `listeners`, and both clocks.
    """

    def __init__(self, node: subprocess.Popen[bytes]) -> None:
        self._node = node
        self.now: dict[str, Any] = {}

    def do(self, what: str, **given: Any) -> dict[str, Any]:
        """Let something happen; what the page has come to."""
        assert self._node.stdin is not None
        assert self._node.stdout is not None
        self._node.stdin.write(json.dumps({"what": what, **given}).encode() + b"\n")
        self._node.stdin.flush()
        answer = json.loads(self._node.stdout.readline())
        assert "failed" not in answer, answer["failed"]
        self.now = answer
        return self.now

    def sent_to(self, path: str) -> list[dict[str, Any]]:
        """The bodies that the server has taken at a path."""
        return [
            one["body"] for one in self.now["sent"] if one["url"].endswith(path) and one["taken"]
        ]

    @property
    def asked(self) -> list[str]:
        """The names of what Python was asked to do."""
        return [name for name, _ in self.now["asked"]]


@contextmanager
def script_page() -> Iterator[ScriptPage]:
    """A page of its own."""
    command = [find_program("node", "test the front end"), str(_SCRIPT)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as node:
        yield ScriptPage(node)
        assert node.stdin is not None
        node.stdin.close()

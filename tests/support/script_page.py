"""The package's JavaScript in Node.js, on pages that a test moves by hand."""

from __future__ import annotations

import json
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from timeback_web.bundle.commands import find_program

if TYPE_CHECKING:
    from collections.abc import Iterator


class Scripts:
    """Modules of the package in Node.js, on a page that a test moves by hand.

    Args:
        node: The process.

    Attributes:
        now: All that was to be seen after the last command.
    """

    def __init__(self, node: subprocess.Popen[bytes]) -> None:
        self._node = node
        self.now: dict[str, Any] = {}

    def do(self, what: str, **given: Any) -> dict[str, Any]:
        """Let something happen; what is to be seen then."""
        assert self._node.stdin is not None
        assert self._node.stdout is not None
        self._node.stdin.write(json.dumps({"what": what, **given}).encode() + b"\n")
        self._node.stdin.flush()
        answer = json.loads(self._node.stdout.readline())
        assert "failed" not in answer, answer["failed"]
        self.now = answer
        return self.now


class ScriptPage(Scripts):
    """A page with the front end in it.

    `now` has its `activities`, `sent`, `stored`, `told`, `asked` (of Python), `timers`, `listeners`
    and both clocks.
    """

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
    with _node("script_page.mjs") as node:
        yield ScriptPage(node)


@contextmanager
def guard_page(*options: str) -> Iterator[Scripts]:
    """A page with a guard for a worker: `now` has what was `posted`, `asked` and `stored`."""
    with _node("guard_page.mjs", *options) as node:
        yield Scripts(node)


@contextmanager
def _node(script: str, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    path = Path(__file__).with_name(script)
    command = [find_program("node", "test what runs in pages"), str(path), *options]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as node:
        yield node
        assert node.stdin is not None
        node.stdin.close()

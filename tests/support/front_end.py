"""The modules of the JavaScript front end, in Node.js, for tests that compare them with Python."""

from __future__ import annotations

import json
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from timeback_web.bundle.commands import find_program

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_SCRIPT = Path(__file__).with_name("front_end.mjs")


@contextmanager
def front_end() -> Iterator[Callable[[str, Any], Any]]:
    """Give a function that asks `front_end.mjs` a question."""
    command = [find_program("node", "test the front end"), str(_SCRIPT)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as node:
        assert node.stdin is not None
        assert node.stdout is not None
        stdin, stdout = node.stdin, node.stdout

        def ask(question: str, details: Any) -> Any:
            stdin.write(json.dumps([question, details]).encode() + b"\n")
            stdin.flush()
            return json.loads(stdout.readline())

        yield ask
        stdin.close()

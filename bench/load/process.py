"""The school's server as a process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.demo_server import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

_ROOT = Path(__file__).parents[2]


@contextmanager
def running_school(database_url: str, learners: int) -> Iterator[str]:
    """The address of a server with so many learners, for the length of a `with` block."""
    port = free_port()
    settings = {"DATABASE_URL": database_url, "PORT": str(port), "DEMO_SECRET": "of this load"}
    command = [sys.executable, "-m", "bench.load.school", str(learners)]
    with subprocess.Popen(
        command, cwd=_ROOT, env=os.environ | settings, stdout=subprocess.PIPE, text=True
    ) as process:
        ready = process.stdout.readline() if process.stdout else ""
        if not ready:
            raise RuntimeError("The server did not start.")
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=30)

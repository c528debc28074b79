"""The official SDK without the layer in front of it, and a second process of the app.

python -m tests.server.second_server <database url> <folder> [hold]

The process says where it is, and stops when its input ends. With `hold` no event gets past its
wire, so a heartbeat stays under way until the process is killed.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from demo.server import outgoing
from demo.server.settings import ROOT
from tests.server.running import RunningDemo

ALONE = "/alone"


def mount_the_sdk_alone(running: RunningDemo) -> None:
    """Mount the SDK's router once more, as an app does that has nothing in front of it."""
    running.wire.app.include_router(running.services.timeback.router, prefix=ALONE)


def with_ids_of_the_sdk(data: Any) -> Any:
    """In place of `outgoing._as_heartbeat`: the event keeps the random id that the SDK gives it.

    So the platform cannot know a repeat, and the journal shows how often a window was counted.
    """
    return data.event


@contextmanager
def second_server(demo: RunningDemo, *options: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The address and the process of a second server on the database of `demo`."""
    settings = demo.settings
    arguments = [settings.database_url, str(settings.bundle_dir.parent), *options]
    command = [sys.executable, "-m", "tests.server.second_server", *arguments]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip(), process
        except BaseException:
            process.kill()
            raise


def _serve(database_url: str, folder: str, *options: str) -> None:
    outgoing._as_heartbeat = with_ids_of_the_sdk
    with RunningDemo(Path(folder), database_url=database_url) as running:
        mount_the_sdk_alone(running)
        running.wire.held = lambda _event: "hold" in options
        sys.stdout.write(f"{running.settings.address}\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    _serve(*sys.argv[1:])

"""A PostgreSQL of the tests' own: a cluster in a folder of its own, reached by a Unix socket there.

The machine's own clusters, if there are any, are left alone. Nothing in it has to outlive a crash,
so it never waits for the disk.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_START_TIMEOUT_S = 60
_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
}


class NoPostgresError(Exception):
    """There is no PostgreSQL here, or it can't be run; the message says what to do."""


def find_postgres() -> Path:
    """The folder with `initdb` and `postgres`: on PATH, or where Debian puts the newest.

    Raises:
        NoPostgresError: It is not installed.
    """
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    newest_first = sorted(debian, key=lambda folder: _number(folder.parent.name), reverse=True)
    on_path = shutil.which("initdb")
    for folder in (*([Path(on_path).resolve().parent] if on_path else []), *newest_first):
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise NoPostgresError("PostgreSQL is not installed: run tools/ensure-postgres")


@contextmanager
def private_cluster(durable: bool = False) -> Iterator[str]:
    """Run a cluster for the length of a `with` block; the SQLAlchemy URL of its first database.

    Args:
        durable: Wait for the disk, as a server does that matters.

    Raises:
        NoPostgresError: It is not installed, or did not start.
    """
    binaries = find_postgres()
    # In /tmp itself: the path of a socket has at most 107 characters.
    folder = Path(tempfile.mkdtemp(prefix="postgres-", dir="/tmp"))
    try:
        identity = _identity()
        if identity:
            shutil.chown(folder, identity["user"], identity["group"])
        _initialize(binaries, folder, identity)
        with _running(binaries, folder, identity, durable):
            yield f"postgresql+psycopg://postgres@/postgres?host={folder}"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _identity() -> dict[str, Any]:
    """Whom to run it as: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            person = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": person.pw_uid, "group": person.pw_gid, "extra_groups": []}
    raise NoPostgresError("root can't run PostgreSQL, and there is no user postgres or nobody")


def _initialize(binaries: Path, folder: Path, identity: dict[str, Any]) -> None:
    # "trust": whoever reaches the socket may come in, and only its owner and root reach it.
    options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
    command = [str(binaries / "initdb"), "--pgdata", str(folder / "data"), *options]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=folder, **identity
    )
    if done.returncode:
        raise NoPostgresError(f"initdb failed: {done.stderr.strip()}")


@contextmanager
def _running(
    binaries: Path, folder: Path, identity: dict[str, Any], durable: bool
) -> Iterator[None]:
    settings = {"unix_socket_directories": str(folder)} | _SETTINGS
    if durable:
        settings |= {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    command = [str(binaries / "postgres"), "-D", str(folder / "data"), *options]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, **identity)
    try:
        _await_ready(binaries, folder, process)
        yield
    finally:
        process.send_signal(signal.SIGINT)  # "fast": without waiting for clients to leave
        process.wait(timeout=30)


def _await_ready(binaries: Path, folder: Path, process: subprocess.Popen[bytes]) -> None:
    ask = [str(binaries / "pg_isready"), "--quiet", "--host", str(folder)]
    deadline = time.monotonic() + _START_TIMEOUT_S
    while subprocess.run(ask, check=False).returncode:
        if process.poll() is not None or time.monotonic() > deadline:
            raise NoPostgresError(f"PostgreSQL did not start: {(folder / 'log').read_text()}")
        time.sleep(0.05)


def _number(version: str) -> float:
    return float(version) if version.replace(".", "", 1).isdecimal() else 0.0

"""Run the load on each database, compare what was sent with what is stored, print a table."""

from __future__ import annotations

import argparse
import asyncio
import random
import resource
import ssl
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from bench.load.learners import Log, VirtualLearner
from bench.load.outcome import Outcome, table, windows_of
from bench.load.process import running_school
from bench.machine import load_now
from tests.support.postgres import NoPostgresError, private_cluster

if TYPE_CHECKING:
    from collections.abc import Iterator

_SIGN_INS_AT_ONCE = 10


def main() -> int:
    """Run; the exit status is 1 when a window was lost or counted twice."""
    asked = argparse.ArgumentParser(prog="python -m bench.load", description=__doc__)
    asked.add_argument("--learners", type=int, default=500)
    asked.add_argument("--seconds", type=float, default=60)
    asked.add_argument("--beat", type=float, default=15, help="seconds from one to the next")
    given = asked.parse_args()
    print(
        f"{given.learners} learners, each beating every {given.beat:g} s for {given.seconds:g} s."
    )
    print(f"Load average before: {load_now():.1f}.\n")
    with _sqlite() as url:
        outcomes = [_run("SQLite", url, given)]
    try:
        # As on a server that matters: every commit waits for the disk.
        with private_cluster(durable=True) as url:
            outcomes.append(_run("PostgreSQL", url, given))
    except NoPostgresError as error:
        print(f"Without PostgreSQL: {error}", file=sys.stderr)
    print("\n".join(table(outcomes)))
    return int(any(each.lost or each.doubled for each in outcomes))


@contextmanager
def _sqlite() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{Path(folder) / 'demo.sqlite3'}"


def _run(name: str, database_url: str, given: argparse.Namespace) -> Outcome:
    log = Log()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with running_school(database_url, given.learners) as address:
        asyncio.run(_school_day(address, given, log))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Outcome.of(name, log, windows_of(database_url), given.seconds, cpu_s)


async def _school_day(address: str, given: argparse.Namespace, log: Log) -> None:
    # One context for all: else each client would read the certificates of the system anew.
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    clients = [
        httpx.AsyncClient(base_url=address, timeout=60, verify=tls) for _ in range(given.learners)
    ]
    learners = [VirtualLearner(number, client, log) for number, client in enumerate(clients)]
    few = asyncio.Semaphore(_SIGN_INS_AT_ONCE)

    async def sign_in(learner: VirtualLearner) -> None:
        async with few:
            await learner.sign_in()

    dice = random.Random(1)
    try:
        await asyncio.gather(*map(sign_in, learners))
        await asyncio.gather(
            *(learner.work(given.seconds, given.beat, dice) for learner in learners)
        )
    finally:
        for client in clients:
            await client.aclose()


if __name__ == "__main__":
    sys.exit(main())

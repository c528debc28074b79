"""A running demo, once on SQLite and once on PostgreSQL. Every test finds it empty."""

import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from demo.server import journal_stream
from tests.server.running import RunningDemo
from tests.support.postgres import NoPostgresError, private_cluster


@pytest.fixture(scope="session", params=["sqlite", "postgresql"], autouse=True)
def database_server(request: pytest.FixtureRequest) -> Iterator[str]:
    """Where `running.database_url` makes databases; all tests run on both.

    POSTGRES=required makes it a failure when there is no PostgreSQL; POSTGRES=no leaves it out.
    `DEMO_TEST_POSTGRES` names a server to use in place of a private one.
    """
    with pytest.MonkeyPatch.context() as environment:
        given = os.environ.get("DEMO_TEST_POSTGRES")
        if request.param == "sqlite":
            environment.delenv("DEMO_TEST_POSTGRES", raising=False)
            yield "sqlite"
        elif given:
            yield given
        else:
            yield from _private_server(environment)


def _private_server(environment: pytest.MonkeyPatch) -> Iterator[str]:
    wanted = os.environ.get("POSTGRES", "")
    if wanted == "no":
        pytest.skip("POSTGRES=no")
    with ExitStack() as stack:
        try:
            url = stack.enter_context(private_cluster())
        except NoPostgresError as error:
            if wanted == "required":
                raise
            pytest.skip(f"no PostgreSQL: {error}")
        environment.setenv("DEMO_TEST_POSTGRES", url)
        yield url


@pytest.fixture(scope="session")
def shared_demo(
    database_server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningDemo]:
    with RunningDemo(tmp_path_factory.mktemp("shared-demo")) as running:
        yield running


@pytest.fixture
def demo(shared_demo: RunningDemo) -> RunningDemo:
    shared_demo.reset()
    return shared_demo


@pytest.fixture(autouse=True)
def streams_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """An open journal ends after its first event: whoever asks every route gets every answer."""
    monkeypatch.setattr(journal_stream, "LIFE_S", 0)

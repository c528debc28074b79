"""A running demo. It is started once; every test finds it empty."""

from collections.abc import Iterator

import pytest

from demo.server import journal_stream
from tests.server.running import RunningDemo


@pytest.fixture(scope="session")
def shared_demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDemo]:
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

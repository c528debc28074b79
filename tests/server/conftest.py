"""A running demo. It is started once; every test finds it empty."""

from collections.abc import Iterator

import pytest

from tests.server.running import RunningDemo


@pytest.fixture(scope="session")
def shared_demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDemo]:
    with RunningDemo(tmp_path_factory.mktemp("shared-demo")) as running:
        yield running


@pytest.fixture
def demo(shared_demo: RunningDemo) -> RunningDemo:
    shared_demo.reset()
    return shared_demo

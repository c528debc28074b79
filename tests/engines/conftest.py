"""Browsers other than Chromium, on the real demo server."""

from __future__ import annotations

import os
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.e2e.conftest import demo, eventually
from tests.engines.engine import EngineMissingError
from tests.engines.engine_page import EnginePage
from tests.engines.figures import note_figure
from tests.engines.firefox import launch_firefox
from tests.engines.webkit import launch_webkit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from tests.engines.engine import Engine
    from tests.support.demo_server import DemoServer

__all__ = ["demo", "eventually"]

_LAUNCHERS = {"firefox": launch_firefox, "webkit": launch_webkit}


@pytest.fixture(scope="session", params=_LAUNCHERS)
def engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """A running browser; where there is none, its tests are skipped (but not by `make engines`)."""
    launch: Callable[..., AbstractContextManager[Engine]] = _LAUNCHERS[request.param]
    with ExitStack() as stack:
        try:
            running = stack.enter_context(launch(tmp_path_factory.mktemp(request.param)))
        except EngineMissingError as missing:
            if os.environ.get("ENGINES") == "required":
                raise
            pytest.skip(str(missing))
        yield running


@pytest.fixture
def page(engine: Engine, demo: DemoServer) -> Iterator[EnginePage]:
    """A page that is not open yet, in a browser that has nothing stored."""
    page = EnginePage(engine, demo.url)
    yield page
    page.forget()


@pytest.fixture
def figure(engine: Engine, request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Note something measured; it is shown when all is over."""
    return lambda words: note_figure(request.node, f"{engine.name} {engine.version}: {words}")


@pytest.fixture
def cut(engine: Engine, demo: DemoServer) -> Callable[[], AbstractContextManager[None]]:
    """Cut the line between page and server for the length of a `with` block."""

    @contextmanager
    def cut_() -> Iterator[None]:
        demo.stop()
        with engine.offline():
            try:
                yield
            finally:
                demo.start()

    return cut_

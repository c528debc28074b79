"""What a document's Python finds: a page to run in, the app's own functions, and a real server."""

from __future__ import annotations

import ast
import asyncio
import inspect
import uuid
from contextlib import ExitStack
from types import CodeType, SimpleNamespace
from typing import TYPE_CHECKING, Any

from demo.server.sdk import build_timeback, use_local_platform
from demo.server.signin import SignIn
from tests.server.running import RunningDemo
from timeback_web.testing import FakeBrowser

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest
    from sybil import Example
    from timeback.server.adapters.fastapi import TimebackFastAPI

_TOP_LEVEL_AWAIT = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT


class RealServer:
    """The official SDK beside a demo that listens: started when a document first asks for it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stack = ExitStack()
        self._demo: RunningDemo | None = None
        self._timeback: TimebackFastAPI | None = None
        self._seen = 0

    @property
    def timeback(self) -> TimebackFastAPI:
        """The server's `timeback`, whose platform is that of the demo."""
        if self._timeback is None:
            self._demo = self._stack.enter_context(RunningDemo(self._folder))
            settings = self._demo.settings
            hooks = self._demo.services.timeback.instance.config.hooks
            self._timeback = build_timeback(settings, SignIn(settings.secret), hooks)
            use_local_platform(self._timeback, settings)
        return self._timeback

    def events(self, kind: str) -> list[dict[str, Any]]:
        """What the platform has taken of that kind."""
        assert self._demo
        return self._demo.wire.taken(kind)

    async def close(self) -> None:
        if self._timeback is not None:
            await self._timeback.close()

    def stop(self) -> None:
        self._stack.close()


class PythonWorld:
    """Runs the blocks of one document, one after the other, in one namespace."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self._monkeypatch = monkeypatch
        self._server = RealServer(folder)
        self._runner = asyncio.Runner()
        self._tests_run: set[str] = set()
        saved: dict[str, str] = {}

        async def load_progress(lesson: str) -> SimpleNamespace:
            return SimpleNamespace(run_id=saved.get(lesson))

        async def save_progress(lesson: str, *, run_id: str) -> None:
            saved[lesson] = run_id

        self.names: dict[str, Any] = {
            "__name__": "a_document",
            "FakeBrowser": FakeBrowser,
            "load_progress": load_progress,
            "save_progress": save_progress,
            "saved": saved,
            "server": self._server,
            "use_page": self._use_page,
            "other_run": lambda: str(uuid.uuid4()),
        }
        self._use_page(FakeBrowser())

    def __call__(self, example: Example) -> None:
        """Run one block: Sybil's evaluator."""
        code = self._compile(example)
        result = eval(code, self.names)
        if inspect.iscoroutine(result):
            self._runner.run(result)
        self._run_tests()

    def close(self) -> None:
        self._runner.run(self._server.close())
        self._runner.close()
        self._server.stop()

    def _use_page(self, browser: FakeBrowser) -> None:
        """Have `Timeback()` find this page, as it finds the real one in a browser."""
        self._monkeypatch.setattr("timeback_web.client._this_page", lambda: browser)

    @staticmethod
    def _compile(example: Example) -> CodeType:
        tree = ast.parse(str(example.parsed), example.path)
        ast.increment_lineno(tree, example.line + example.parsed.line_offset)
        return compile(tree, example.path, "exec", flags=_TOP_LEVEL_AWAIT)

    def _run_tests(self) -> None:
        """What a block defines as a test is one."""
        for name in [name for name in self.names if name.startswith("test_")]:
            if name not in self._tests_run:
                self._tests_run.add(name)
                test: Callable[[], None] = self.names[name]
                test()

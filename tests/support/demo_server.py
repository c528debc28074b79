"""The real demo server, really listening, that a test can stop and start again."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import uvicorn
from starlette.staticfiles import StaticFiles

from demo.server import content_policy
from demo.server.app import create_app
from demo.server.serving import Server
from demo.server.settings import ROOT, STATE_DIR, Settings
from tests.support.wire import Wire, WireTap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext

E2E_PAGES = Path(__file__).parents[1] / "e2e" / "pages"
_START_TIMEOUT_S = 30


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class _Pages(StaticFiles):
    """The tests' own pages, as strict as the demo's; their inline scripts are named by digest."""

    def __init__(self, *, isolated: bool = False) -> None:
        super().__init__(directory=E2E_PAGES)
        self._isolated = isolated

    async def get_response(self, path: str, scope: Any) -> Any:
        response = await super().get_response(path, scope)
        response.headers["Content-Security-Policy"] = _policy(E2E_PAGES / path)
        if self._isolated:  # with this, a page has SharedArrayBuffer
            response.headers["Cross-Origin-Embedder-Policy"] = "require-corp"
        return response


def _policy(page: Path) -> str:
    if page.suffix != ".html":
        return content_policy.PYTHON  # the file of a worker
    text = page.read_text()
    kind = content_policy.WORKER if '<script type="py" worker' in text else content_policy.PYTHON
    return content_policy.with_inline(text, kind)


class DemoServer:
    """The demo on `port`, with its database in `state_dir`; stop and start keep the database."""

    def __init__(
        self,
        state_dir: Path,
        bundle_dir: Path,
        port: int,
        *,
        frameworks_dir: Path | None = None,
        lessons_dir: Path | None = None,
        site_dir: Path | None = None,
    ) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.wire = Wire()
        self._settings = Settings(
            port=port,
            database_url=f"sqlite:///{state_dir / 'demo.sqlite3'}",
            secret="the secret of the tests",
            bundle_dir=bundle_dir,
            frameworks_dir=frameworks_dir or STATE_DIR / "frameworks",
            site_dir=site_dir or STATE_DIR / "site",
            lessons_dir=lessons_dir or ROOT / "demo" / "lessons",
            faults=True,
            retry_base_ms=200,
        )
        self._server: Server | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        app = create_app(self._settings)
        app.mount("/e2e", _Pages())
        app.mount("/isolated", _Pages(isolated=True))
        config = uvicorn.Config(
            WireTap(app, self.wire),
            host=self._settings.host,
            port=self._settings.port,
            log_level="warning",
            timeout_graceful_shutdown=2,
        )
        self._server = Server(config, app.state.services.stopping)
        self._thread = threading.Thread(target=self._server.run, name="demo", daemon=True)
        self._thread.start()
        deadline = time.monotonic() + _START_TIMEOUT_S
        while not self._server.started:
            assert self._thread.is_alive(), "the demo server ended at once"
            assert time.monotonic() < deadline, "the demo server did not start"
            time.sleep(0.02)

    def stop(self) -> None:
        if self._server and self._thread:
            self._server.should_exit = True
            self._thread.join(timeout=_START_TIMEOUT_S)
            self._server = self._thread = None

    @contextmanager
    def api(self, learner: str) -> Iterator[httpx.Client]:
        """An HTTP client that is signed in as `learner`."""
        with httpx.Client(base_url=self.url, timeout=30) as client:
            client.post("/api/signin", json={"learner": learner}).raise_for_status()
            yield client

    def sign_in(self, context: BrowserContext, learner: str) -> None:
        """Give a browser the cookie of `learner`."""
        with self.api(learner) as client:
            cookies = [
                {"name": cookie.name, "value": cookie.value or "", "url": self.url}
                for cookie in client.cookies.jar
            ]
        context.add_cookies(cookies)  # type: ignore[arg-type]

    def journal(self, learner: str, run_id: str) -> dict[str, Any]:
        """What the platform received of a run."""
        with self.api(learner) as client:
            answer = client.get("/api/journal", params={"run_id": run_id})
            return dict(answer.raise_for_status().json())

    def platform(self, **state: str) -> None:
        """Switch `events` or `roster` of the local platform `up` or `down`."""
        httpx.post(f"{self.url}/platform/faults", json=state).raise_for_status()

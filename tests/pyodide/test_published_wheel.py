"""The wheel that would be published, in a page: installed as people install it there."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.pyodide.conftest import SUB_PATH, Traffic
from tests.support.distributions import build_distributions
from tests.support.static_site import StaticSite

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("published-wheel")]

INSTALL = {
    "micropip": """
        await python.loadPackage("micropip");
        await python.runPythonAsync(`import micropip; await micropip.install("${wheel}")`);
    """,
    "loadPackage": "await python.loadPackage(wheel);",
}
START = """
import asyncio, importlib.metadata, sys
from timeback_web import Timeback

activity = Timeback().activity.start(
    id="lesson-1", name="Fractions", course={"subject": "Math", "grade": 3}
)
await asyncio.sleep(1)
await activity.end()
assert "pydantic" not in sys.modules
activity.run_id
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_distributions(tmp_path_factory.mktemp("dist")).wheel


@pytest.fixture
def address(site: StaticSite, www: Path, wheel: Path) -> str:
    """Where the wheel is served, beside a page that has nothing yet."""
    shutil.copy(wheel, www)
    (www / "index.html").write_text("<!doctype html><link rel=icon href='data:,'><title>-</title>")
    return f"{site.origin}/{wheel.name}"


@pytest.mark.parametrize("way", INSTALL)
def test_it_installs_and_counts(
    page: Page, traffic: Traffic, site: StaticSite, address: str, way: str
) -> None:
    page.goto(site.origin)
    run_id = page.evaluate(
        f"""async ([module, wheel, start]) => {{
            const {{ loadPyodide }} = await import(module);
            const python = await loadPyodide();
            {INSTALL[way]}
            return await python.runPythonAsync(start);
        }}""",
        [f"/{SUB_PATH}/pyodide/pyodide.mjs", address, START],
    )
    beats = site.heartbeats()
    assert {beat["runId"] for beat in beats} == {run_id}
    assert sum(beat["elapsedMs"] for beat in beats) >= 900
    traffic.assert_local(site.origin)

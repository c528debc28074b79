"""The real bundle, on a plain file server, in a real browser."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from textwrap import dedent

import pytest
from playwright.sync_api import Page, expect

from tests.pyodide.conftest import SUB_PATH, Traffic
from tests.support.bundle import built_bundle
from tests.support.static_site import StaticSite, serve

pytestmark = pytest.mark.browser

PROBE = dedent("""
    import importlib.metadata, importlib.util, json
    import timeback_web
    from timeback_web.browser.packages import PagePackages

    pydantic_at_boot = importlib.util.find_spec("pydantic") is not None
    await PagePackages().load("pydantic")
    import pydantic

    versions = {
        "pydantic at boot": pydantic_at_boot,
        "timeback-web": importlib.metadata.version("timeback-web"),
        "pydantic": pydantic.VERSION,
        "exports": hasattr(timeback_web, "Timeback"),
        "host only": hasattr(timeback_web, "bundle"),
    }
""")


def expected_versions() -> dict[str, object]:
    versions = json.loads((built_bundle() / "manifest.json").read_bytes())["versions"]
    return {
        "pydantic at boot": False,
        "timeback-web": versions["timeback-web"],
        "pydantic": versions["pydantic"],
        "exports": True,
        "host only": False,
    }


def html(*head: str) -> str:
    return "<!doctype html><link rel=icon href='data:,'>" + "".join(head)


def walk_through(page: Page, address: str, site: StaticSite) -> None:
    """Read, pause, go on, finish: as a learner would."""
    page.goto(address)
    state, pause = page.locator("#state"), page.locator("#pause")
    expect(state).to_have_text("Counting.", timeout=60_000)
    expect(page.locator("#time")).to_have_text("Active for 1 s", timeout=10_000)
    pause.click()
    expect(state).to_have_text("Paused.")
    expect(pause).to_have_text("Resume")
    pause.click()
    expect(state).to_have_text("Counting.")
    page.locator("#finish").click()
    expect(state).to_have_text("Done.")
    assert sum(beat["elapsedMs"] for beat in site.heartbeats()) >= 1000
    assert {beat["id"] for beat in site.heartbeats()} == {"lesson-1"}


def test_the_page_of_the_bundle_works_at_the_root(page: Page, traffic: Traffic) -> None:
    with serve(built_bundle()) as site:
        walk_through(page, f"{site.origin}/", site)
        traffic.assert_local(site.origin)


def test_the_page_of_the_bundle_works_in_a_sub_path(
    page: Page, traffic: Traffic, site: StaticSite
) -> None:
    walk_through(page, f"{site.origin}/{SUB_PATH}/index.html", site)
    traffic.assert_local(site.origin)
    below = f"{site.origin}/{SUB_PATH}/"
    outside = [url for url in traffic.urls if not url.startswith((below, "data:"))]
    assert {url.removeprefix(site.origin) for url in outside} <= {
        "/api/timeback/activity/heartbeat"
    }


def test_a_page_in_another_folder_uses_the_bundle(
    page: Page, traffic: Traffic, site: StaticSite, www: Path
) -> None:
    show = "from pyscript import document\ndocument.title = json.dumps(versions)"
    lesson = www / "lesson" / "fractions"
    lesson.mkdir(parents=True)
    (lesson / "lesson.py").write_text(PROBE + show)
    (lesson / "index.html").write_text(
        html(
            f"<script type=module src=/{SUB_PATH}/pyscript/core.js></script>",
            f"<script type=py src=lesson.py config=/{SUB_PATH}/pyscript.json></script>",
        )
    )
    page.goto(f"{site.origin}/lesson/fractions/")
    page.wait_for_function("document.title !== ''")
    assert json.loads(page.title()) == expected_versions()
    traffic.assert_local(site.origin)


def test_a_config_of_the_pages_own_uses_the_bundle(
    page: Page, traffic: Traffic, site: StaticSite, www: Path
) -> None:
    """Also by PyScript's ordinary way of installing packages, which goes through micropip."""
    show = "from pyscript import document\ndocument.title = json.dumps(versions)"
    (www / "lesson.py").write_text(PROBE + show)
    (www / "index.html").write_text(
        html(
            f"<script type=module src={SUB_PATH}/pyscript/core.js></script>",
            '<py-config>{"packages": ["timeback-web", "pyodide-http"]}</py-config>',
            "<script type=py src=lesson.py></script>",
        )
    )
    page.goto(site.origin)
    page.wait_for_function("document.title !== ''")
    assert json.loads(page.title()) == expected_versions()
    traffic.assert_local(site.origin)


def test_a_returning_visitor_gets_the_new_bundle(page: Page, tmp_path: Path) -> None:
    """PyScript's own cache of packages would go on asking for the wheels of the former one."""
    # Copies are new files: a server that sends no Cache-Control lets a browser keep old ones.
    copy = shutil.copytree(built_bundle(), tmp_path / "copy", copy_function=shutil.copyfile)
    with serve(copy) as site:
        visit(page, site)
        rename_own_wheel(copy / "pyodide")
        visit(page, site)


def visit(page: Page, site: StaticSite) -> None:
    page.goto(site.origin)
    expect(page.locator("#state")).to_have_text("Counting.", timeout=60_000)


def rename_own_wheel(folder: Path) -> None:
    """Do what a deployment of a changed timeback_web does."""
    for copy in (*folder.glob("*.br"), *folder.glob("*.gz")):
        copy.unlink()  # what is served then is what is changed here
    [wheel] = folder.glob("timeback_web-*.whl")
    renamed = wheel.rename(wheel.with_name(wheel.name.replace("-0_", "-1_")))
    lock = folder / "pyodide-lock.json"
    lock.write_text(lock.read_text().replace(wheel.name, renamed.name))


def test_a_worker_uses_the_bundle(
    page: Page, traffic: Traffic, site: StaticSite, www: Path
) -> None:
    report = dedent("""
        from pyodide.http import pyfetch
        from js import location

        await pyfetch(f"{location.origin}/versions", method="POST", body=json.dumps(versions))
    """)
    (www / "worker.py").write_text(PROBE + report)
    (www / "index.html").write_text(
        html(
            f"<script type=module src={SUB_PATH}/pyscript/core.js></script>",
            f"<script type=py worker src=worker.py config={SUB_PATH}/pyscript.json></script>",
        )
    )
    page.goto(site.origin)
    page.wait_for_event("requestfinished", lambda request: request.method == "POST")
    assert [report.body for report in site.reports] == [expected_versions()]
    traffic.assert_local(site.origin)


def test_plain_pyodide_uses_the_bundle(
    page: Page, traffic: Traffic, site: StaticSite, www: Path
) -> None:
    (www / "index.html").write_text(html("<title>plain</title>"))
    page.goto(site.origin)
    versions = page.evaluate(
        """async ([module, code]) => {
            const { loadPyodide } = await import(module);
            const python = await loadPyodide({ packages: ["timeback-web", "pyodide-http"] });
            await python.runPythonAsync(code);
            return await python.runPythonAsync("json.dumps(versions)");
        }""",
        [f"/{SUB_PATH}/pyodide/pyodide.mjs", PROBE],
    )
    assert json.loads(versions) == expected_versions()
    traffic.assert_local(site.origin)

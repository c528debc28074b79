"""What there is to see beside the lessons."""

from pathlib import Path

from tests.server.running import RunningDemo


def test_the_home_page_learns_what_has_been_built(tmp_path: Path) -> None:
    with RunningDemo(tmp_path, site_dir=tmp_path / "site") as demo:
        browser = demo.browser()
        assert browser.get("/api/extras").json() == {"frameworks": [], "docs": False}
        for page in ("frameworks/vue", "frameworks/react", "site/index"):
            path = tmp_path / f"{page}.html"
            path.parent.mkdir(exist_ok=True)
            path.write_text("<p>")
        found = browser.get("/api/extras").json()
        assert found == {"frameworks": ["react", "vue"], "docs": True}

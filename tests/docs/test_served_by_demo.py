"""The demo serves the site at /docs/, once it is built."""

from __future__ import annotations

from tests.server.running import RunningDemo


def test_the_demo_serves_the_site(tmp_path):
    site = tmp_path / "site"
    (site / "guide").mkdir(parents=True)
    (site / "index.html").write_text("<!doctype html><title>Overview</title>")
    (site / "guide" / "index.html").write_text("<!doctype html><title>The guide</title>")
    with RunningDemo(tmp_path, site_dir=site) as demo:
        browser = demo.browser()
        assert "Overview" in browser.get("/docs/").text
        assert "The guide" in browser.get("/docs/guide/").text
        to_the_folder = browser.get("/docs/guide")
        assert to_the_folder.is_redirect
        assert to_the_folder.headers["location"].endswith("/docs/guide/")
        assert browser.get("/docs/nowhere/").status_code == 404


def test_it_says_what_to_do_when_there_is_none(tmp_path):
    with RunningDemo(tmp_path, site_dir=tmp_path / "site") as demo:
        answer = demo.browser().get("/docs/")
        assert answer.status_code == 404
        assert "make docs" in answer.text

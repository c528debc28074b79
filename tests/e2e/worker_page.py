"""Tabs in whose worker a test runs Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page


def open_worker(tab: Page, url: str, *, isolated: bool) -> None:
    """Go to `worker.html`, with SharedArrayBuffer (`isolated`) or without; Python is not ready."""
    folder = "isolated" if isolated else "e2e"
    tab.goto(f"{url}/{folder}/worker.html")
    assert tab.evaluate("crossOriginIsolated") is isolated

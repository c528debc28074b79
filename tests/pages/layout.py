"""What is wrong with the layout of a page, whatever its fonts and colours."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

_FIND = Path(__file__).with_name("layout.js").read_text("utf-8")

WATCH_SHIFTS = """
    window.shifted = 0;
    new PerformanceObserver((list) => {
        for (const { value, hadRecentInput } of list.getEntries()) {
            if (!hadRecentInput) window.shifted += value;
        }
    }).observe({ type: 'layout-shift', buffered: true });
"""
"""Adds up by how much the page has jumped (cumulative layout shift), from its first moment."""

GOOD_SHIFT = 0.1
"""What the field calls good: https://web.dev/articles/cls."""


def layout_problems(page: Page) -> list[str]:
    """Overflow, text that is cut off, text on text; nothing when all is well."""
    return [str(problem) for problem in page.evaluate(_FIND)]


def layout_shift(page: Page) -> float:
    return float(page.evaluate("window.shifted"))

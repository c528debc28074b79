"""The order of the tests."""

from __future__ import annotations

import pytest


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what needs no browser first.

    It is quick, and it runs event loops of its own; once Playwright's loop runs in this thread, no
    other may.
    """
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)

"""The order of the tests, and which of them share a process (`make test` has two).

pytest-xdist hands out groups of tests, in this order, to whichever process is free. A test in a
browser is a group of its own, unless its file says otherwise (`xdist_group`).
"""

from __future__ import annotations

import pytest

# What takes long goes first, so that no process has much left to do when the others are done.
_FIRST = ("server", "property", "engines", "faults")
# Whose tests share what is made once a process and takes its time: a server, a browser.
_TOGETHER = {"server": "database_server", "engines": "engine"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Name the groups, before pytest-xdist looks for them."""
    for item in items:
        group = _group(item)
        if group and not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group(group))


class _Last:
    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Order them once pytest has done so: by what they share."""
        items.sort(key=_turn)


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(_Last(), "order-last")


def _group(item: pytest.Item) -> str | None:
    folder = item.path.parent.name
    shared = _TOGETHER.get(folder)
    if shared and isinstance(item, pytest.Function):
        return f"{folder}-{item.callspec.params[shared]}"
    return None if _in_browser(item) else f"{folder}-{item.path.stem}"


def _turn(item: pytest.Item) -> tuple[bool, int]:
    """What needs no browser first.

    It runs event loops of its own; once Playwright's loop runs in this thread, no other may.
    """
    folder = item.path.parent.name
    rank = _FIRST.index(folder) if folder in _FIRST else len(_FIRST)
    return _in_browser(item), rank


def _in_browser(item: pytest.Item) -> bool:
    return item.get_closest_marker("browser") is not None

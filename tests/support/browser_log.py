"""When a test in Chromium fails: what the browser said, and whether a page died, and of what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.chromium import Chromium

if TYPE_CHECKING:
    from collections.abc import Iterator

_SHOWN_CHARACTERS = 4_000
_BEGIN: pytest.StashKey[int] = pytest.StashKey()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Begin anew: the browser serves many tests."""
    chromium = _chromium(item)
    if chromium:
        chromium.deaths.clear()
        item.stash[_BEGIN] = chromium.log.stat().st_size
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[pytest.TestReport]:
    report: pytest.TestReport = yield
    chromium = _chromium(item)
    if chromium and report.failed:
        said = chromium.log.read_bytes()[item.stash.get(_BEGIN, 0) :].decode(errors="replace")
        report.sections.append(("Chromium", said[-_SHOWN_CHARACTERS:]))
        report.sections.append(("pages whose process died", "\n".join(chromium.deaths) or "none"))
    return report


def _chromium(item: pytest.Item) -> Chromium | None:
    found = getattr(item, "funcargs", {}).get("chromium")
    return found if isinstance(found, Chromium) else None

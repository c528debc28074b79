"""The browser, the server and the pages of the long run: those of the other tests."""

from tests.e2e.conftest import browser, demo

__all__ = ["browser", "demo"]

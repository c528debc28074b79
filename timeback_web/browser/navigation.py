"""Going elsewhere."""

from __future__ import annotations

from js import window


class PageNavigation:
    """The page's address bar."""

    def go(self, url: str) -> None:
        """Leave this page for `url`."""
        window.location.assign(url)

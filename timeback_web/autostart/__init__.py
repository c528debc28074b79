"""Tracking for a page whose author writes no Python: attributes of an element say what to track.

| module | one idea |
|---|---|
| `watch.py` | which element of the page counts, as elements come and go |
| `tracked.py` | one element, from its attributes to the end of its activity |
| `state_attributes.py` | what the element says of it: attributes, events, the console |
| `attributes.py` | what the attributes ask for; pure |
| `progress.py` | the run, loaded from the app's own server and saved there |
| `time_before_run.py` | the time that passes until the run is known |

What it needs of a page is the port `ports/elements.py`; `browser/elements.py` has the real one.

None of it is in the wheel that every page loads: in a bundle it is a package of its own,
`timeback-web-autostart`. What page authors write: docs/recipes/one-tag.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from timeback_web.autostart.watch import Watch

__all__ = ["watch_page"]

_watches: list[Watch] = []


def watch_page() -> Watch:
    """Track the element of this page that has `data-timeback-activity`, now or later.

    Harmless when called again: a page is watched once.

    Returns:
        What can stop it.

    Raises:
        NotInBrowserError: There is no page; a worker has none.
    """
    from timeback_web.autostart.watch import Watch
    from timeback_web.browser import PageBrowser
    from timeback_web.browser.elements import PageElements

    if not _watches or _watches[-1].stopped:
        _watches[:] = [Watch(PageBrowser(), PageElements())]
    return _watches[-1]

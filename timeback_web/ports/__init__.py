"""What the package needs of a page, of the other tabs, of the network and of storage, as protocols.

`timeback_web.browser` answers them in a real page, `timeback_web.testing.FakeBrowser` by hand.
Everything here is a plain call with callbacks: a page that is closing runs no further task, so
nothing on the way from an event to its send may wait (invariant 5).

What only few pages need is not loaded with the rest: `worker_guard` (Python in a worker) and
`elements` (tracking by attributes).
"""

from timeback_web.ports.browser import Browser
from timeback_web.ports.network import HANDED_OVER, Answer, Armed, Network, Request
from timeback_web.ports.page import (
    Cancel,
    Clock,
    Lifecycle,
    Navigation,
    Packages,
    PageEvent,
    PageRecord,
    Timers,
)
from timeback_web.ports.storage import Storage, StorageError
from timeback_web.ports.tabs import Channel, Channels, Locks

__all__ = [
    "HANDED_OVER",
    "Answer",
    "Armed",
    "Browser",
    "Cancel",
    "Channel",
    "Channels",
    "Clock",
    "Lifecycle",
    "Locks",
    "Navigation",
    "Network",
    "Packages",
    "PageEvent",
    "PageRecord",
    "Request",
    "Storage",
    "StorageError",
    "Timers",
]

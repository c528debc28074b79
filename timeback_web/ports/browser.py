"""All the ports of one page, together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from random import Random

    from timeback_web.ports.network import Network
    from timeback_web.ports.page import Clock, Lifecycle, Navigation, Packages, PageRecord, Timers
    from timeback_web.ports.storage import Storage
    from timeback_web.ports.tabs import Channels, Locks
    from timeback_web.ports.worker_guard import WorkerGuard


class Browser(Protocol):
    """All the ports of one page."""

    @property
    def clock(self) -> Clock: ...  # noqa: D102
    @property
    def timers(self) -> Timers: ...  # noqa: D102
    @property
    def lifecycle(self) -> Lifecycle: ...  # noqa: D102
    @property
    def page_record(self) -> PageRecord: ...  # noqa: D102
    @property
    def network(self) -> Network: ...  # noqa: D102
    @property
    def storage(self) -> Storage: ...  # noqa: D102
    @property
    def locks(self) -> Locks: ...  # noqa: D102
    @property
    def channels(self) -> Channels: ...  # noqa: D102
    @property
    def rng(self) -> Random: ...  # noqa: D102
    @property
    def navigation(self) -> Navigation: ...  # noqa: D102
    @property
    def packages(self) -> Packages: ...  # noqa: D102
    @property
    def worker_guard(self) -> WorkerGuard | None: ...  # noqa: D102

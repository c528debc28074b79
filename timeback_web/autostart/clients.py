"""The clients of a watched page: one for each server, all of one learner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from timeback_web.client import Timeback

if TYPE_CHECKING:
    from timeback_web.autostart.attributes import Wanted
    from timeback_web.ports import Browser


class Clients:
    """Makes them when they are asked for.

    Args:
        browser: The page.
    """

    def __init__(self, browser: Browser) -> None:
        """Make none yet."""
        self._browser = browser
        self._by_server: dict[str, Timeback] = {}
        self._late: list[Timeback] = []

    def get(self, wanted: Wanted, late: bool) -> Timeback:
        """The client of a server; a late session gets one of its own, as another may be open."""
        client = None if late else self._by_server.get(wanted.server)
        if client is None:
            client = Timeback(wanted.server, learner=wanted.learner, browser=self._browser)
            if late:
                self._late.append(client)
            else:
                self._by_server[wanted.server] = client
        return client

    def sign_in(self, learner: str | None) -> None:
        """Who is signed in now; what belongs to another learner is kept, and not sent any more.

        The server books what it gets for whoever's cookie comes with it.
        """
        for server in self._by_server:
            self._browser.page_record.signs_in(server.rstrip("/"), learner or "")

    def close(self) -> None:
        """Close them all."""
        clients = [*self._by_server.values(), *self._late]
        self._by_server, self._late = {}, []
        for client in clients:
            client.close()

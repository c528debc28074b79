"""A session that the app's server times (`time=False`)."""

import asyncio

from pyscript import window

from .api import api


class ServerSession:
    """A session on the server: it runs while the page says that it is open."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._id: str | None = None
        self._wanted = False
        self._turn = asyncio.Lock()

    async def open(self) -> None:
        """Open a session, unless one is open."""
        self._wanted = True
        async with self._turn:
            if self._wanted and self._id is None:
                self._id = (await api("POST", self._path))["sessionId"]
        if not self._wanted:  # the page was hidden meanwhile
            self.close()

    def close(self) -> None:
        """Close the session in this very moment: the page may have no later one."""
        self._wanted = False
        if self._id is not None:
            window.navigator.sendBeacon(f"{self._path}/{self._id}/close")
            self._id = None

    async def end(self) -> None:
        """Close the session and wait until the server knows."""
        self._wanted = False
        if self._id is not None:
            session_id, self._id = self._id, None
            await api("POST", f"{self._path}/{session_id}/close")

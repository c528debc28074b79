"""The web server, which tells its open streams when it stops."""

import asyncio
import socket

import uvicorn


class Server(uvicorn.Server):
    """Sets `stopping` before it waits for what is under way.

    A journal that is open is always under way. Told in time, it ends as a stream should, and its
    browser comes back when there is a server again; untold, it would be cut off after the grace
    period, which every stop would have to wait for.

    Args:
        config: As for `uvicorn.Server`.
        stopping: What the streams of the app wait for.
    """

    def __init__(self, config: uvicorn.Config, stopping: asyncio.Event) -> None:
        super().__init__(config)
        self._stopping = stopping

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop: streams first."""
        self._stopping.set()
        await super().shutdown(sockets)
        # Whoever is still there after the grace period (uvicorn leaves their sockets open).
        for connection in list(self.server_state.connections):
            if (transport := getattr(connection, "transport", None)) is not None:
                transport.abort()
        await asyncio.sleep(0)

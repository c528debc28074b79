"""`python -m demo.server`: run the demo on this machine."""

import asyncio
import logging
import socket
import sys

import uvicorn

from .app import create_app
from .serving import Server
from .settings import Settings, SettingsError


class _AnnouncingServer(Server):
    """Says where it is as soon as it answers, not before."""

    def __init__(self, config: uvicorn.Config, stopping: asyncio.Event, address: str) -> None:
        super().__init__(config, stopping)
        self._address = address

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            sys.stdout.write(f"The demo is ready: {self._address}\n")
            sys.stdout.flush()


def main() -> int:
    """Run until interrupted; return the exit status."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        settings = Settings.from_env()
        app = create_app(settings)
    except (SettingsError, ValueError) as error:
        return _refuse(str(error))
    try:
        listening = _listen(settings.host, settings.port)
    except OSError as error:
        return _refuse(f"Port {settings.port} can't be used: {error.strerror}. Set PORT.")
    with listening:
        config = uvicorn.Config(
            app, log_level="warning", access_log=False, timeout_graceful_shutdown=5
        )
        server = _AnnouncingServer(config, app.state.services.stopping, settings.address)
        try:
            asyncio.run(server.serve(sockets=[listening]))
        except KeyboardInterrupt:
            return 130
    return 0 if server.started else 1


def _listen(host: str, port: int) -> socket.socket:
    listening = socket.socket()
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
    except OSError:
        listening.close()
        raise
    return listening


def _refuse(reason: str) -> int:
    sys.stderr.write(f"{reason}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())

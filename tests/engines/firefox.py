"""Firefox, by Marionette: the protocol that is built into it, and that geckodriver speaks, too."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import time
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tests.engines.engine import (
    SCRIPT_TIMEOUT_S,
    START_TIMEOUT_S,
    EngineMissingError,
    as_async,
    unpack,
)
from tests.support.demo_server import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_NAMES = ("firefox-esr", "firefox")


class Firefox:
    """Works on tabs of one window."""

    name = "Firefox"

    def __init__(self, marionette: Any) -> None:
        self._marionette = marionette
        self._blank = marionette.current_window_handle
        self._tab = ""
        self.version = str(marionette.session_capabilities["browserVersion"])

    def open_tab(self) -> None:
        self._tab = self._marionette.open(type="tab", focus=True)["handle"]
        self._marionette.switch_to_window(self._tab, focus=True)

    def close_tab(self) -> None:
        self._marionette.close()
        self._marionette.switch_to_window(self._blank, focus=True)

    def go(self, url: str) -> None:
        self._marionette.navigate(url)

    def evaluate(self, function: str, *arguments: Any) -> Any:
        # Without a sandbox the script is one of the page itself.
        script = as_async(function)
        return unpack(
            self._marionette.execute_async_script(script, script_args=arguments, sandbox=None)
        )

    def hide(self) -> None:
        """Bring another tab to the front."""
        self._marionette.switch_to_window(self._blank, focus=True)
        self._marionette.switch_to_window(self._tab, focus=False)

    def show(self) -> None:
        self._marionette.switch_to_window(self._tab, focus=True)

    @contextmanager
    def keep_process(self) -> Iterator[None]:
        """Open another tab out of the page: both have one process, which ends with the last."""
        before = set(self._marionette.window_handles)
        self.evaluate("() => { window.open(location.origin + '/e2e/elsewhere.html'); }")
        [other] = self._await_tabs_besides(before)
        self.show()
        yield
        self._marionette.switch_to_window(other, focus=False)
        self._marionette.close()
        self._marionette.switch_to_window(self._blank, focus=True)

    def _await_tabs_besides(self, known: set[str]) -> set[str]:
        deadline = time.monotonic() + START_TIMEOUT_S
        while not (new := set(self._marionette.window_handles) - known):
            assert time.monotonic() < deadline, "no tab was opened"
            time.sleep(0.05)
        return new

    @contextmanager
    def offline(self) -> Iterator[None]:
        """Firefox's own "Work Offline"; it spares this machine's own server."""
        self._work_offline(True)
        try:
            yield
        finally:
            self._work_offline(False)

    def _work_offline(self, offline: bool) -> None:
        with self._marionette.using_context("chrome"):
            self._marionette.execute_script(f"Services.io.offline = {json.dumps(offline)}")


@contextmanager
def launch_firefox(folder: Path) -> Iterator[Firefox]:
    """Run a headless Firefox on a new profile for the length of a `with` block.

    Raises:
        EngineMissingError: There is none.
    """
    program = next(filter(None, map(shutil.which, _NAMES)), None)
    if program is None:
        raise EngineMissingError("no Firefox is installed (Debian: firefox-esr)")
    driver = _driver()
    profile, port = folder / "profile", free_port()
    profile.mkdir()
    preferences = {
        "marionette.port": port,
        "network.manage-offline-status": False,  # a machine without a network is not offline
    }
    (profile / "user.js").write_text(
        "".join(f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in preferences.items())
    )
    # Being told to work offline is for the browser's own scripts only.
    options = ["--headless", "--marionette", "--remote-allow-system-access", "--no-remote"]
    with (folder / "firefox.log").open("wb") as log:
        process = subprocess.Popen(
            [program, *options, "--profile", str(profile), "about:blank"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        _await(port)
        marionette = driver(host="127.0.0.1", port=port, startup_timeout=START_TIMEOUT_S)
        marionette.start_session()
        marionette.timeout.script = SCRIPT_TIMEOUT_S
        yield Firefox(marionette)
        marionette.client.close()
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _await(port: int) -> None:
    """Wait until Firefox listens: the driver would do it, but leaves its sockets open."""
    deadline = time.monotonic() + START_TIMEOUT_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert time.monotonic() < deadline, "Firefox does not listen"
            time.sleep(0.1)
        else:
            return


def _driver() -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # what it uses itself is old
            from marionette_driver.marionette import Marionette
    except ImportError:
        raise EngineMissingError("marionette_driver is not installed (make engines)") from None
    return Marionette

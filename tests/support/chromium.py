"""A real Chromium for tests that depend on how a browser treats its pages.

A page that Playwright launches by itself is never hidden, and runs without the back/forward
cache and without timer throttling. So the browser is started here, as a user would start it, and
Playwright only connects to it (`no_defaults=True`). Use `chromium.context`, never `new_context()`:
only the pages of the browser's own context are hidden when another tab comes to the front.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_START_TIMEOUT_S = 60.0
_POLL_S = 0.05

_FLAGS = (
    "--headless=new",
    "--remote-debugging-port=0",
    "--no-first-run",
    "--no-default-browser-check",
    # Nothing of the browser's own may reach for the network: the machine may have none.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    # A container has neither a GPU nor, often, a /dev/shm worth the name.
    "--disable-gpu",
    "--disable-dev-shm-usage",
)


class ChromiumStartError(RuntimeError):
    """Chromium is not installed, or did not come up."""


@dataclass(frozen=True)
class Chromium:
    """A running browser: `browser` speaks CDP, `context` is the one its windows belong to."""

    browser: Browser
    context: BrowserContext
    process: subprocess.Popen[bytes]
    log: Path
    deaths: list[str] = field(default_factory=list)
    """What became of each page whose process has died, as the browser names it."""

    def watch_for_deaths(self) -> None:
        cdp = self.browser.new_browser_cdp_session()
        cdp.on("Target.targetCrashed", lambda told: self.deaths.append(str(told)))
        cdp.send("Target.setDiscoverTargets", {"discover": True})

    def kill(self) -> None:
        """End the browser the hard way, renderers included, as a power cut would."""
        _kill_group(self.process)


def find_chromium() -> str:
    """Return the executable: `$CHROMIUM`, else the first known name on PATH."""
    chosen = os.environ.get("CHROMIUM")
    for candidate in (chosen,) if chosen else _NAMES:
        found = shutil.which(candidate)
        if found:
            return found
    raise ChromiumStartError(
        f"No Chromium: looked for {chosen or ', '.join(_NAMES)}. "
        "`make test` installs one; $CHROMIUM names another."
    )


@contextmanager
def launch_chromium(profile_dir: Path, *extra_flags: str) -> Iterator[Chromium]:
    """Run a Chromium on `profile_dir` for the length of a `with` block.

    The profile outlives the block, so a second launch sees what the first one stored.
    """
    profile_dir.mkdir(parents=True, exist_ok=True)
    port_file = profile_dir / "DevToolsActivePort"
    port_file.unlink(missing_ok=True)  # a former run on this profile has left its port here
    log_file = profile_dir / "chromium.log"
    with log_file.open("ab") as log:
        process = subprocess.Popen(
            _command(profile_dir, extra_flags),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # its own process group, so that `kill` reaches the renderers
        )
    try:
        endpoint = f"http://127.0.0.1:{_await_port(port_file, process)}"
        with _shared_playwright() as playwright:
            browser = playwright.chromium.connect_over_cdp(endpoint, no_defaults=True)
            chromium = Chromium(browser, browser.contexts[0], process, log_file)
            chromium.watch_for_deaths()
            yield chromium
    finally:
        _kill_group(process)


_playwrights = contextlib.ExitStack()
_users: list[Playwright] = []


@contextmanager
def _shared_playwright() -> Iterator[Playwright]:
    """One Playwright for all browsers that run at a time: a thread can't have two."""
    if not _users:
        _users.append(_playwrights.enter_context(sync_playwright()))
    else:
        _users.append(_users[0])
    try:
        yield _users[0]
    finally:
        _users.pop()
        if not _users:
            _playwrights.close()


def _command(profile_dir: Path, extra_flags: tuple[str, ...]) -> list[str]:
    as_root = ("--no-sandbox",) if os.geteuid() == 0 else ()
    profile = f"--user-data-dir={profile_dir}"
    return [find_chromium(), *_FLAGS, *as_root, profile, *extra_flags, "about:blank"]


def _await_port(port_file: Path, process: subprocess.Popen[bytes]) -> int:
    """Wait for the file in which Chromium tells the port that it chose for itself."""
    deadline = time.monotonic() + _START_TIMEOUT_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise ChromiumStartError(f"Chromium ended at once: see {port_file.parent}/chromium.log")
        with contextlib.suppress(FileNotFoundError):
            port, complete, _ = port_file.read_text().partition("\n")
            if complete:
                return int(port)
        time.sleep(_POLL_S)
    raise ChromiumStartError(f"Chromium told no port within {_START_TIMEOUT_S:.0f} s")


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill the process group that `launch_chromium` started; a second call does nothing."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()

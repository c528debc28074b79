"""What the machine is, without saying which."""

from __future__ import annotations

import os
import platform
import subprocess

from tests.support.chromium import find_chromium


def describe() -> str:
    """Cores, memory, system, browser, and how busy it all is."""
    gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), {gib:.0f} GiB, {_system()}, "
        f"{_chromium()}, headless. Load averages when the run began: {load}."
    )


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        return platform.system()


def _chromium() -> str:
    asked = subprocess.run(
        [find_chromium(), "--version"], capture_output=True, text=True, check=True
    )
    return " ".join(asked.stdout.split()[:2])


def load_now() -> float:
    """How many processes wanted to run during the last minute."""
    return os.getloadavg()[0]

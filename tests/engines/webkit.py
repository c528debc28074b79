"""WebKit: the MiniBrowser of WebKitGTK, by WebDriver, on a display of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import warnings
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.engines.engine import SCRIPT_TIMEOUT_S, EngineMissingError, as_async, unpack

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

_SIZE = (0, 0, 1200, 800)
_PLACES = ("libexec/webkit2gtk-*/MiniBrowser", "lib/*/webkit2gtk-*/MiniBrowser")


class WebKit:
    """Works on windows, as MiniBrowser can't be told to change tabs."""

    name = "WebKit"

    def __init__(self, driver: Any) -> None:
        self._driver = driver
        self._blank = driver.current_window_handle
        self.version = f"WebKitGTK {driver.capabilities['browserVersion']}"

    def open_tab(self) -> None:
        self._driver.switch_to.new_window("window")
        self.show()

    def close_tab(self) -> None:
        self._driver.close()
        self._driver.switch_to.window(self._blank)

    def go(self, url: str) -> None:
        self._driver.get(url)

    def evaluate(self, function: str, *arguments: Any) -> Any:
        return unpack(self._driver.execute_async_script(as_async(function), *arguments))

    def hide(self) -> None:
        self._driver.minimize_window()

    def show(self) -> None:
        self._driver.set_window_rect(*_SIZE)

    def keep_process(self) -> AbstractContextManager[None]:
        """Nothing: a page's last handler is not stopped when its process ends."""
        return nullcontext()

    @contextmanager
    def offline(self) -> Iterator[None]:
        """Nothing: WebKitGTK asks the system, and can't be told otherwise."""
        yield


@contextmanager
def launch_webkit(folder: Path) -> Iterator[WebKit]:
    """Run a MiniBrowser for the length of a `with` block.

    Raises:
        EngineMissingError: It, its driver or a virtual display is missing.
    """
    webkitgtk = _driver_modules()
    for program in ("WebKitWebDriver", "Xvfb"):
        if not shutil.which(program):
            raise EngineMissingError(f"no {program} is installed (Debian: webkit2gtk-driver, xvfb)")
    with ExitStack() as stack:
        display = stack.enter_context(_display(folder / "xvfb.log"))
        options = webkitgtk.options.Options()
        options.binary_location = str(_mini_browser())
        options.add_argument("--automation")
        service = webkitgtk.service.Service(
            shutil.which("WebKitWebDriver"),
            log_output=str(folder / "webkit.log"),
            env=_environment(folder, display),
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # what it uses itself is old
            driver = webkitgtk.webdriver.WebDriver(options=options, service=service)
        stack.callback(driver.quit)
        driver.set_script_timeout(SCRIPT_TIMEOUT_S)
        yield WebKit(driver)


def _driver_modules() -> Any:
    try:
        import selenium.webdriver.webkitgtk.options
        import selenium.webdriver.webkitgtk.service
        import selenium.webdriver.webkitgtk.webdriver
    except ImportError:
        raise EngineMissingError("selenium is not installed (make engines)") from None
    return selenium.webdriver.webkitgtk


def _mini_browser() -> Path:
    found = [path for place in _PLACES for path in sorted(Path("/usr").glob(place))]
    if not found:
        raise EngineMissingError("no MiniBrowser is installed (Debian: libwebkit2gtk-4.1-0)")
    return found[-1]


def _environment(folder: Path, display: str) -> dict[str, str]:
    """No desktop, no GPU, nothing in the user's own folders."""
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700)
    return {
        **os.environ,
        "DISPLAY": display,
        "GDK_BACKEND": "x11",
        "GSETTINGS_BACKEND": "memory",
        "LIBGL_ALWAYS_SOFTWARE": "1",
        "NO_AT_BRIDGE": "1",
        "WEBKIT_DISABLE_COMPOSITING_MODE": "1",
        "XDG_RUNTIME_DIR": str(runtime),
        "XDG_DATA_HOME": str(folder / "data"),
        "XDG_CACHE_HOME": str(folder / "cache"),
    }


@contextmanager
def _display(log_file: Path) -> Iterator[str]:
    """A virtual screen, on a number that Xvfb finds free."""
    reading, writing = os.pipe()
    with log_file.open("wb") as log:
        process = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x900x24", "-nolisten", "tcp"],
            pass_fds=[writing],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    os.close(writing)
    try:
        with os.fdopen(reading) as number:
            yield f":{number.readline().strip()}"
    finally:
        process.terminate()
        process.wait()

"""A browser tab in which the test runs JavaScript, and decides when Python comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.e2e.tracked_page import BOOT_TIMEOUT_MS

if TYPE_CHECKING:
    from playwright.sync_api import Page


class FrontPage:
    """Wraps a tab on `/e2e/importmap.html`."""

    def __init__(self, tab: Page, url: str) -> None:
        self.tab = tab
        self.url = url
        self.problems: list[str] = []
        tab.on("pageerror", lambda error: self.problems.append(str(error)))

    def load(self) -> None:
        self.tab.goto(f"{self.url}/e2e/importmap.html")
        self.tab.wait_for_function("() => !!window.createClient")

    def load_beside_pyscript(self) -> None:
        self.tab.goto(f"{self.url}/e2e/attach.html")
        self.await_python()

    def boot(self) -> None:
        """Bring Python, and wait until it has taken over."""
        self.start_boot()
        self.await_python()

    def await_python(self) -> None:
        self.tab.wait_for_function(
            "() => !!window.timebackWeb", polling=100, timeout=BOOT_TIMEOUT_MS
        )

    def start_boot(self) -> None:
        self.tab.evaluate("bootPython()")

    def run(self, source: str) -> Any:
        """Run JavaScript; the value of an expression, if it is a plain one."""
        return self.tab.evaluate(source)

    def start(self, options: str = "{}", client: str = "{}") -> str:
        """Start an activity as `activity`; its run id."""
        return str(
            self.run(f"""() => {{
                window.timeback = createClient({client});
                window.startedAtMs = Date.now();
                window.activity = timeback.activity.start({{ ...lesson, ...{options} }});
                return activity.runId;
            }}""")
        )

    def leave_to(self, path: str) -> None:
        self.tab.goto(f"{self.url}{path}")

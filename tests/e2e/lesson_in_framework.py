"""A browser tab with the guide's component in one of the frameworks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.e2e.tracked_page import BOOT_TIMEOUT_MS

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

FRAMEWORKS = ("react", "vue", "svelte", "solid")
# Not the script that asks for it: a page that is left before its `load` gets no `pagehide`.
_BOOT = "**/bundle/pyodide/pyodide.asm.wasm"
_PROGRESS = "**/api/progress/fractions"


class LessonInFramework:
    """Wraps a tab on `/frameworks/NAME.html`."""

    def __init__(self, tab: Page, url: str, framework: str) -> None:
        self.tab = tab
        self.framework = framework
        self.run_id = ""
        self.problems: list[str] = []
        self._url = url
        self._boot: Route | None = None
        self._progress: list[Route] = []
        self._holds_progress = False
        tab.on("pageerror", lambda error: self.problems.append(str(error)))

    # ── Python ───────────────────────────────────────────────────────────────────────────────

    def hold_python(self) -> None:
        """Let Python wait for `release_python`."""

        def hold(route: Route) -> None:
            self._boot = route

        self.tab.route(_BOOT, hold)

    def release_python(self) -> None:
        for _ in range(100):
            if self._boot is not None:
                break
            self.rest(0.1)
        assert self._boot is not None, "the page has not asked for Python"
        self._boot.continue_()
        self.await_python()

    def await_python(self) -> None:
        self.tab.wait_for_function(
            "() => !!window.timebackWeb", polling=100, timeout=BOOT_TIMEOUT_MS
        )

    # ── The lesson ───────────────────────────────────────────────────────────────────────────

    def load(self, *, opened: bool = True) -> None:
        address = f"{self._url}/frameworks/{self.framework}.html{'' if opened else '#left'}"
        self.tab.goto(address, wait_until="commit")  # `load` waits for Python, too
        self.tab.locator("main[data-state=ready]").wait_for()

    def load_saved(self) -> str:
        """Load it with the lesson open, until its run is saved; the run."""
        with self.tab.expect_response(lambda answer: answer.request.method == "POST") as saved:
            self.load()
        return str(saved.value.json()["runId"])

    def open(self) -> str:
        """Open the lesson for the first time; its run, as it is saved."""
        with self.tab.expect_response(lambda answer: answer.request.method == "POST") as saved:
            self.toggle()
        return str(saved.value.json()["runId"])

    def reopen(self) -> None:
        """Open it again: once its progress has come, it counts."""
        with self.tab.expect_response(_PROGRESS):
            self.toggle()
        self.rest(0.1)

    def toggle(self) -> None:
        self.tab.locator("#toggle").click()

    def hold_progress(self) -> None:
        """Let requests for the progress wait for `release_progress`."""

        self._holds_progress = True

        def hold(route: Route) -> None:
            if self._holds_progress:
                self._progress.append(route)
            else:
                route.continue_()

        self.tab.route(_PROGRESS, hold)

    def release_progress(self) -> None:
        self._holds_progress = False
        held, self._progress = self._progress, []
        assert held, "the component has not asked for its progress"
        for route in held:
            route.continue_()

    def rest(self, seconds: float) -> None:
        """Let time pass; unlike in a sleep, held requests are noticed."""
        self.tab.wait_for_timeout(seconds * 1000)

    def evaluate(self, source: str) -> Any:
        return self.tab.evaluate(source)

    def leave_to(self, path: str) -> None:
        self.tab.goto(f"{self._url}{path}")

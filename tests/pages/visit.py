"""A visit to a page: it is looked at in every state, in every look, for everything at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.pages.barriers import barriers
from tests.pages.layout import GOOD_SHIFT, WATCH_SHIFTS, layout_problems, layout_shift
from tests.pages.looks import LIGHT, LOOKS

if TYPE_CHECKING:
    import pytest
    from playwright.sync_api import Browser

    from tests.pages.pictures import Pictures

BOOT_TIMEOUT_MS = 90_000
MOST_PICTURES = 6

VOLATILE = (
    "[data-testid=clock]",
    "[data-testid=left-time]",
    "[data-testid=total-time]",
    "[data-testid=sessions]",
    "[data-volatile]",
    ".time .notes",
    "[data-testid=events] pre",
    "#run",
    "#uncounted",
    "#boot-note",
    "[data-framework] .arrived dd",
)
"""What measures time, or names a run, is covered in pictures; it is tested elsewhere."""


class Visit:
    """A tab in a browser window of its own: nobody else's cookies, nothing stored."""

    def __init__(
        self, browser: Browser, url: str, pictures: Pictures, subtests: pytest.Subtests
    ) -> None:
        self._url = url
        self._pictures = pictures
        self._subtests = subtests
        self._context = browser.new_context(
            viewport={"width": LIGHT.width, "height": LIGHT.height},
            device_scale_factor=1,
            locale="en-GB",
            timezone_id="Europe/Berlin",
            reduced_motion="reduce",
        )
        self._context.add_init_script(WATCH_SHIFTS)
        self.tab = self._context.new_page()
        # As on a phone. Else a bar comes and goes with the page's height, and all moves by half it.
        session = self._context.new_cdp_session(self.tab)
        session.send("Emulation.setScrollbarsHidden", {"hidden": True})
        self.errors: list[str] = []
        self.tab.on("pageerror", lambda error: self.errors.append(str(error)))

    def sign_in(self, **account: str) -> None:
        answer = self._context.request.post(f"{self._url}/api/signin", data=account)
        assert answer.status == 204, answer.text()

    def go(self, path: str) -> None:
        self.tab.goto(f"{self._url}{path}", wait_until="commit")

    def wait_for(self, selector: str) -> None:
        self.tab.wait_for_selector(selector, timeout=BOOT_TIMEOUT_MS)

    def look_at(self, state: str, *, shift: bool = False, picture: bool = True) -> None:
        """Look at the page as it is now, which is called `state`.

        With `shift`, it must not have jumped on its way here. No `picture` of what never looks the
        same twice.
        """
        if shift:
            with self._subtests.test(f"{state}: the page stands still"):
                shifted = layout_shift(self.tab)
                assert shifted < GOOD_SHIFT, f"layout shift {shifted:.3f}"
        self.tab.evaluate("document.fonts.ready")
        for look in LOOKS:
            look.apply(self.tab)
            name = f"{state}.{look.name}"
            with self._subtests.test(f"{name}: layout"):
                problems = layout_problems(self.tab)
                assert not problems, "\n".join(problems)
            with self._subtests.test(f"{name}: barriers"):
                found = barriers(self.tab)
                assert not found, "\n\n".join(found)
            if not picture:
                continue
            with self._subtests.test(f"{name}: picture"):
                problem = self._picture_problem(name)
                assert problem is None, problem
        LIGHT.apply(self.tab)

    def close(self) -> None:
        self._context.close()
        assert self.errors == []

    def _picture_problem(self, name: str) -> str | None:
        if not self._pictures.comparable:
            return None
        picture = self._picture()
        if self._pictures.shows(name, picture):
            return None
        return self._pictures.problem(name, self._settled_picture(picture))

    def _settled_picture(self, before: bytes) -> bytes:
        """A picture of which the next one is the same: a box that scrolls is drawn a bit later."""
        picture = self._picture()
        for _ in range(MOST_PICTURES):
            if picture == before:
                break
            self.tab.wait_for_timeout(100)
            before, picture = picture, self._picture()
        return picture

    def _picture(self) -> bytes:
        covered = [self.tab.locator(selector) for selector in VOLATILE]
        return self.tab.screenshot(
            full_page=True, animations="disabled", caret="hide", mask=covered, mask_color="#888888"
        )

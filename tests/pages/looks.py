"""How a page can be looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from playwright.sync_api import Page


@dataclass(frozen=True)
class Look:
    """A size of the window, and the colours that the reader likes."""

    name: str
    width: int
    height: int
    colours: Literal["light", "dark"]

    def apply(self, page: Page) -> None:
        page.emulate_media(color_scheme=self.colours, reduced_motion="reduce")
        page.set_viewport_size({"width": self.width, "height": self.height})
        # Two frames: what listens for the new size has then been asked, and what it did is drawn.
        page.evaluate(
            "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )


LIGHT = Look("light", 1120, 800, "light")
DARK = Look("dark", 1120, 800, "dark")
PHONE = Look("phone", 390, 844, "light")
LOOKS = (LIGHT, DARK, PHONE)

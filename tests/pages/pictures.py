"""Pictures of pages, and those of before to hold them against.

Pixels depend on more than the page: on Chromium's version, on the fonts of the machine. So there
is a picture of a few letters, too. Where that one comes out otherwise, pages would as well, and
they are not compared; everything else about them is still tested.
"""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageChops

if TYPE_CHECKING:
    from playwright.sync_api import Browser

BASELINES = Path(__file__).parent / "baselines"
RENDERING = BASELINES / "rendering.json"
FOUND = Path(__file__).parents[2] / ".cache" / "pages"

COLOURS = 128
"""Of a baseline: the pages have few, and a palette makes the file a quarter as big."""
FAR = 40
"""From here on, of 255, a channel of a pixel is another colour and not the palette's rounding."""
FORGIVEN = 40
"""So many pixels of another colour: less than a letter."""

_SWATCH = """
    <body style="margin: 8px; font: 16px system-ui, sans-serif">
      <p>Sphinx of black quartz, judge my vow 0123456789 <b>bold</b> <i>italic</i></p>
      <p style="font: 13px ui-monospace, monospace">Sphinx of black quartz 0123456789</p>
      <svg width="40" height="20"><circle cx="9.5" cy="9.5" r="8" fill="teal" /></svg>
    </body>
"""


@dataclass(frozen=True)
class Rendering:
    """Two renderings that are equal draw the same page in the same pixels."""

    chromium: str
    swatch: str


def rendering_of(browser: Browser) -> Rendering:
    page = browser.new_page(viewport={"width": 480, "height": 160}, device_scale_factor=1)
    page.set_content(_SWATCH)
    digest = hashlib.sha256(_pixels(page.screenshot()).tobytes()).hexdigest()
    page.close()
    return Rendering(browser.version.partition(".")[0], digest)


class Pictures:
    """Compares pictures with their baselines, or makes them the baselines.

    Args:
        rendering: Of this machine.
        renew: Keep each picture that differs as the new baseline.
    """

    def __init__(self, rendering: Rendering, *, renew: bool) -> None:
        self.rendering = rendering
        self._renew = renew
        if renew:
            self._take_over()
        self.known = Rendering(**json.loads(RENDERING.read_text()))

    @property
    def comparable(self) -> bool:
        """Whether the baselines were drawn as this machine draws."""
        return self.rendering == self.known

    def shows(self, name: str, png: bytes) -> bool:
        """Whether the picture of that name is this one."""
        return self.comparable and _difference(_baseline(name), _pixels(png)) is None

    def problem(self, name: str, png: bytes) -> str | None:
        """What is wrong with the picture of that name, if anything."""
        if not self.comparable:
            return None
        baseline = _baseline(name)
        found = _pixels(png)
        problem = _difference(baseline, found)
        if problem is None:
            return None
        if self._renew:
            _save(found, baseline)
            return None
        _save(found, FOUND / f"{name}.png")
        return (
            f"{name}: {problem}; see {FOUND.name}/{name}.png, and `make screenshots` if it is right"
        )

    def _take_over(self) -> None:
        """Forget pictures that were drawn in another way: no two ways are mixed."""
        BASELINES.mkdir(exist_ok=True)
        current = json.dumps(vars(self.rendering), indent=2) + "\n"
        if RENDERING.is_file() and RENDERING.read_text() == current:
            return
        for picture in BASELINES.glob("*.png"):
            picture.unlink()
        RENDERING.write_text(current)


def _baseline(name: str) -> Path:
    return BASELINES / f"{name}.png"


def _pixels(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGB")


def _reduced(picture: Image.Image) -> Image.Image:
    return picture.quantize(COLOURS, dither=Image.Dither.NONE)


def _save(picture: Image.Image, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    _reduced(picture).save(path, optimize=True)


def _difference(baseline: Path, found: Image.Image) -> str | None:
    if not baseline.is_file():
        return "there is no picture of before"
    before = Image.open(baseline).convert("RGB")
    if before.size != found.size:
        return f"it was {before.size}, and is {found.size}"
    changed = _changed_pixels(before, _reduced(found).convert("RGB"))
    return f"{changed} pixels have another colour" if changed > FORGIVEN else None


def _changed_pixels(before: Image.Image, found: Image.Image) -> int:
    red, green, blue = ImageChops.difference(before, found).split()
    most = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    return sum(most.histogram()[FAR:])

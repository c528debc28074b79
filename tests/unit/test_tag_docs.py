"""The recipe on the tag says what the code does: every attribute, state and event, and no other."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.support.public_api import FILE
from timeback_web.autostart.attributes import read

ROOT = Path(__file__).parents[2]
RECIPE = ROOT / "docs" / "recipes" / "one-tag.md"
DEMO = ROOT / "demo" / "pages" / "tag.html"


class Activities(HTMLParser):
    """Collects the attributes of elements that have an activity, and all that begin like ours."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[dict[str, str]] = []
        self.names: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attributes = {name: value or "" for name, value in attrs}
        self.names |= {name for name in attributes if name.startswith("data-timeback-")}
        if "data-timeback-activity" in attributes:
            self.found.append(attributes)


def promised(pattern: str) -> set[str]:
    return set(re.findall(pattern, FILE.read_text(), re.MULTILINE))


def test_the_recipe_names_every_attribute_and_event_and_no_other():
    text = RECIPE.read_text()
    attributes = promised(r"^(data-timeback-[a-z-]+)$")
    assert set(re.findall(r"data-timeback-[a-z]+(?:-[a-z]+)*", text)) == attributes
    assert set(re.findall(r"timeback:[a-z]+", text)) == promised(r"^event (timeback:[a-z]+)$")
    for state in promised(r"^data-timeback-state=([a-z]+)$"):
        assert f"`{state}`" in text


@pytest.mark.parametrize("path", [RECIPE, DEMO], ids=lambda path: path.name)
def test_what_is_shown_to_copy_is_right(path):
    blocks = re.findall(r"```html\n(.*?)```", path.read_text(), re.DOTALL) or [path.read_text()]
    [shown] = [found for block in blocks for found in Activities(block).found]
    wanted = read(shown)
    assert wanted.start["course"] == {"subject": "Math", "grade": 3}
    assert wanted.progress


def test_the_page_of_the_demo_uses_attributes_that_exist():
    assert Activities(DEMO.read_text()).names <= promised(r"^(data-timeback-[a-z-]+)$")

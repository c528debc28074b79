"""What looks at the pages finds what is wrong: each fault here is one that a page could have."""

from __future__ import annotations

import io
import json

import pytest
from PIL import Image, ImageDraw

from tests.pages import pictures as pictures_module
from tests.pages.barriers import barriers
from tests.pages.layout import WATCH_SHIFTS, layout_problems, layout_shift
from tests.pages.pictures import Pictures, Rendering

pytestmark = pytest.mark.browser

HERE = Rendering("1", "a")
FINE = """<main><h1>Fine</h1><p class="scroll" tabindex="0" style="overflow: auto; width: 90px;
    white-space: nowrap">A long line in a box that scrolls.</p>
    <p style="overflow: hidden; text-overflow: ellipsis; width: 90px; white-space: nowrap">A long
    line that ends in dots</p><p>Beside it</p><p><span style="position: absolute; width: 1px;
    height: 1px; overflow: hidden; clip-path: inset(50%)">To be heard</span>To be seen</p>
    <p style="display: inline-grid">3<span style="height: 0; overflow: hidden; border-top: 2px
    solid">/</span>4</p></main>"""


@pytest.fixture
def page(chromium):
    page = chromium.browser.new_page(viewport={"width": 400, "height": 400})
    yield page
    page.close()


def show(page, body):
    page.set_content(f"<!doctype html><html lang=en><title>A page</title><body>{body}")


def test_a_page_without_faults_has_none(page):
    show(page, FINE)
    assert layout_problems(page) == []
    assert barriers(page) == []


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        ("<div style='width: 500px'>wide</div>", "px wide in a window"),
        ("<p style='position: absolute; left: -40px'>Gone to the left</p>", "leaves the window"),
        ("<p style='overflow: hidden; height: 8px'>Too low</p>", "cuts its text off"),
        (
            "<p style='overflow: clip; width: 50px; white-space: nowrap'>Cut at the side</p>",
            "cuts its text off",
        ),
        ("<p>One line</p><p style='margin-top: -34px'>Another</p>", "lies on"),
        ("<svg><text y=20>One</text><text y=20 x=4>Two</text></svg>", "lies on"),
    ],
)
def test_a_fault_of_the_layout_is_found(page, fault, problem):
    show(page, FINE + fault)
    assert any(problem in found for found in layout_problems(page)), layout_problems(page)


@pytest.mark.parametrize(
    ("fault", "rule"),
    [
        ("<button></button>", "button-name"),
        ("<img src='data:,'>", "image-alt"),
        ("<p style='color: #bbb; background: #fff'>Pale</p>", "color-contrast"),
        ("<input>", "label"),
        ("<div style='overflow: auto; height: 20px'>one<br>two<br>three</div>", "scrollable"),
    ],
)
def test_a_barrier_is_found(page, fault, rule):
    show(page, FINE + fault)
    assert any(found.startswith(rule) for found in barriers(page)), barriers(page)


def test_a_page_that_jumps_is_found(page):
    page.add_init_script(WATCH_SHIFTS)
    page.goto("about:blank")
    page.set_content(FINE)
    page.evaluate(f"() => {{ {WATCH_SHIFTS} }}")
    page.evaluate(
        """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => {
            document.querySelector('main').insertAdjacentHTML('beforebegin',
                '<div style="height: 200px">late</div>');
            setTimeout(done, 200);
        })))"""
    )
    assert layout_shift(page) > 0.1


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """A place for pictures of one's own."""
    monkeypatch.setattr(pictures_module, "BASELINES", tmp_path / "baselines")
    monkeypatch.setattr(pictures_module, "RENDERING", tmp_path / "baselines" / "rendering.json")
    monkeypatch.setattr(pictures_module, "FOUND", tmp_path / "found")
    return tmp_path


def drawing(extra=0):
    picture = Image.new("RGB", (200, 100), "white")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((10, 10, 90, 40), fill="#1d4ed8")
    if extra:
        pen.rectangle((100, 50, 99 + extra, 59), fill="#17202c")
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def test_a_picture_that_changes_is_found_and_kept_to_be_looked_at(shelf):
    Pictures(HERE, renew=True).problem("page", drawing())
    pictures = Pictures(HERE, renew=False)
    assert pictures.problem("page", drawing()) is None
    assert pictures.problem("page", drawing(3)) is None, "less than a letter"
    assert "50 pixels" in str(pictures.problem("page", drawing(5)))
    assert (shelf / "found" / "page.png").is_file()
    assert "no picture of before" in str(pictures.problem("other", drawing()))


def test_pictures_of_another_rendering_are_not_compared_and_never_mixed(shelf):
    Pictures(HERE, renew=True).problem("page", drawing())
    elsewhere = Rendering("2", "a")
    pictures = Pictures(elsewhere, renew=False)
    assert not pictures.comparable
    assert pictures.problem("page", drawing(50)) is None
    Pictures(elsewhere, renew=True).problem("other", drawing())
    assert [each.name for each in (shelf / "baselines").glob("*.png")] == ["other.png"]
    assert json.loads((shelf / "baselines" / "rendering.json").read_text())["chromium"] == "2"


def test_a_picture_that_has_not_changed_is_not_written_again(shelf):
    Pictures(HERE, renew=True).problem("page", drawing())
    before = (shelf / "baselines" / "page.png").stat().st_mtime_ns
    Pictures(HERE, renew=True).problem("page", drawing())
    assert (shelf / "baselines" / "page.png").stat().st_mtime_ns == before

"""The site in a real browser, under a strict policy, without the internet."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from tests.docs.reading import DOCUMENTS, ROOT
from tests.support.static_site import serve

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site-in-browser")]

# What the site can be served with: no page holds a script, but the diagrams style themselves.
POLICY = (
    "default-src 'none'; frame-ancestors 'none'; form-action 'none'; base-uri 'none'; "
    "script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; worker-src 'self'"
)


@pytest.fixture(scope="module")
def site(built_site):
    with serve(built_site.parent) as site:
        yield site


@pytest.fixture
def strict(page, site):
    """The page, with every answer under the policy; what is refused or asked of others is noted."""
    page.problems = []
    page.on("console", lambda said: said.type == "error" and page.problems.append(said.text))
    page.on("pageerror", lambda error: page.problems.append(str(error)))

    def answer(route):
        if urlsplit(route.request.url).netloc != urlsplit(site.origin).netloc:
            page.problems.append(f"asked for {route.request.url}")
            route.abort()
            return
        response = route.fetch()
        headers = response.headers | {"content-security-policy": POLICY}
        route.fulfill(response=response, headers=headers)

    page.route("**/*", answer)
    yield page
    assert page.problems == []


def diagrams(path):
    return path.read_text(encoding="utf-8").count("```mermaid")


@pytest.mark.parametrize(
    "path", [path for path in DOCUMENTS if diagrams(path)], ids=lambda path: path.stem
)
def test_diagrams_are_drawn(path, strict, site):
    address = path.relative_to(ROOT).with_suffix("").as_posix()
    strict.goto(f"{site.origin}/{address}/")
    strict.wait_for_function(
        """count => {
            const drawn = [...document.querySelectorAll("div.mermaid")];
            return drawn.length === count && drawn.every((one) => one.offsetHeight > 100);
        }""",
        arg=diagrams(path),
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pictures_follow_the_colours_of_the_page(scheme, strict, site):
    strict.emulate_media(color_scheme=scheme)
    strict.goto(f"{site.origin}/docs/time/")
    strict.wait_for_function("document.images[0].complete && document.images[0].naturalWidth")
    # The corner of the picture's own card, as it is painted.
    shot = strict.locator("img").first.screenshot(type="png")
    pixel = strict.evaluate(
        """async (bytes) => {
            const picture = await createImageBitmap(new Blob([new Uint8Array(bytes)]));
            const canvas = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
            canvas.drawImage(picture, 0, 0);
            return [...canvas.getImageData(picture.width - 30, 30, 1, 1).data];
        }""",
        list(shot),
    )
    assert (min(pixel[:3]) > 200) if scheme == "light" else (max(pixel[:3]) < 90), pixel


def test_no_page_is_wider_than_a_phone(strict, site):
    strict.set_viewport_size({"width": 390, "height": 844})
    for path in DOCUMENTS:
        if path.is_relative_to(ROOT / "docs") and path.stem != "index":
            address = path.relative_to(ROOT).with_suffix("").as_posix()
            strict.goto(f"{site.origin}/{address}/")
            assert strict.evaluate("document.documentElement.scrollWidth <= innerWidth"), address

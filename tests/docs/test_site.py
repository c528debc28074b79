"""The site of the documents: it builds, every link leads somewhere, and it asks nobody else."""

from __future__ import annotations

import re
import tomllib
from html.parser import HTMLParser
from pathlib import PurePosixPath
from urllib.parse import unquote, urljoin, urlsplit

import pytest

from tests.docs.reading import DOCUMENTS, ROOT
from tools.docs_site.build import BuildError, build_site
from tools.docs_site.sources import BESIDE, relink

CACHE = ROOT / ".cache" / "site"
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"^( *)```.*?^\1```|`[^`\n]+`", re.MULTILINE | re.DOTALL)


class Markup(HTMLParser):
    """What of a page matters here."""

    def __init__(self, text):
        super().__init__()
        self.links, self.loaded, self.anchors, self.pictures = [], [], set(), []
        self.inline_scripts = 0
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.anchors |= {given[name] for name in ("id", "name") if given.get(name)}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag == "img":
            self.pictures.append(given)
        if tag in ("img", "script", "iframe") and "src" in given:
            self.loaded.append(given["src"])
        if tag == "link" and given.get("rel") not in ("canonical", "next", "prev"):
            self.loaded.append(given["href"])
        if tag == "script" and "src" not in given and "type" not in given:
            self.inline_scripts += 1


@pytest.fixture(scope="session")
def pages(built_site):
    found = {
        path.relative_to(built_site).as_posix(): Markup(path.read_text(encoding="utf-8"))
        for path in built_site.rglob("*.html")
    }
    found.pop("404.html")  # shown at any address, so its links are not relative
    return found


def nav():
    """Every page that the navigation names."""

    def flatten(entries):
        for entry in entries:
            for value in entry.values():
                yield from flatten(value) if isinstance(value, list) else [value]

    config = tomllib.loads((ROOT / "docs" / "zensical.toml").read_text(encoding="utf-8"))
    return list(flatten(config["project"]["nav"]))


def test_every_page_is_in_the_navigation_once():
    documents = {path.relative_to(ROOT / "docs").as_posix() for path in DOCUMENTS if in_docs(path)}
    assert sorted(nav()) == sorted([*documents, *BESIDE.values()])


def in_docs(path):
    return path.is_relative_to(ROOT / "docs")


def test_every_link_of_the_site_leads_somewhere(built_site, pages):
    broken = []
    for page, markup in pages.items():
        for link in markup.links + markup.loaded:
            if urlsplit(link).scheme:
                continue
            target, _, anchor = urljoin(f"/{page}", unquote(link)).partition("#")
            name = target.lstrip("/") + ("index.html" if target.endswith("/") else "")
            wrong_anchor = anchor and name in pages and anchor not in pages[name].anchors
            if not (built_site / name).is_file() or wrong_anchor:
                broken.append(f"{page}: {link}")
    assert broken == []


def test_links_to_others_are_well_formed(pages):
    links = {link for markup in pages.values() for link in markup.links if urlsplit(link).scheme}
    assert links
    for link in links:
        parts = urlsplit(link)
        local = parts.hostname == "127.0.0.1"  # the demo on the reader's machine
        assert (parts.scheme == "https" and "." in (parts.hostname or "")) or local, link


def test_the_site_loads_nothing_from_others(built_site, pages):
    loaded = {address for markup in pages.values() for address in markup.loaded}
    assert [address for address in loaded if urlsplit(address).netloc] == []
    for file in built_site.rglob("*.css"):
        assert not re.search(r"@import|url\(.?https?:", file.read_text(encoding="utf-8")), file.name


def test_no_page_holds_a_script(pages):
    assert [page for page, markup in pages.items() if markup.inline_scripts] == []


def test_every_picture_says_what_it_shows(pages):
    pictures = [picture for markup in pages.values() for picture in markup.pictures]
    assert pictures
    assert all(len(picture.get("alt") or "") > 20 for picture in pictures)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere_in_the_repository_too(path):
    text = CODE.sub("", path.read_text(encoding="utf-8"))
    for link in LINK.findall(text):
        target, _, anchor = link.partition("#")
        if urlsplit(link).scheme:
            assert link.startswith("https://"), link
            continue
        file = (path.parent / target).resolve() if target else path
        assert file.exists(), f"{path.name}: {link}"
        if anchor and file.suffix == ".md":
            assert anchor in headings(file), f"{path.name}: {link}"


def headings(path):
    """The anchors of a document, as GitHub and Zensical make them."""
    found = set()
    text = CODE.sub(lambda code: code[0] if "\n" not in code[0] else "", path.read_text())
    for title in re.findall(r"^#+ (.+)$", text, re.MULTILINE):
        plain = re.sub(r"[^\w\s-]", "", title).strip().lower()
        found.add(re.sub(r"\s", "-", plain))
    return found


@pytest.mark.parametrize(
    ("page", "written", "made"),
    [
        ("guide.md", "[time](time.md#run)", "[time](time.md#run)"),
        ("guide.md", "[`q`](../demo/server/recorder.py)", "`q`"),
        ("guide.md", "[a queue](../demo/server/x.py)", "a queue (`demo/server/x.py`)"),
        ("guide.md", "[home](../README.md)", "[home](index.md)"),
        ("guide.md", "[out](https://example.org)", "[out](https://example.org)"),
        ("guide.md", "```text\n[a](../b)\n```", "```text\n[a](../b)\n```"),
        ("recipes/a.md", "[guide](../guide.md)", "[guide](../guide.md)"),
        ("recipes/a.md", "[changes](../../CHANGELOG.md)", "[changes](../changelog.md)"),
        ("contributing.md", "[theory](docs/accounting.md)", "[theory](accounting.md)"),
        ("contributing.md", "[changes](CHANGELOG.md)", "[changes](changelog.md)"),
    ],
)
def test_links_are_rewritten_for_the_site(page, written, made):
    assert relink(written, PurePosixPath(page)) == made


def test_a_link_to_nowhere_stops_the_build(tmp_path, monkeypatch):
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "index.md").write_text("# Home\n\n[nowhere](gone.md)\n")
    (documents / "zensical.toml").write_text('[project]\nsite_name = "x"\n')
    monkeypatch.setattr("tools.docs_site.sources.DOCS", documents)
    monkeypatch.setattr("tools.docs_site.build.DOCS", documents)
    with pytest.raises(BuildError, match="page does not exist"):
        build_site(tmp_path / "site", CACHE)
    assert not (tmp_path / "site").exists()

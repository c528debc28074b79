from __future__ import annotations

from pathlib import Path

import pytest

from timeback_web.bundle.errors import BundleError
from timeback_web.bundle.manifest import write_manifest
from timeback_web.bundle.staging import staged


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "site" / "bundle"


def make_bundle(target: Path, content: str) -> None:
    with staged(target) as stage:
        (stage / "index.html").write_text(content)
        write_manifest(stage, {})


def beside(target: Path) -> list[str]:
    return [path.name for path in target.parent.iterdir()]


def test_makes_a_folder_and_leaves_nothing_beside_it(target: Path):
    make_bundle(target, "one")
    assert (target / "index.html").read_text() == "one"
    assert beside(target) == ["bundle"]


def test_can_be_read_by_a_web_server_of_another_user(target: Path):
    make_bundle(target, "one")
    assert target.stat().st_mode & 0o055 == 0o055


def test_replaces_an_empty_folder(target: Path):
    target.mkdir(parents=True)
    make_bundle(target, "one")
    assert (target / "index.html").read_text() == "one"


def test_replaces_a_former_bundle(target: Path):
    make_bundle(target, "one")
    make_bundle(target, "two")
    assert (target / "index.html").read_text() == "two"
    assert beside(target) == ["bundle"]


def test_replaces_what_a_link_points_to(target: Path, tmp_path: Path):
    make_bundle(target, "one")
    link = tmp_path / "link"
    link.symlink_to(target)
    make_bundle(link, "two")
    assert link.is_symlink()
    assert (target / "index.html").read_text() == "two"


def test_a_failure_leaves_the_former_bundle(target: Path):
    def fail() -> None:
        with staged(target) as stage:
            (stage / "index.html").write_text("half")
            raise ZeroDivisionError

    make_bundle(target, "one")
    with pytest.raises(ZeroDivisionError):
        fail()
    assert (target / "index.html").read_text() == "one"
    assert beside(target) == ["bundle"]


def test_refuses_somebodys_files(target: Path):
    target.mkdir(parents=True)
    (target / "thesis.txt").write_text("precious")
    with pytest.raises(BundleError, match="not a bundle"):
        make_bundle(target, "one")
    assert (target / "thesis.txt").read_text() == "precious"


def test_refuses_a_manifest_of_somebody_else(target: Path):
    target.mkdir(parents=True)
    (target / "manifest.json").write_text('{"name": "a web app"}')
    with pytest.raises(BundleError, match="not a bundle"):
        make_bundle(target, "one")


@pytest.mark.parametrize("name", ["index.html", "lesson.py"])
def test_refuses_a_bundle_that_was_edited(target: Path, name: str):
    make_bundle(target, "one")
    (target / name).write_text("an evening's work")
    with pytest.raises(BundleError, match=f"changed since: {name}"):
        make_bundle(target, "two")
    assert (target / name).read_text() == "an evening's work"


def test_refuses_what_came_while_building(target: Path):
    def be_slow() -> None:
        with staged(target):
            target.mkdir()
            (target / "thesis.txt").write_text("precious")

    with pytest.raises(BundleError, match="not a bundle"):
        be_slow()
    assert (target / "thesis.txt").read_text() == "precious"


def test_refuses_a_file(target: Path):
    target.parent.mkdir()
    target.write_text("")
    with pytest.raises(BundleError, match="not a folder"):
        make_bundle(target, "one")

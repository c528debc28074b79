from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from timeback_web.bundle.derived import Derived, Work


class Maker:
    """Writes in capitals, and remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def make(self, works: Sequence[Work]) -> None:
        for source, target in works:
            self.asked.append(source.name)
            target.write_text(source.read_text().upper())


@pytest.fixture
def maker() -> Maker:
    return Maker()


@pytest.fixture
def sources(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / name for name in ("one", "two")]
    for path in paths:
        path.write_text("same text")
    return paths


def texts(paths: list[Path]) -> list[str]:
    return [path.read_text() for path in paths]


def test_makes_a_thing_once(tmp_path: Path, maker: Maker, sources: list[Path]):
    derived = Derived(tmp_path / "deep" / "made", "capitals")
    first, second = (derived.fetch(sources, maker.make) for _ in range(2))
    assert texts(first) == texts(second) == ["SAME TEXT", "SAME TEXT"]
    assert maker.asked == ["one", "two"]


def test_makes_only_what_has_changed(tmp_path: Path, maker: Maker, sources: list[Path]):
    derived = Derived(tmp_path / "made", "capitals")
    derived.fetch(sources, maker.make)
    sources[1].write_text("other text")
    assert texts(derived.fetch(sources, maker.make)) == ["SAME TEXT", "OTHER TEXT"]
    assert maker.asked == ["one", "two", "two"]


def test_another_recipe_makes_another_thing(tmp_path: Path, maker: Maker, sources: list[Path]):
    for recipe in ("capitals", "capitals, the second"):
        Derived(tmp_path / "made", recipe).fetch(sources[:1], maker.make)
    assert maker.asked == ["one", "one"]


def test_what_failed_leaves_nothing(tmp_path: Path, maker: Maker, sources: list[Path]):
    def fail(works: Sequence[Work]) -> None:
        maker.make(works[:1])
        raise ZeroDivisionError

    derived = Derived(tmp_path / "made", "capitals")
    with pytest.raises(ZeroDivisionError):
        derived.fetch(sources, fail)
    assert list(derived.folder.iterdir()) == []

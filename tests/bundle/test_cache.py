from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.bundle.makers import make_wheel, make_wheel_pin
from timeback_web.bundle.cache import Cache
from timeback_web.bundle.errors import BundleError
from timeback_web.bundle.pins import WheelPin


class Registry:
    """Delivers the files of a folder, and remembers what it was asked for."""

    def __init__(self, shelf: Path) -> None:
        self.shelf = shelf
        self.asked: list[str] = []

    def download(self, pins: Sequence[WheelPin], folder: Path) -> None:
        for pin in pins:
            self.asked.append(pin.file_name)
            on_shelf = self.shelf / pin.file_name
            if on_shelf.exists():
                (folder / pin.file_name).write_bytes(on_shelf.read_bytes())


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    return Registry(shelf)


@pytest.fixture
def pins(registry: Registry) -> list[WheelPin]:
    return [make_wheel_pin(make_wheel(registry.shelf, name, "1.0")) for name in ("one", "two")]


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "deep" / "cache")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_downloads_once(cache: Cache, registry: Registry, pins: list[WheelPin]):
    first = cache.fetch(pins, registry.download)
    second = cache.fetch(pins, registry.download)
    assert first == second == [cache.folder / pin.file_name for pin in pins]
    assert registry.asked == [pin.file_name for pin in pins]
    assert names(cache.folder) == sorted(registry.asked)


def test_downloads_only_what_is_missing(cache: Cache, registry: Registry, pins: list[WheelPin]):
    cache.fetch(pins[:1], registry.download)
    cache.fetch(pins, registry.download)
    assert registry.asked == [pin.file_name for pin in pins]


def test_a_damaged_file_is_downloaded_again(cache: Cache, registry: Registry, pins: list[WheelPin]):
    [path] = cache.fetch(pins[:1], registry.download)
    path.write_bytes(b"half a wh")
    cache.fetch(pins[:1], registry.download)
    assert pins[0].matches(path)


def test_a_wrong_download_is_refused(cache: Cache, registry: Registry, pins: list[WheelPin]):
    (registry.shelf / pins[0].file_name).write_bytes(b"something else")
    with pytest.raises(
        BundleError, match=r"one 1\.0: the checksum of one-1\.0.* is not the pinned"
    ):
        cache.fetch(pins, registry.download)
    assert names(cache.folder) == []


def test_a_download_that_never_came_is_told(cache: Cache, registry: Registry, pins: list[WheelPin]):
    (registry.shelf / pins[0].file_name).unlink()
    with pytest.raises(BundleError, match=r"one 1\.0: the registry sent no one-1\.0"):
        cache.fetch(pins, registry.download)

"""A store that outlives the page."""

from __future__ import annotations

from typing import Protocol


class StorageError(Exception):
    """The page's storage is full, blocked or absent."""


class Storage(Protocol):
    """A small synchronous store that outlives the page and is shared by its tabs."""

    def keys(self) -> list[str]:
        """All keys; empty when there is no storage."""
        ...

    def get(self, key: str) -> str | None:
        """The value, `None` when there is none."""
        ...

    def set(self, key: str, value: str) -> None:
        """Store it.

        Raises:
            StorageError: When it can't be kept.
        """
        ...

    def remove(self, key: str) -> None:
        """Forget it; harmless when it is not there."""
        ...

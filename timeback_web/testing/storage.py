"""A store in memory that can be full or blocked, and is shared by the tabs of a test."""

from __future__ import annotations

from timeback_web.ports import StorageError


class FakeStorage:
    """localStorage in a dict.

    Attributes:
        items: What is stored.
        full: Whether `set` fails.
        blocked: Whether there is no storage at all.
    """

    def __init__(self) -> None:
        """Begin empty."""
        self.items: dict[str, str] = {}
        self.full = False
        self.blocked = False

    def keys(self) -> list[str]:
        """All keys."""
        return [] if self.blocked else list(self.items)

    def get(self, key: str) -> str | None:
        """The value, `None` when there is none."""
        return None if self.blocked else self.items.get(key)

    def set(self, key: str, value: str) -> None:
        """Store it.

        Raises:
            StorageError: When the test says that storage is full or blocked.
        """
        if self.full or self.blocked:
            raise StorageError("the quota has been exceeded")
        self.items[key] = value

    def remove(self, key: str) -> None:
        """Forget it."""
        if not self.blocked:
            self.items.pop(key, None)

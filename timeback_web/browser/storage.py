"""localStorage, which may be full, blocked or not there at all."""

from __future__ import annotations

from js import Object, window
from pyodide.ffi import JsException

from timeback_web.ports import StorageError


class PageStorage:
    """The origin's localStorage.

    Even looking at `window.localStorage` raises where the user or an iframe's sandbox blocks it,
    so it is looked up in each call.
    """

    def keys(self) -> list[str]:
        """All keys; empty when there is no storage."""
        try:
            # One crossing to JavaScript, where `key(index)` takes several a key. It leaves out keys
            # such as "length" that Storage has itself; nobody here has keys like that.
            names: list[str] = Object.keys(window.localStorage).to_py()
        except (JsException, AttributeError):
            return []
        return names

    def get(self, key: str) -> str | None:
        """The value, `None` when there is none."""
        try:
            value = window.localStorage.getItem(key)
        except (JsException, AttributeError):
            return None
        # JavaScript's null arrives as pyodide.ffi.jsnull, which is not None.
        return value if isinstance(value, str) else None

    def set(self, key: str, value: str) -> None:
        """Store it.

        Raises:
            StorageError: When it can't be kept.
        """
        try:
            window.localStorage.setItem(key, value)
        except (JsException, AttributeError) as error:
            raise StorageError(str(error)) from None

    def remove(self, key: str) -> None:
        """Forget it; harmless when it is not there."""
        try:
            window.localStorage.removeItem(key)
        except (JsException, AttributeError):
            return

"""Packages that are loaded when they are needed, from where the page has its Pyodide."""

from __future__ import annotations

from importlib.util import find_spec

from pyodide_js import loadPackage

from timeback_web.errors import UnreachableError


class PagePackages:
    """Pyodide's own loader: it asks the lock of the page, which names the files."""

    async def load(self, name: str) -> None:
        """See to it that `name` can be imported."""
        if find_spec(name) is None:
            await loadPackage(name)
        if find_spec(name) is None:  # Pyodide reports what went wrong on the console only
            raise UnreachableError(f"the package {name} could not be loaded into the page")

"""Modules of a package that are all in one file: shorter than fifty of them, and found at once.

In a bundle this is `timeback_web.packed_modules`. The first thing that the package does there is to
call `provide`.
"""

from __future__ import annotations

import _imp
import marshal
import sys
from importlib.machinery import SourcelessFileLoader
from importlib.util import spec_from_file_location
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.machinery import ModuleSpec
    from types import CodeType

FILE_NAME = "modules.bin"


def provide(package: str, init: str) -> None:
    """Let the modules of a package be imported.

    Args:
        package: Its name.
        init: The path of its `__init__`; the file with the modules lies beside it.
    """
    folder = init.rpartition("/")[0]
    with open(f"{folder}/{FILE_NAME}", "rb") as file:  # noqa: PTH123 - a page may do without pathlib
        codes = marshal.load(file)  # noqa: S302 - it came in the same archive as this
    # In front: of what is not to be found, Pyodide's own finders have more to say than that.
    sys.meta_path.insert(0, _Finder(package, folder, codes))


class _Finder:
    """Finds them. Modules that other archives add to the package are files, and found as ever."""

    def __init__(self, package: str, folder: str, codes: Mapping[str, bytes]) -> None:
        self._prefix = f"{package}."
        self._folder = folder
        self._codes = codes

    def find_spec(
        self, name: str, _path: object = None, _target: object = None
    ) -> ModuleSpec | None:
        """Say where a module is and what loads it, if it is one of these."""
        if not name.startswith(self._prefix):
            return None
        place = name.removeprefix(self._prefix).replace(".", "/")
        for file in (f"{place}.py", f"{place}/__init__.py"):
            if file in self._codes:
                path = f"{self._folder}/{file}"
                loader = _Loader(name, path, self._codes[file])
                return spec_from_file_location(name, path, loader=loader)
        return None


class _Loader(SourcelessFileLoader):
    """Loads one of them."""

    def __init__(self, name: str, path: str, code: bytes) -> None:
        super().__init__(name, path)
        self._code = code

    def get_code(self, _name: str) -> CodeType:
        """Return the bytecode of the module."""
        code: CodeType = marshal.loads(self._code)  # noqa: S302
        # Tracebacks name its path. It is left out of the file, and importlib itself does it so.
        _imp._fix_co_filename(code, self.path)  # type: ignore[attr-defined]
        return code

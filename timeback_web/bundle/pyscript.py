"""The files of PyScript, taught to find Pyodide beside themselves."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from timeback_web.bundle.archives import read_tarball
from timeback_web.bundle.errors import BundleError

# Left to itself, PyScript loads Pyodide from a CDN. A config can name another `interpreter`, but
# PyScript resolves that name against the *page*, so one config could not serve pages in different
# folders. Its `offline` mode does the same. What we want is the folder beside PyScript's own:
# for a page script and for a worker, whatever the page's address and the bundle's.
_OFFLINE_MODE = (
    b"""if(!d){const e="script[type='module'][offline]",t=document.querySelector(e)?.src;"""
    b"""t&&import.meta.url.startsWith(t.replace(/\\.js$/,""))&&"""
    b"""(d=`./pyscript/${n}/${n}.mjs`,d=Uo({interpreter:d}))}"""
)
_ALWAYS_BESIDE = b"""d||=new URL(`../${n}/${n}.mjs`,import.meta.url).href;"""
# PyScript's licence (Apache 2.0, section 4b) wants changed files to say so.
_NOTICE = b"/* Changed by timeback_web: Pyodide is loaded from the folder beside this one. */\n"


def unpack_pyscript(tarball: Path, folder: Path) -> None:
    """Write PyScript's modules and licence into `folder`.

    Only source maps are left out. Plugins that few pages use (editor, terminal) stay: PyScript
    imports the entry of every plugin while it boots, whatever the page's config says.

    Raises:
        BundleError: the code that chooses the interpreter is not where it is known to be.
    """
    places = 0
    for path, content in read_tarball(tarball):
        if _is_served(path):
            places += content.count(_OFFLINE_MODE)
            (folder / path.name).write_bytes(_localised(content))
    if places != 1:
        raise BundleError(f"{tarball.name} is not the PyScript that this version can make local")


def _localised(content: bytes) -> bytes:
    if _OFFLINE_MODE not in content:
        return content
    return _NOTICE + content.replace(_OFFLINE_MODE, _ALWAYS_BESIDE)


def _is_served(path: PurePosixPath) -> bool:
    return path.name == "LICENSE" or (path.parts[0] == "dist" and path.suffix != ".map")

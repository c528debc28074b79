"""Files: the pages, their assets, and the bundle with the page's Python."""

import mimetypes
from pathlib import Path

from fastapi import APIRouter, FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

# Not every system knows these, and a browser runs no module and no WebAssembly of another type.
for suffix, media_type in {
    ".mjs": "text/javascript",
    ".js": "text/javascript",
    ".wasm": "application/wasm",
    ".whl": "application/zip",
    ".zip": "application/zip",
    ".toml": "application/toml",
}.items():
    mimetypes.add_type(media_type, suffix)

# Kept by the browser, and asked for again with its ETag each time: never stale, rarely resent.
_REVALIDATED = {"Cache-Control": "no-cache"}


class _Folder(StaticFiles):
    """A folder that may come into being after the server has started."""

    def __init__(self, directory: Path, missing: str = "") -> None:
        super().__init__(directory=directory, check_dir=False)
        self._missing = missing

    async def check_config(self) -> None:
        """A missing folder is no error here: its files are answered with 404."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, to be revalidated; 404 when it is not there."""
        try:
            response = await super().get_response(path, scope)
        except HTTPException as error:
            if error.status_code == 404:
                raise HTTPException(404, f"No such file: {path}.{self._missing}") from None
            raise
        response.headers.update(_REVALIDATED)
        return response


def mount_files(app: FastAPI, pages: Path, bundle: Path) -> None:
    """Serve the pages and the folders they load from."""
    app.include_router(_page_routes(_Folder(pages)))
    app.mount("/assets", _Folder(pages / "assets"))
    hint = " If the bundle is missing, make it with `python -m timeback_web bundle`."
    app.mount("/bundle", _Folder(bundle, hint))


def _page_routes(pages: _Folder) -> APIRouter:
    router = APIRouter()

    @router.get("/")
    async def index(request: Request) -> Response:
        return await pages.get_response("index.html", request.scope)

    # Any id: the page itself asks the API for the lesson, and says so when there is none.
    @router.get("/lesson/{lesson_id}")
    async def lesson(request: Request) -> Response:
        return await pages.get_response("lesson.html", request.scope)

    @router.get("/journal")
    async def journal(request: Request) -> Response:
        return await pages.get_response("journal.html", request.scope)

    return router

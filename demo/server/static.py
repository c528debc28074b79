"""Files: the pages, their assets, and the bundle with the page's Python."""

import hashlib
import mimetypes
import os
import re
from pathlib import Path

from fastapi import APIRouter, FastAPI, Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import Scope

from . import content_policy
from .settings import Settings

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
# The bundle names wheels after their content: another content is another address.
_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
_NAMED_BY_CONTENT = re.compile(r"-0_[0-9a-f]{12}-[^/]+\.whl$")

# What a browser asks for before a worker may reach its page (SharedArrayBuffer). The page's files
# are all of this origin, so they need no header of their own.
# (And `Cross-Origin-Opener-Policy`, which every answer has.)
_ISOLATED = {"Cross-Origin-Embedder-Policy": "require-corp"}

# The compressed copies in the bundle, the smaller ones first.
_COPIES = {"br": ".br", "gzip": ".gz"}


class _Folder(StaticFiles):
    """A folder that may come into being after the server has started."""

    def __init__(self, directory: Path, missing: str = "", *, html: bool = False) -> None:
        super().__init__(directory=directory, check_dir=False, html=html)
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
        if path.endswith(".html"):
            response.headers["Content-Security-Policy"] = self._policy(path)
        return response

    def _policy(self, path: str) -> str:
        """What a page may do."""
        return content_policy.of_page(path)


class _Pages(_Folder):
    """The demo's own pages, each a template that fills in `layout.html`."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self._templates = Environment(
            loader=FileSystemLoader(directory),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,  # noqa: ARG002 - of the template, not of the page
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """The page, or 304 for who has it already."""
        html = self._templates.get_template(Path(full_path).name).render()
        etag = hashlib.sha256(html.encode()).hexdigest()
        page = HTMLResponse(html, status_code, {"ETag": f'"{etag}"'})
        if self.is_not_modified(page.headers, Headers(scope=scope)):
            return NotModifiedResponse(page.headers)
        return page


class _Site(_Folder):
    """The documents: a folder is its `index.html`, and the search is a worker in a file."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Any file may be a page or a worker, so all have the policy of one."""
        response = await super().get_response(path, scope)
        response.headers["Content-Security-Policy"] = content_policy.SITE
        return response


class _Bundle(_Folder):
    """Sends the compressed copy of a file, where there is one, to whoever takes it."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, or its copy; which of them depends on the request, as caches have to know."""
        accepted = Headers(scope=scope).get("accept-encoding", "")
        encoding, suffix = self._choose(path, accepted)
        response = await super().get_response(path + suffix, scope)
        response.headers["Vary"] = "Accept-Encoding"
        if encoding:
            response.headers["Content-Encoding"] = encoding
        if path.endswith(".html"):
            response.headers["Content-Security-Policy"] = self._policy(path)
        if _NAMED_BY_CONTENT.search(path):
            response.headers.update(_FOR_EVER)
        return response

    def _policy(self, path: str) -> str:
        """The page of the bundle is an example in one file, with a script and a style in it."""
        file, found = self.lookup_path(path)
        return content_policy.with_inline(Path(file).read_text() if found else "")

    def _choose(self, path: str, accepted: str) -> tuple[str, str]:
        """The encoding to send, and what a name ends in that has it."""
        for encoding, suffix in _COPIES.items():
            if _accepts(accepted, encoding) and self.lookup_path(path + suffix)[1]:
                return encoding, suffix
        return "", ""


def _accepts(header: str, encoding: str) -> bool:
    """Whether an Accept-Encoding header names `encoding`, and not only to refuse it (`q=0`)."""
    for item in header.lower().split(","):
        name, _, weight = item.replace(" ", "").partition(";q=")
        if name == encoding:
            return not weight or weight.strip("0.") != ""
    return False


def mount_files(app: FastAPI, settings: Settings) -> None:
    """Serve the pages and the folders they load from."""
    app.include_router(_page_routes(_Pages(settings.pages_dir)))
    app.mount("/assets", _Folder(settings.pages_dir / "assets"))
    hint = " If the bundle is missing, make it with `python -m timeback_web bundle`."
    app.mount("/bundle", _Bundle(settings.bundle_dir, hint))
    hint = " These pages are made by `make demo-frameworks`."
    app.mount("/frameworks", _Folder(settings.frameworks_dir, hint))
    hint = " The documents are built by `make docs`."
    app.mount("/docs", _Site(settings.site_dir, hint, html=True))


def _page_routes(pages: _Pages) -> APIRouter:
    router = APIRouter(default_response_class=HTMLResponse)

    @router.get("/")
    async def index(request: Request) -> Response:
        return await pages.get_response("index.html", request.scope)

    # Any id: the page itself asks the API for the lesson, and says so when there is none.
    @router.get("/lesson/{lesson_id}")
    async def lesson(request: Request) -> Response:
        return await pages.get_response("lesson.html", request.scope)

    @router.get("/worker/{lesson_id}")
    async def lesson_in_a_worker(request: Request) -> Response:
        response = await pages.get_response("worker.html", request.scope)
        response.headers.update(_ISOLATED)
        return response

    @router.get("/plain/{lesson_id}")
    async def lesson_without_pyscript(request: Request) -> Response:
        return await pages.get_response("plain.html", request.scope)

    @router.get("/tag/fractions")
    async def page_to_read(request: Request) -> Response:
        return await pages.get_response("tag.html", request.scope)

    @router.get("/journal")
    async def journal(request: Request) -> Response:
        return await pages.get_response("journal.html", request.scope)

    return router

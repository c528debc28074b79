"""Route: what there is to see beside the lessons, as far as it has been built."""

from typing import Any

from fastapi import APIRouter

from .services import Parts

router = APIRouter(prefix="/api")


@router.get("/extras")
def extras(parts: Parts) -> dict[str, Any]:
    """The framework pages by name, and whether the documents are there: what a home page links."""
    settings = parts.settings
    pages = sorted(settings.frameworks_dir.glob("*.html"))
    return {
        "frameworks": [page.stem for page in pages],
        "docs": (settings.site_dir / "index.html").is_file(),
    }

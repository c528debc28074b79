"""What browsers get of the bundle, by what they say they accept."""

from __future__ import annotations

import gzip
from urllib.request import Request, urlopen

import pytest

from tests.pyodide.conftest import SUB_PATH
from tests.support.bundle import built_bundle
from tests.support.static_site import StaticSite

FILES = {
    "pyodide/pyodide.asm.wasm": "application/wasm",
    "pyodide/pyodide.mjs": "text/javascript",
    "pyodide/python_stdlib.zip": "application/zip",
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("gzip, deflate, br, zstd", "br"), ("gzip", "gzip"), ("identity", None)],
)
def test_a_compressed_copy_is_served_as_what_it_is_a_copy_of(
    site: StaticSite, name: str, accepted: str, encoding: str | None
) -> None:
    request = Request(f"{site.origin}/{SUB_PATH}/{name}", headers={"Accept-Encoding": accepted})
    with urlopen(request) as response:
        body = response.read()
    assert response.headers["Content-Type"] == FILES[name]
    assert response.headers["Content-Encoding"] == encoding
    assert response.headers["Vary"] == "Accept-Encoding"
    original = (built_bundle() / name).read_bytes()
    if encoding == "br":
        assert len(body) < len(original)
    else:
        assert (gzip.decompress(body) if encoding else body) == original

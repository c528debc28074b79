"""What holds for every request."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from demo.server.middleware import MAX_BODY_BYTES
from tests.server.running import Browser, RunningDemo

_WASM = "'self' 'wasm-unsafe-eval'"


@pytest.fixture(scope="module")
def demo(database_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDemo]:
    """One server for all on a database: these tests leave nothing that another could see."""
    folder = tmp_path_factory.mktemp("demo")
    pages = folder / "pages"
    (pages / "assets").mkdir(parents=True)
    for name in ("index", "lesson", "plain", "tag", "worker", "journal"):
        (pages / f"{name}.html").write_text(f"<h1>{name}</h1>")
    (pages / "assets" / "main.py").write_text("print()")
    (folder / "secret.txt").write_text("not for you")
    with RunningDemo(folder, pages_dir=pages) as running:
        yield running


@pytest.fixture(scope="module")
def ada(demo: RunningDemo) -> Browser:
    return demo.browser("ada")


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
    ],
)
def test_writes_from_other_sites_are_refused(ada: Browser, headers: dict[str, str]) -> None:
    for path in ("/api/signout", "/api/timeback/activity/heartbeat", "/platform/faults"):
        response = ada.client.post(path, content="{}", headers=headers)
        assert response.status_code == 403
        assert response.json()["error"]["code"] == "CROSS_SITE"
    assert ada.get("/api/me").json()["learner"]["id"] == "ada"


def test_reads_and_own_writes_pass(demo: RunningDemo, ada: Browser) -> None:
    cross = {"Sec-Fetch-Site": "cross-site"}
    assert ada.client.get("/api/me", headers=cross).status_code == 200
    for headers in ({"Sec-Fetch-Site": "same-origin"}, {"Origin": demo.settings.address}):
        response = ada.client.post("/api/signin", json={"learner": "ada"}, headers=headers)
        assert response.status_code == 204


def test_a_body_may_be_64_kib_and_no_more(ada: Browser) -> None:
    fits = b'"' + b"x" * (MAX_BODY_BYTES - 2) + b'"'
    assert ada.client.post("/api/progress/fractions", content=fits).status_code == 400
    for content in (fits + b" ", iter([fits, b" "])):
        response = ada.client.post("/api/progress/fractions", content=content)
        assert response.status_code == 413
        assert response.json()["error"]["code"] == "TOO_LARGE"


@pytest.mark.parametrize("content", ["", "{", "runId=5", "\xff", "{'runId': 1}", "[" * 60_000])
def test_what_is_not_json_is_refused_plainly(ada: Browser, content: str) -> None:
    response = ada.client.post("/api/progress/fractions", content=content.encode("latin-1"))
    assert response.status_code == 400
    assert response.json()["error"]["code"] == "MALFORMED_JSON"


@pytest.mark.parametrize("content", ["null", "[]", '"x"', "{}", '{"runId": {}}'])
def test_json_of_the_wrong_shape_is_refused_plainly(ada: Browser, content: str) -> None:
    response = ada.client.post("/api/progress/fractions", content=content)
    assert response.status_code == 400
    assert response.json()["error"]["code"] == "INVALID_BODY"


@pytest.mark.parametrize("content_type", ["application/json", "text/plain;charset=UTF-8", None])
def test_a_body_is_json_whatever_its_content_type(ada: Browser, content_type: str | None) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    response = ada.client.post("/api/signin", content='{"learner": "ada"}', headers=headers)
    assert response.status_code == 204


def test_every_answer_has_security_headers(ada: Browser) -> None:
    refused = ada.client.post("/api/signout", headers={"Sec-Fetch-Site": "cross-site"})
    for response in (ada.get("/"), ada.get("/api/me"), ada.get("/nothing"), refused):
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["referrer-policy"] == "same-origin"
        assert response.headers["cross-origin-resource-policy"] == "same-origin"
        assert response.headers["cross-origin-opener-policy"] == "same-origin"
        assert "camera=()" in response.headers["permissions-policy"]
        policy = response.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; frame-ancestors 'none'")


def test_every_kind_of_page_has_its_policy(ada: Browser) -> None:
    def scripts(path: str) -> str:
        response = ada.get(path)
        policy = response.headers["content-security-policy"]
        assert "'unsafe-inline'" not in policy
        known = {"If-None-Match": response.headers.get("etag", "")}
        assert ada.client.get(path, headers=known).headers["content-security-policy"] == policy
        directives = dict(part.split(" ", 1) for part in policy.split("; "))
        return directives.get("script-src", directives["default-src"])

    assert scripts("/") == scripts("/journal") == "'self'"
    assert scripts("/lesson/fractions") == scripts("/plain/fractions") == _WASM
    assert scripts("/worker/fractions") == f"{_WASM} 'unsafe-eval'"
    assert scripts("/api/me") == scripts("/assets/main.py") == scripts("/nothing") == "'none'"


def test_unknown_paths_and_methods_answer_in_the_one_shape(ada: Browser) -> None:
    missing = ada.get("/api/nothing")
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "NOT_FOUND")
    wrong = ada.client.delete("/api/me")
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (405, "METHOD_NOT_ALLOWED")
    assert wrong.headers["allow"] == "GET"


def test_an_error_of_ours_shows_no_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("demo.server.lessons_api.status_of", lambda _attempt: 1 / 0)
    with RunningDemo(tmp_path) as broken:
        response = broken.browser("ada").get("/api/lessons")
    assert response.status_code == 500
    assert response.json() == {
        "error": {"code": "INTERNAL_ERROR", "message": "Something went wrong here."}
    }


def test_the_server_says_when_it_is_up(ada: Browser) -> None:
    assert ada.get("/healthz").json() == {"status": "ok"}


def test_the_pages_are_served_and_revalidated(ada: Browser) -> None:
    pages = {
        "/": "index",
        "/lesson/fractions": "lesson",
        "/plain/fractions": "plain",
        "/tag/fractions": "tag",
        "/journal": "journal",
    }
    for path, name in pages.items():
        response = ada.get(path)
        assert response.text == f"<h1>{name}</h1>"
        assert response.headers["content-type"].startswith("text/html")
        assert response.headers["cache-control"] == "no-cache"
        known = {"If-None-Match": response.headers["etag"]}
        assert ada.client.get(path, headers=known).status_code == 304
    assert ada.get("/assets/main.py").text == "print()"


def test_a_change_of_the_layout_changes_its_pages(tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    (pages / "assets").mkdir(parents=True)
    (pages / "index.html").write_text('{% extends "layout.html" %}{% set title = "<One>" %}')
    (pages / "layout.html").write_text("<h1>{{ title }}</h1>")
    with RunningDemo(tmp_path, pages_dir=pages) as running:
        browser = running.browser()
        before = browser.get("/")
        assert before.text == "<h1>&lt;One&gt;</h1>"
        (pages / "layout.html").write_text("<h2>{{ title }}</h2>")
        known = {"If-None-Match": before.headers["etag"]}
        after = browser.client.get("/", headers=known)
        assert (after.status_code, after.text) == (200, "<h2>&lt;One&gt;</h2>")
        assert browser.get("/layout.html").status_code == 404


def test_a_bundle_can_come_later_and_has_the_right_types(demo: RunningDemo, ada: Browser) -> None:
    missing = ada.get("/bundle/pyodide.mjs")
    assert missing.status_code == 404
    assert "python -m timeback_web bundle" in missing.json()["error"]["message"]
    demo.settings.bundle_dir.mkdir()
    types = {
        "a.mjs": "text/javascript",
        "a.js": "text/javascript",
        "a.wasm": "application/wasm",
        "a.json": "application/json",
        "a.toml": "application/toml",
        "a.whl": "application/zip",
        "a.zip": "application/zip",
    }
    for name, media_type in types.items():
        (demo.settings.bundle_dir / name).write_bytes(b"x")
        response = ada.get(f"/bundle/{name}")
        assert response.headers["content-type"].partition(";")[0] == media_type
        known = {"If-None-Match": response.headers["etag"]}
        again = ada.client.get(f"/bundle/{name}", headers=known)
        assert (again.status_code, again.headers["cache-control"]) == (304, "no-cache")


def test_the_pages_of_the_frameworks_can_come_later(demo: RunningDemo, ada: Browser) -> None:
    missing = ada.get("/frameworks/react.html")
    assert missing.status_code == 404
    assert "make demo-frameworks" in missing.json()["error"]["message"]
    demo.settings.frameworks_dir.mkdir()
    (demo.settings.frameworks_dir / "react.html").write_bytes(b"x")
    found = ada.get("/frameworks/react.html")
    assert found.status_code == 200
    assert found.headers["cache-control"] == "no-cache"


@pytest.fixture
def bundle(demo: RunningDemo) -> Path:
    """A bundle of one file, with copies that tell which is which."""
    folder = demo.settings.bundle_dir
    folder.mkdir(exist_ok=True)
    for suffix in ("", ".gz", ".br"):
        (folder / f"one.wasm{suffix}").write_bytes(f"content{suffix}".encode())
    return folder


def raw(
    demo: RunningDemo, path: str, accepted: str, **headers: str
) -> tuple[httpx.Response, bytes]:
    """The answer, and its body as it came."""
    url = f"{demo.settings.address}{path}"
    asked = {"Accept-Encoding": accepted} | headers
    with httpx.Client() as client, client.stream("GET", url, headers=asked) as response:
        return response, b"".join(response.iter_raw())


@pytest.mark.usefixtures("bundle")
@pytest.mark.parametrize(
    ("accepted", "encoding", "content"),
    [
        ("gzip, deflate, br, zstd", "br", b"content.br"),
        ("gzip, deflate", "gzip", b"content.gz"),
        ("br;q=0, GZIP;q=0.5", "gzip", b"content.gz"),
        ("br; q=0.000", None, b"content"),
        ("brown, gzipped", None, b"content"),
        ("identity", None, b"content"),
    ],
)
def test_a_compressed_copy_goes_to_whoever_accepts_it(
    demo: RunningDemo, accepted: str, encoding: str | None, content: bytes
) -> None:
    response, body = raw(demo, "/bundle/one.wasm", accepted)
    assert (response.headers.get("content-encoding"), body) == (encoding, content)
    assert response.headers["content-type"] == "application/wasm"
    assert response.headers["vary"] == "Accept-Encoding"
    assert response.headers["cache-control"] == "no-cache"
    known = {"If-None-Match": response.headers["etag"]}
    assert raw(demo, "/bundle/one.wasm", accepted, **known)[0].status_code == 304


def test_a_file_without_a_copy_goes_out_as_it_is(demo: RunningDemo, bundle: Path) -> None:
    (bundle / "two.mjs").write_bytes(b"go()")
    response, body = raw(demo, "/bundle/two.mjs", "br, gzip")
    assert ("content-encoding" in response.headers, body) == (False, b"go()")


def test_what_is_named_after_its_content_is_kept_for_ever(demo: RunningDemo, bundle: Path) -> None:
    wheel = "one-1.0-0_0123456789ab-py3-none-any.whl"
    (bundle / wheel).write_bytes(b"x")
    response, _ = raw(demo, f"/bundle/{wheel}", "br")
    assert "immutable" in response.headers["cache-control"]


def test_no_path_leads_out_of_a_folder(demo: RunningDemo) -> None:
    for path in (
        "/assets/../../secret.txt",
        "/assets/%2e%2e/%2e%2e/secret.txt",
        "/bundle/..%2fsecret.txt",
    ):
        with httpx.Client() as client:
            url = httpx.URL(f"{demo.settings.address}{path}")
            response = client.get(url)
        assert response.status_code == 404
        assert "not for you" not in response.text


def test_the_inline_script_of_a_file_is_named_by_its_digest(ada: Browser, bundle: Path) -> None:
    # The digest as CSP's specification gives it for this very text.
    page = "<script src=a.js></script><script>alert('Hello, world.');</script><style></style>"
    (bundle / "index.html").write_text(page)
    policy = ada.get("/bundle/index.html").headers["content-security-policy"]
    assert "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='" in policy
    assert policy.count("'sha256-") == 2
    assert "unsafe-inline" not in policy

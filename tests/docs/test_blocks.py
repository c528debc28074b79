"""Blocks that are not Python: each is parsed, checked or type-checked, or says why not."""

from __future__ import annotations

import json
import re
import shutil
import subprocess

import pytest

from tests.docs.reading import DOCUMENTS, GENERATED, ROOT, read_blocks
from tests.docs.shell import check_shell, make_targets
from tests.support.bundle import built_bundle

BLOCKS = [block for path in DOCUMENTS if path not in GENERATED for block in read_blocks(path)]

# How many say that they can't be run here. It may only become smaller.
UNTESTED = 2

RUN_BY_NAME = {
    "install": "docs/test_install.py, docs/test_tutorial.py",
    "server": "docs/test_tutorial.py",
    "page": "docs/test_pages.py",
}
PROSE = {"text", "nginx", "mermaid"}  # Mermaid is drawn in docs/test_site_in_browser.py


def those_in(*languages):
    return pytest.mark.parametrize(
        "block", [b for b in BLOCKS if b.language in languages and not b.untested], ids=str
    )


def test_every_block_is_of_a_kind_that_is_tested():
    tested = {"python", "json", "sh", "js", "ts", "html"}
    assert {block.language for block in BLOCKS} <= tested | PROSE
    for path in set(DOCUMENTS) - GENERATED:
        fences = len(re.findall(r"^ *```", path.read_text(encoding="utf-8"), re.MULTILINE))
        blocks = len([block for block in BLOCKS if block.document == path])
        assert fences == 2 * blocks, f"a block in {path} names no language"


def test_what_is_left_out_says_why_and_does_not_become_more():
    left_out = [f"{block}: {block.untested}" for block in BLOCKS if block.untested]
    assert len(left_out) == UNTESTED, "\n".join(left_out)


def test_what_another_test_runs_names_one_that_there_is():
    assert {block.run for block in BLOCKS if block.run} <= set(RUN_BY_NAME)


@those_in("json")
def test_json(block):
    json.loads(block.code)


@those_in("sh")
def test_commands_exist(block):
    check_shell(block.code)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_targets_of_make_named_in_the_text_exist(path):
    named = set(re.findall(r"`make ([a-z][a-z-]*)[` ]", path.read_text(encoding="utf-8")))
    assert named <= make_targets()


@those_in("html")
def test_what_a_page_loads_is_in_the_bundle(block):
    """Every address below the folder that the documents tell the reader to make."""
    paths = re.findall(r'"(?:/static/)?runtime/([^"]+)"', block.code)
    assert paths or "src=" not in block.code
    for path in paths:
        assert (built_bundle() / path).is_file(), path
    for import_map in re.findall(r'type="importmap">(.*?)</script>', block.code, re.DOTALL):
        assert json.loads(import_map)["imports"]


# What the documents import and the project has no types for.
SHIMS = {
    "pyodide.d.ts": """
        interface Pyodide { runPythonAsync(code: string): Promise<unknown> }
        export function loadPyodide(options: { packages: string[] }): Promise<Pyodide>;
    """,
    "guard.d.ts": "export function guard(worker: Worker): void;",
    "url.d.ts": "export function fileURLToPath(url: URL): string;",
}
PATHS = {
    "/static/runtime/js/core.js": ["./js/core.d.ts"],
    "/static/runtime/js/guard.js": ["./guard.d.ts"],
    "/static/runtime/pyodide/pyodide.mjs": ["./pyodide.d.ts"],
    "node:url": ["./url.d.ts"],
}


def test_javascript_has_the_right_types(tmp_path):
    compiler = ROOT / "demo" / "frameworks" / "node_modules" / ".bin" / "tsc"
    if not compiler.is_file():
        pytest.skip("TypeScript is not installed: `make test` does it")
    shutil.copytree(ROOT / "timeback_web" / "js", tmp_path / "js")
    files = [_as_module(block, tmp_path) for block in BLOCKS if block.language in ("js", "ts")]
    assert len(files) >= 4
    for name, types in SHIMS.items():
        (tmp_path / name).write_text(types)
    options = {
        "strict": True,
        "allowJs": True,
        "checkJs": True,
        "noEmit": True,
        "target": "esnext",
        "module": "esnext",
        "moduleResolution": "bundler",
        "lib": ["esnext", "dom"],
        "types": [],
        "paths": PATHS,
    }
    config = {"compilerOptions": options, "files": files}
    (tmp_path / "tsconfig.json").write_text(json.dumps(config))
    result = subprocess.run([compiler, "-p", tmp_path], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def _as_module(block, folder):
    """The block as a file that is named after where it stands."""
    name = re.sub(r"[^a-z0-9]+", "_", str(block).lower()) + f".{block.language}"
    (folder / name).write_text(block.code + "\nexport {};\n")
    return name

"""Every module of ours as pages get it, beside its source: in the same Python, run by Node.js."""

from __future__ import annotations

import json
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.support.bundle import built_bundle
from timeback_web.bundle.commands import find_program
from timeback_web.bundle.own_wheel import build_own_wheels

RUN = """
    import { readFileSync } from "node:fs";
    const [loader, folder, code] = process.argv.slice(1);
    const { loadPyodide } = await import(loader);
    const python = await loadPyodide();
    for (const name of OF_PAGES) globalThis[name] ??= class {};
    await python.loadPackage(["pydantic", ...OURS], { messageCallback() {} });
    python.mountNodeFS("/sources", folder);
    try {
      console.log(python.runPython(code));
    } catch (error) {  // uncaught, Node.js would show all of Pyodide, which is one line
      console.log(error.message);
      process.exitCode = 1;
    }
"""

OF_PAGES = [
    "document",
    "localStorage",
    "location",
    "MutationObserver",
    "navigator",
    "postMessage",
    "window",
]
"""What modules import of a page, and Node.js has not."""

PROBE = """
import __future__, importlib, inspect, json, re, sys, typing
from pathlib import Path

sys.dont_write_bytecode = True
if FROM_SOURCES:
    sys.path.insert(0, "/sources")

def without_types(function):
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return ""
    bare = [one.replace(annotation=one.empty) for one in signature.parameters.values()]
    return re.sub(" at 0x[0-9a-f]+", "", str(inspect.Signature(bare)))

def describe_class(cls):
    if getattr(cls, "_is_protocol", False):
        return "a protocol"
    types = inspect.get_annotations(cls)
    fields = {name: getattr(one, "__forward_arg__", str(one)) for name, one in types.items()}
    found = {"": [without_types(cls), [base.__qualname__ for base in cls.__mro__], fields]}
    for name, value in vars(cls).items():
        if name not in ("__doc__", "__annotations__"):
            found[name] = describe(value)
    return dict(sorted(found.items()))

def describe(value):
    if isinstance(value, (staticmethod, classmethod)):
        return [type(value).__name__, describe(value.__func__)]
    if isinstance(value, property):
        return ["property", describe(value.fget)]
    if inspect.isfunction(value):
        code = value.__code__
        return [value.__qualname__, without_types(value), code.co_firstlineno, code.co_names]
    return type(value).__name__

def is_for_types(name, value):
    return value is getattr(typing, name, None) or value is __future__.annotations

def describe_module(name):
    module = importlib.import_module(name)
    assert module.__file__.startswith("/sources/") == FROM_SOURCES
    found = {}
    for name, value in vars(module).items():
        if getattr(value, "__module__", "") == module.__name__:
            found[name] = describe_class(value) if inspect.isclass(value) else describe(value)
        elif not (name.startswith("__") or is_for_types(name, value)):
            found[name] = getattr(value, "__name__", type(value).__name__)
    return dict(sorted(found.items()))

json.dumps({name: describe_module(name) for name in MODULES})
"""


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source of all that is shipped."""
    folder = tmp_path_factory.mktemp("sources")
    for wheel in build_own_wheels(tmp_path_factory.mktemp("wheels")):
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(folder)
    return folder


def described(sources: Path, *, from_sources: bool) -> dict[str, Any]:
    """What an observer sees of every module."""
    paths = (path.relative_to(sources).with_suffix("") for path in sources.rglob("*.py"))
    modules = sorted(".".join(path.parts).removesuffix(".__init__") for path in paths)
    bundle = built_bundle() / "pyodide"
    ours = sorted({path.name.partition("-")[0] for path in bundle.glob("timeback_web*.whl")})
    names = [] if from_sources else [name.replace("_", "-") for name in ours]
    code = f"FROM_SOURCES = {from_sources}; MODULES = {modules}\n{PROBE}"
    run = f"const [OURS, OF_PAGES] = {json.dumps([names, OF_PAGES])};\n{RUN}"
    loader = (bundle / "pyodide.mjs").as_uri()
    node = find_program("node", "run the bundle")
    command = [node, "--input-type=module", "-e", run, loader, str(sources), code]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2_000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_all_that_can_be_seen_of_a_module_is_what_its_source_has(sources: Path):
    shipped = described(sources, from_sources=False)
    written = described(sources, from_sources=True)
    assert len(shipped) > 50
    del shipped["timeback_web"]["packed_modules"]  # it has no source among these
    for name, module in written.items():
        assert shipped[name] == module, name

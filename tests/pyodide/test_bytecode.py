"""The bundle's Python, run by Node.js: bytecode that is whole, and as good as its sources."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.support.bundle import built_bundle
from timeback_web.bundle.commands import find_program

# What a lesson may want of the standard library.
MODULES = """
    abc argparse array ast asyncio base64 bisect calendar cmath cmd code codecs collections
    collections.abc colorsys concurrent.futures configparser contextlib copy csv dataclasses
    datetime decimal difflib dis doctest email.message enum fractions functools gettext glob gzip
    hashlib heapq html.parser http.client http.cookies importlib.metadata importlib.resources
    inspect io itertools json keyword linecache locale logging logging.handlers math numbers
    operator optparse pathlib pickle pkgutil platform pprint pstats pydoc queue random re reprlib
    sched secrets shelve shlex shutil statistics string string.templatelib struct symtable tempfile
    textwrap threading timeit token tokenize tomllib traceback types typing unicodedata unittest
    unittest.mock urllib.parse uuid warnings weakref xml.dom.minidom xml.etree.ElementTree zipfile
    zlib zoneinfo
    annotated_types micropip pydantic pydantic.dataclasses pydantic.json_schema pydantic.networks
    pydantic_core pyodide.code pyodide.ffi pyodide.http pyodide_http timeback_web
    timeback_web.browser typing_extensions typing_inspection
"""

RUN = """
    const [loader, code] = process.argv.slice(1);
    const { loadPyodide } = await import(loader);
    const python = await loadPyodide();
    const quiet = { messageCallback() {} };
    await python.loadPackage(["timeback-web", "pydantic", "micropip", "pyodide-http"], quiet);
    console.log(python.runPython(code));
"""

PROBE = """
import importlib.machinery, inspect, json, random, sys, traceback

def failure(make):
    try:
        make()
    except Exception as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        return [frame.filename, frame.lineno, frame.name]

failures, origins = {}, set()
for name in MODULES.split():
    try:
        module = importlib.import_module(name)
    except BaseException as error:
        failures[name] = repr(error)
    else:
        if isinstance(module.__loader__, importlib.machinery.SourcelessFileLoader):
            origins.add("pyc")
        elif origin := getattr(module.__spec__, "origin", None):
            origins.add(origin.rpartition(".")[2])

import pydantic, json as codec, timeback_web.options

class Point(pydantic.BaseModel):
    "A place."
    x: int

json.dumps({
    "failures": failures,
    "origins": sorted(origins),
    "library": failure(lambda: codec.loads("{")),
    "wheel": failure(lambda: pydantic.create_model("A", __base__=1, __config__={})),
    "ours": failure(lambda: timeback_web.options.parse(timeback_web.options.Course, 1)),
    "help": inspect.getdoc(random.randint),
    "schema": Point.model_json_schema()["description"],
})
"""


@pytest.fixture(scope="module")
def answers() -> dict[str, Any]:
    loader = (built_bundle() / "pyodide" / "pyodide.mjs").as_uri()
    node = find_program("node", "run the bundle")
    command = [node, "--input-type=module", "-e", RUN, loader, f"{MODULES = }\n{PROBE}"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def line_of(module: Path, text: str) -> int:
    lines = module.read_text().splitlines()
    [number] = [number for number, line in enumerate(lines, start=1) if text in line]
    return number


def test_a_lesson_can_import_what_it_may_want(answers: dict[str, Any]) -> None:
    assert answers["failures"] == {}


def test_no_source_is_compiled(answers: dict[str, Any]) -> None:
    assert "pyc" in answers["origins"]
    assert "py" not in answers["origins"]


def test_a_traceback_of_the_standard_library_names_file_and_line(answers: dict[str, Any]) -> None:
    file, line, function = answers["library"]
    assert (file, function) == ("/lib/python314.zip/json/decoder.py", "raw_decode")
    assert line > 300


def test_a_traceback_of_a_wheel_names_file_and_line(answers: dict[str, Any]) -> None:
    file, line, function = answers["wheel"]
    assert (file, function) == (
        "/lib/python3.14/site-packages/pydantic/main.py",
        "create_model",
    )
    assert line > 1000


def test_a_traceback_of_ours_names_file_and_line(answers: dict[str, Any]) -> None:
    file, line, function = answers["ours"]
    assert (file, function) == (
        "/lib/python3.14/site-packages/timeback_web/options.py",
        "parse",
    )
    source = Path(__file__).parents[2] / "timeback_web" / "options.py"
    assert line == line_of(source, 'raise InvalidOptionsError(name, f"expected a mapping')


def test_docstrings_of_others_are_there(answers: dict[str, Any]) -> None:
    assert "range [a, b]" in answers["help"]
    assert answers["schema"] == "A place."

"""Who may know whom."""

import ast
import doctest
import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

import timeback_web
from timeback_web import testing

PACKAGE = Path(timeback_web.__file__).parent
JAVASCRIPT = {"js", "pyodide", "pyodide_js", "pyscript"}

MODULES = sorted(PACKAGE.rglob("*.py"))


def imports(path, *, at_run_time=False):
    """Names of the modules that a file imports; `TYPE_CHECKING` blocks may be left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped = set()
    if at_run_time:
        for node in ast.walk(tree):
            if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
                skipped |= set(ast.walk(node))
    found = set()
    for node in ast.walk(tree):
        if node in skipped:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add("." * node.level + (node.module or ""))
    return found


def after_import(statement):
    code = f"import sys\n{statement}\nprint(*sorted(sys.modules), sep='\\n')"
    run = [sys.executable, "-c", code]
    answer = subprocess.run(run, capture_output=True, text=True, check=True, cwd=PACKAGE.parent)
    return answer.stdout.split()


@pytest.mark.parametrize("statement", ["import timeback_web", "import timeback_web.testing"])
def test_on_cpython_neither_the_browser_nor_the_bundler_is_loaded(statement):
    loaded = after_import(statement)
    assert "timeback_web.client" in loaded
    strangers = ("timeback_web.browser", "timeback_web.bundle", "timeback_web.__main__")
    assert [name for name in loaded if name.startswith(strangers)] == []
    assert JAVASCRIPT.isdisjoint(loaded)


def test_a_page_that_starts_an_activity_does_not_pay_for_pydantic():
    assert [name for name in after_import("from timeback_web import *") if "pydantic" in name] == []
    assert "pydantic" in after_import("import timeback_web.profile")


def test_the_fake_browser_is_not_loaded_with_the_package():
    assert [name for name in after_import("import timeback_web") if "testing" in name] == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_the_browser_folder_knows_javascript(path):
    if path.is_relative_to(PACKAGE / "browser") or path.is_relative_to(PACKAGE / "bundle/page"):
        return  # the door itself, and the page that a bundle shows, which is nobody's import
    assert {name.split(".")[0] for name in imports(path)}.isdisjoint(JAVASCRIPT)


@pytest.mark.parametrize(
    "path", sorted((PACKAGE / "browser/worker").glob("*.py")), ids=lambda path: path.name
)
def test_in_a_worker_all_but_the_port_work_without_javascript(path):
    knows = {name.split(".")[0] for name in imports(path)} & JAVASCRIPT
    assert bool(knows) is (path.name == "port.py")


@pytest.mark.parametrize(
    "module",
    [
        "ports.worker_guard",
        "ports.elements",
        "session.worker_crash_guard",
        "browser.worker",
        "autostart",
        "reports",
    ],
)
def test_pages_do_not_load_what_only_few_of_them_need(module):
    loaded = after_import("import timeback_web.session.session, timeback_web.client")
    assert f"timeback_web.{module}" not in loaded


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_are_absolute(path):
    assert [name for name in imports(path) if name.startswith(".")] == []


def test_each_folder_imports_only_what_lies_below_it():
    """The floors are drawn in pyproject.toml, once for this test and for `lint-imports`.

    A process of its own: called in this one, `lint_imports` switches off every logger there is
    (findings/import-linter-disables-loggers.sh).
    """
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    run = subprocess.run(command, capture_output=True, text=True, cwd=PACKAGE.parent, check=False)
    assert run.returncode == 0, run.stdout


@pytest.mark.parametrize("folder", [path.parent for path in PACKAGE.glob("*/__init__.py")])
def test_each_folder_says_what_lies_in_it(folder):
    assert importlib.util.find_spec(f"timeback_web.{folder.name}")
    assert ast.get_docstring(ast.parse((folder / "__init__.py").read_text()))


CORE = sorted(
    path
    for folder in ("timekeeping", "delivery", "session")
    for path in (PACKAGE / folder).glob("*.py")
)


@pytest.mark.parametrize("path", CORE, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_the_core_reads_no_clock_and_keeps_no_loop(path):
    forbidden = {"time", "asyncio", "threading", "random"}
    assert imports(path, at_run_time=True).isdisjoint(forbidden)


def test_the_time_accounting_is_pure():
    for path in (PACKAGE / "timekeeping").glob("*.py"):
        ours = [name for name in imports(path) if name.startswith("timeback_web")]
        assert all(name.startswith("timeback_web.timekeeping") for name in ours), path


def test_the_public_names():
    assert sorted(timeback_web.__all__) == [
        "Activity",
        "ActivityInProgressError",
        "Closing",
        "Course",
        "DeliveryError",
        "ErrorContext",
        "InvalidOptionsError",
        "LostCompletionError",
        "LostWindowError",
        "Metrics",
        "NotInBrowserError",
        "RefusedError",
        "TimeOptions",
        "Timeback",
        "TimebackError",
        "UnconfirmedError",
        "UnreachableError",
        "UsageError",
        "__version__",
    ]
    assert testing.__all__ == ["FakeBrowser", "FakeNetwork", "FakeServer", "FakeStorage", "Sent"]


@pytest.mark.parametrize("module", [timeback_web, testing], ids=lambda module: module.__name__)
def test_every_public_name_is_there_and_documented(module):
    for name in module.__all__:
        assert getattr(module, name).__doc__, name


def test_the_exception_tree_is_as_drawn():
    errors = importlib.import_module("timeback_web.errors")
    drawn = errors.__doc__
    classes = [one for one in vars(errors).values() if isinstance(one, type)]
    assert all(issubclass(one, errors.TimebackError) for one in classes)
    assert all(one.__name__ in drawn for one in classes)


def test_the_example_in_the_testing_module_works():
    result = doctest.testmod(testing)
    assert (result.failed, result.attempted > 0) == (0, True)

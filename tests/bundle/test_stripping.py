"""Modules without what only readers and type checkers need: shorter, and otherwise the same."""

from __future__ import annotations

import ast
import subprocess
import sys
import traceback
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from textwrap import dedent
from types import CodeType

import pytest

import timeback_web
from timeback_web.bundle.marshalling import dump_code
from timeback_web.bundle.stripping import compile_stripped, strip

REPOSITORY = Path(__file__).parents[2]
PACKAGE = Path(timeback_web.__file__).parent


def stripped(source: str) -> str:
    return ast.unparse(strip(ast.parse(dedent(source))))


def same(source: str) -> str:
    return ast.unparse(ast.parse(dedent(source)))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param(
            "def f(a: int, *b: str, c: int = 1, **d: str) -> int: return a",
            "def f(a, *b, c=1, **d): return a",
            id="a function",
        ),
        pytest.param(
            "async def f(a: int) -> int:\n def g(b: int) -> int: return b\n return g(a)",
            "async def f(a):\n def g(b): return b\n return g(a)",
            id="functions in functions",
        ),
        pytest.param(
            "class A:\n def f(self, a: int) -> int: return a",
            "class A:\n def f(self, a): return a",
            id="a method",
        ),
        pytest.param("def f[T: int](a: T) -> T: return a", "def f(a): return a", id="a generic"),
        pytest.param(
            "def f[T](a: T) -> T: return cast(T, a)",
            "def f[T](a): return cast(T, a)",
            id="a generic whose body names its type",
        ),
        pytest.param("type A[T] = list[T]", "type A = ...", id="what a type stands for"),
        pytest.param("a: int = 1\nb: int", "a = 1", id="variables of a module"),
        pytest.param(
            "if TYPE_CHECKING:\n import a\nb = 1", "b = 1", id="what only a type checker runs"
        ),
        pytest.param(
            "if typing.TYPE_CHECKING:\n import a\nelse:\n b = 1", "b = 1", id="and what it does not"
        ),
        pytest.param(
            "def f():\n if TYPE_CHECKING:\n  import a",
            "def f():\n pass",
            id="a whole body",
        ),
        pytest.param(
            "from __future__ import annotations\nfrom typing import TYPE_CHECKING, Any, Protocol\n"
            "if TYPE_CHECKING:\n import a\ndef f(b: Any): ...\nclass C(Protocol): ...",
            "from typing import Protocol\ndef f(b): ...\nclass C(Protocol): ...",
            id="imports for types",
        ),
        pytest.param(
            'from typing import Any, Protocol as P\n__all__ = ["Any"]\nclass C(P): b = 1',
            'from typing import Any, Protocol as P\n__all__ = ["Any"]\nclass C(P): b = 1',
            id="not imports that others may want",
        ),
        pytest.param(
            "class P(Protocol):\n a: int\n def f(self) -> int:\n  'Says.'\n  ...\n"
            " @property\n def g(self) -> int: ...\n def h(self): return 1",
            "class P(Protocol):\n def h(self): return 1",
            id="stubs of a protocol",
        ),
        pytest.param(
            "class P(Q, typing.Protocol[T]):\n async def f(self) -> int: ...",
            "class P(Q, typing.Protocol[T]):\n pass",
            id="a protocol of stubs only",
        ),
    ],
)
def test_leaves_out(source: str, expected: str):
    assert stripped(source) == same(expected)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("@dataclass\nclass A:\n a: int = 1\n b: ClassVar[int]", id="dataclasses"),
        pytest.param("class A(NamedTuple):\n a: int\n b: str = ''", id="named tuples"),
        pytest.param("class A(TypedDict, total=False):\n a: int", id="typed dicts"),
        pytest.param(
            "@runtime_checkable\nclass P(Protocol):\n a: int\n def f(self): ...",
            id="protocols that instances are checked against",
        ),
        pytest.param("class A(ABC):\n def f(self): ...", id="methods that do nothing"),
        pytest.param("if not TYPE_CHECKING:\n import a", id="what a type checker does not run"),
        pytest.param(
            "from pydantic import BaseModel\nfrom typing import Any\nclass A(BaseModel):\n a: Any\n"
            "def f(a: Any) -> Any: return a",
            id="all annotations of a module with pydantic",
        ),
        pytest.param(
            "from typing import get_type_hints\ndef f(a: int): ...\nget_type_hints(f)",
            id="all annotations of a module that reads them",
        ),
        pytest.param(
            "import inspect\ndef f(a: int): ...\ninspect.signature(f)", id="or shows them"
        ),
    ],
)
def test_keeps(source: str):
    assert stripped(source) == same(source)


def test_postponed_annotations_stay_texts():
    source = b"from __future__ import annotations\nclass A:\n a: Unknown = 1"
    space: dict[str, object] = {"__name__": "a"}
    exec(compile_stripped(source, "a.py"), space)
    assert space["A"].__annotations__ == {"a": "Unknown"}  # type: ignore[attr-defined]
    assert "annotations" not in space


def test_leaves_out_docstrings():
    source = b'"""A."""\ndef f():\n    """F."""'
    space: dict[str, object] = {}
    exec(compile_stripped(source, "a.py"), space)
    assert "__doc__" not in space
    assert space["f"].__doc__ is None


def test_tracebacks_have_the_lines_of_the_source():
    source = dedent(
        '''\
        """A module."""

        from __future__ import annotations

        from typing import TYPE_CHECKING

        if TYPE_CHECKING:
            from a import B

        count: int = 0


        def fail(
            divisor: B,
        ) -> float:
            """Divide."""
            return max(
                1,
                1 / divisor,
            )


        fail(count)
        '''
    )
    with pytest.raises(ZeroDivisionError) as caught:
        exec(compile_stripped(source.encode(), "a.py"), {})
    frames = traceback.extract_tb(caught.value.__traceback__)[1:]
    lines = source.splitlines()
    where = [(frame.filename, frame.name, lines[(frame.lineno or 0) - 1]) for frame in frames]
    assert where == [
        ("a.py", "<module>", "fail(count)"),
        ("a.py", "fail", "        1 / divisor,"),
    ]


def every_module() -> list[Path]:
    paths = (path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py"))
    return sorted(path for path in paths if path.parts[0] != "bundle")


def lines_of(code: CodeType) -> set[int]:
    inner = [const for const in code.co_consts if isinstance(const, CodeType)]
    own = {line for _, _, line in code.co_lines() if line}
    return own.union(*map(lines_of, inner))


@pytest.mark.parametrize("module", every_module(), ids=str)
def test_no_line_is_new(module: Path):
    source = (PACKAGE / module).read_bytes()
    before = compile(source, "a.py", "exec", dont_inherit=True, optimize=2)
    assert lines_of(compile_stripped(source, "a.py")) <= lines_of(before)


CORE = (
    "test_app_callbacks",
    "test_crash",
    "test_delivery",
    "test_journal",
    "test_ledger",
    "test_options",
    "test_outbox",
    "test_reports",
    "test_run_lock",
    "test_session",
    "test_submit",
    "test_tabs",
    "test_user",
    "test_window",
    "test_wire",
    "test_worker",
)


def test_the_core_passes_its_tests_without_types(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.undo()  # this test wants the real subprocess.run
    head = MAGIC_NUMBER + (0b01).to_bytes(4, "little") + bytes(8)  # a .pyc that nobody checks
    for module in every_module():
        path = tmp_path / PACKAGE.name / module.with_suffix(".pyc")
        path.parent.mkdir(parents=True, exist_ok=True)
        code = compile_stripped((PACKAGE / module).read_bytes(), str(module))
        path.write_bytes(head + dump_code(code))
    (tmp_path / "test_which.py").write_text(
        f"import timeback_web\ndef test_this(): assert {str(tmp_path)!r} in timeback_web.__file__\n"
    )
    tests = [tmp_path / "test_which.py", *(f"tests/unit/{name}.py" for name in CORE)]
    paths = f"pythonpath={tmp_path} {REPOSITORY}"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", paths]
    done = subprocess.run(
        [*command, *map(str, tests)], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-5_000:]

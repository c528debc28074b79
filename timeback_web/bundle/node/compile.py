"""Runs inside Pyodide: compile modules with the very Python that will load them.

$JOBS is JSON: a list of [folder below /archives, whether it is ours].
"""

import ast
import compileall
import importlib.util
import json
import marshal
import os
import sys
from pathlib import Path
from py_compile import PycInvalidationMode

[library] = [path for path in sys.path if path.endswith(".zip")]
[packages] = [path for path in sys.path if path.endswith("/site-packages")]
UNCHECKED_HASH = (0b01).to_bytes(4, "little")
"""See https://docs.python.org/3/reference/import.html#pyc-invalidation."""


def compile_all(folder: Path) -> bool:
    """Compile everything as it is."""
    return compileall.compile_dir(
        folder,
        # What tracebacks name: where the module will be, not where it is now.
        stripdir=folder,
        prependdir=library if folder.suffix == ".zip" else packages,
        legacy=True,  # module.pyc beside module.py, which is found without its source
        invalidation_mode=PycInvalidationMode.UNCHECKED_HASH,
        maxlevels=100,
        quiet=1,
    )


class WithoutTypes(ast.NodeTransformer):
    """Leaves out what only a type checker reads: a seventh of our bytes.

    Fields of classes keep their annotations, as dataclasses are made of them; lines keep their
    numbers.
    """

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Forget what a function returns."""
        node.returns = None
        return self.generic_visit(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        """Forget what it returns when it is awaited."""
        node.returns = None
        return self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        """Forget what it takes."""
        node.annotation = None
        return node

    def visit_If(self, node: ast.If) -> ast.AST:
        """Forget imports that never happen."""
        if isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            return ast.copy_location(ast.Pass(), node)
        return self.generic_visit(node)


def compile_ours(folder: Path) -> bool:
    """Compile our own modules: without docstrings and types."""
    for path in sorted(folder.rglob("*.py")):
        source = path.read_bytes()
        tree = WithoutTypes().visit(ast.parse(source))
        name = f"{packages}/{path.relative_to(folder)}"
        code = compile(tree, name, "exec", dont_inherit=True, optimize=2)
        head = importlib.util.MAGIC_NUMBER + UNCHECKED_HASH + importlib.util.source_hash(source)
        path.with_suffix(".pyc").write_bytes(head + marshal.dumps(code))
    return True


for name, ours in json.loads(os.environ["JOBS"]):
    folder = Path("/archives", name)
    if not (compile_ours if ours else compile_all)(folder):
        raise SystemExit(f"{name} can't be compiled")

"""What only readers and type checkers need, taken out of a module: a page has neither.

The tree that comes out has the lines of the source, so tracebacks name the right ones. What may
change what a program does stays: fields of classes keep their annotations, as dataclasses and
named tuples are made of them, and a module that reads its annotations keeps them all.

Docstrings and assertions are not touched: `compile(optimize=2)` leaves them out.
"""

from __future__ import annotations
import __future__

import ast
from types import CodeType

from timeback_web.bundle.code_objects import lighten

_READS_ANNOTATIONS = frozenset(
    {
        "pydantic",
        "__annotations__",
        "get_annotations",
        "get_type_hints",
        "signature",
        "singledispatch",
        "singledispatchmethod",
    }
)


def compile_stripped(source: bytes, name: str, *, first: str = "") -> CodeType:
    """Compile a module.

    Args:
        source: Of the module.
        name: What tracebacks call its file.
        first: Statements that are run before all others, as if they stood in its first line.
    """
    tree = ast.parse(source)
    flags = __future__.annotations.compiler_flag if _postpones_annotations(tree) else 0
    tree = strip(tree)
    tree.body[:0] = ast.parse(first).body
    code: CodeType = compile(tree, name, "exec", flags=flags, dont_inherit=True, optimize=2)
    return lighten(code)


def strip(tree: ast.Module) -> ast.Module:
    """Take out of a module, in place, what only readers and type checkers need."""
    _WithoutChecks().visit(tree)
    if _READS_ANNOTATIONS.isdisjoint(_mentioned(tree)):
        _WithoutTypes().visit(tree)
        used = _used(tree)
        tree.body = [kept for node in tree.body if (kept := _without_idle_names(node, used))]
    return tree


class _WithoutChecks(ast.NodeTransformer):
    """Leaves out what happens in type checkers only."""

    def visit_If(self, node: ast.If) -> ast.AST | list[ast.stmt]:
        self.generic_visit(node)
        if _last_name(node.test) != "TYPE_CHECKING":
            return node
        return node.orelse or ast.copy_location(ast.Pass(), node)


class _WithoutTypes(ast.NodeTransformer):
    """Leaves out the types of functions and of a module's variables, and stubs of protocols."""

    def visit_Module(self, node: ast.Module) -> ast.AST:
        self.generic_visit(node)
        kept = [_without_type(one) for one in node.body if not isinstance(one, ast.Pass)]
        node.body = [one for one in kept if one is not None]
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._without_types(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self._without_types(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def visit_TypeAlias(self, node: ast.TypeAlias) -> ast.AST:
        # It keeps its name. Nobody asks for its value, most of which are imported for types only.
        node.type_params, node.value = [], ast.copy_location(ast.Constant(...), node.value)
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        self.generic_visit(node)
        # A decorator such as `runtime_checkable` looks at what the protocol asks for.
        if "Protocol" in map(_last_name, node.bases) and not node.decorator_list:
            kept = [one for one in node.body if not _is_stub(one)]
            node.body = kept or [ast.copy_location(ast.Pass(), node)]
        return node

    def _without_types(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.AST:
        self.generic_visit(node)
        node.returns = None
        parameters, node.type_params = node.type_params, []
        names = {name for one in parameters if (name := getattr(one, "name", None))}
        if not _used(node).isdisjoint(names):
            node.type_params = parameters
        return node


def _without_type(node: ast.stmt) -> ast.stmt | None:
    """A variable of a module as it is assigned, if it is."""
    if not isinstance(node, ast.AnnAssign):
        return node
    if node.value is None:
        return None
    return ast.copy_location(ast.Assign([node.target], node.value), node)


def _is_stub(node: ast.stmt) -> bool:
    """Whether it only says what others have: a method without a body, a field without a value."""
    if isinstance(node, ast.AnnAssign):
        return node.value is None
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    return all(isinstance(one, ast.Expr) and _is_constant(one.value) for one in node.body)


def _is_constant(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and (node.value is ... or isinstance(node.value, str))


def _without_idle_names(node: ast.stmt, used: set[str]) -> ast.stmt | None:
    """An import without the names that were for types only; `None` if that were all."""
    if not isinstance(node, ast.ImportFrom) or node.module not in {"typing", "__future__"}:
        return node
    node.names = [one for one in node.names if (one.asname or one.name) in used]
    return node if node.names else None


def _postpones_annotations(tree: ast.Module) -> bool:
    """Whether annotations are texts, which the compiler can be told without the import."""
    imports = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
    return any(
        node.module == "__future__" and "annotations" in {one.name for one in node.names}
        for node in imports
    )


def _used(tree: ast.AST) -> set[str]:
    """Every name that code looks up, and every text that may be one, as in `__all__`."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)
    return found


def _mentioned(tree: ast.AST) -> set[str]:
    """Every name that is used, imported, or asked of an object."""
    found = _used(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            modules = [getattr(node, "module", None) or "", *(one.name for one in node.names)]
            found.update(part for module in modules for part in module.split("."))
    return found


def _last_name(node: ast.expr) -> str:
    """`Protocol` for `Protocol`, `typing.Protocol` and `Protocol[T]`; else nothing."""
    if isinstance(node, ast.Subscript):
        node = node.value
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""

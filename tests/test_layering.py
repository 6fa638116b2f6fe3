"""The packages import only leftwards, without cycles, and `grammars` knows no tensors: read off the source itself."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
LAYERS = ("grammars", "constrain", "samplers", "jsonschema_bench")
HEAVY = {"torch", "transformers", "tokenizers"}


def sources(package: str) -> dict[str, ast.Module]:
    """Module name -> syntax tree, for every file of a package."""
    found = {}
    for path in sorted((ROOT / package).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = ast.parse(path.read_text(encoding="utf-8"), str(path))
    return found


def is_type_checking(test: ast.expr) -> bool:
    return ast.unparse(test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}


def run_time_statements(body: list[ast.stmt], *, deep: bool) -> Iterator[ast.stmt]:
    """Statements that run when the module is imported; with `deep`, those inside functions too."""
    for statement in body:
        yield statement
        if isinstance(statement, ast.If) and is_type_checking(statement.test):
            yield from run_time_statements(statement.orelse, deep=deep)
        elif deep or not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from run_time_statements(nested(statement), deep=deep)


def nested(statement: ast.stmt) -> list[ast.stmt]:
    """The statements directly inside a statement: bodies, else branches, handlers, match cases."""
    inside: list[ast.stmt] = []
    for child in ast.iter_child_nodes(statement):
        if isinstance(child, ast.stmt):
            inside.append(child)
        elif isinstance(child, ast.ExceptHandler | ast.match_case):
            inside.extend(child.body)
    return inside


def absolute(statement: ast.ImportFrom, module: str, *, is_package: bool) -> str:
    if not statement.level:
        return statement.module or ""
    parts = module.split(".")
    base = parts[: len(parts) - statement.level + is_package]
    return ".".join([*base, *([statement.module] if statement.module else [])])


def imports(tree: ast.Module, module: str, names: set[str], *, deep: bool) -> set[str]:
    """Dotted names that a module imports at run time; `from a import b` is `a.b` where that is a module, else `a`."""
    is_package = any(name.startswith(f"{module}.") for name in names)
    found: set[str] = set()
    for statement in run_time_statements(tree.body, deep=deep):
        if isinstance(statement, ast.Import):
            found.update(alias.name for alias in statement.names)
        elif isinstance(statement, ast.ImportFrom):
            base = absolute(statement, module, is_package=is_package)
            full = [f"{base}.{alias.name}" for alias in statement.names]
            found.update(name if name in names else base for name in full)
    return found


@pytest.mark.parametrize("package", LAYERS)
def test_packages_import_only_leftwards(package: str) -> None:
    modules = sources(package)
    allowed = set(LAYERS[: LAYERS.index(package) + 1])
    wrong = [
        f"{module} imports {name}"
        for module, tree in modules.items()
        for name in imports(tree, module, set(modules), deep=True)
        if name.split(".")[0] in LAYERS and name.split(".")[0] not in allowed
    ]
    assert modules
    assert not wrong


@pytest.mark.parametrize("package", LAYERS)
def test_no_import_cycle(package: str) -> None:
    modules = sources(package)
    graph = {module: imports(tree, module, set(modules), deep=False) & set(modules) for module, tree in modules.items()}
    order = list(TopologicalSorter(graph).static_order())
    assert set(order) >= set(modules)


def test_grammars_knows_no_tensor_library() -> None:
    modules = sources("grammars")
    heavy = [
        f"{module} imports {name}"
        for module, tree in modules.items()
        for name in imports(tree, module, set(modules), deep=True)
        if name.split(".")[0] in HEAVY
    ]
    assert not heavy


def test_tests_do_not_import_each_other() -> None:
    modules = sources("tests")
    wrong = [
        f"{module} imports {name}"
        for module, tree in modules.items()
        for name in imports(tree, module, set(modules), deep=True)
        if name.startswith("tests.test_")
    ]
    assert "tests.test_layering" in modules
    assert not wrong


def test_the_reader_of_imports_sees_them() -> None:
    text = """
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from . import hidden
try:
    from .near import thing
except ImportError:
    import far.away
def later():
    from .. import above
"""
    names = {"a.b.c", "a.b.near", "a.b.hidden", "a.above"}
    tree = ast.parse(text)
    assert imports(tree, "a.b.c", names, deep=False) == {"typing", "a.b.near", "far.away"}
    assert imports(tree, "a.b.c", names, deep=True) == {"typing", "a.b.near", "far.away", "a.above"}

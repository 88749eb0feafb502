"""Names, sizes and mirrors: the rules that a reader feels."""

from __future__ import annotations

import ast
import functools
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "ictal"
TESTS = ROOT / "tests"

MODULES = sorted(SOURCE.rglob("*.py"))
SAYS_NOTHING = {"utils", "util", "helpers", "helper", "common", "misc", "tools", "stuff"}
MOST_LINES = 400
MOST_FUNCTION_LINES = 60


@functools.cache
def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def names(path: Path) -> str:
    return str(path.relative_to(SOURCE))


@pytest.mark.parametrize("path", MODULES, ids=names)
def test_names_say_something(path: Path) -> None:
    parts = {path.stem, *path.relative_to(SOURCE).parts[:-1]}
    assert not parts & SAYS_NOTHING


@pytest.mark.parametrize("path", MODULES, ids=names)
def test_files_are_pages(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


@pytest.mark.parametrize("path", MODULES, ids=names)
def test_functions_fit_on_a_screen(path: Path) -> None:
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            docstring = ast.get_docstring(node, clean=False)
            said = len(docstring.splitlines()) if docstring is not None else 0
            length = (node.end_lineno or node.lineno) - node.lineno + 1 - said
            assert length <= MOST_FUNCTION_LINES, f"{path.name}:{node.lineno} {node.name} has {length} lines"


@pytest.mark.parametrize("path", [path for path in MODULES if path.stem != "__init__"], ids=names)
def test_every_module_has_its_tests(path: Path) -> None:
    relative = path.relative_to(SOURCE)
    mirrored = TESTS / relative.parent / f"test_{relative.stem.lstrip('_')}.py"
    assert mirrored.exists(), f"{relative} has no {mirrored.relative_to(ROOT)}"


@pytest.mark.parametrize("path", MODULES, ids=names)
def test_public_things_have_docstrings(path: Path) -> None:
    tree = parse(path)
    assert ast.get_docstring(tree), f"{path.name} does not say what it is"
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{path.name}:{node.lineno} {node.name} does not say what it is"


@pytest.mark.parametrize("path", MODULES, ids=names)
def test_user_input_is_not_checked_with_assert(path: Path) -> None:
    tree = parse(path)
    assert not [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Assert)]


@pytest.mark.parametrize("path", MODULES, ids=names)
def test_defaults_are_not_tested_with_or(path: Path) -> None:
    """`x or default` takes 0 for nothing; in this package onsets are often 0."""
    tree = parse(path)
    for node in ast.walk(tree):
        value = node.value if isinstance(node, ast.Assign | ast.Return | ast.AnnAssign) else None
        if isinstance(value, ast.BoolOp) and isinstance(value.op, ast.Or):
            last = value.values[-1]
            assert not isinstance(last, ast.Constant | ast.List | ast.Dict | ast.Tuple), f"{path.name}:{node.lineno}"

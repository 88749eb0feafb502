"""The house: who may import whom, and what may be loaded when."""

from __future__ import annotations

import ast
import functools
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "ictal"

FLOORS = {
    0: {"core"},
    1: {"io", "preprocessing", "features", "models", "postprocessing", "scoring"},
    2: {"simulation", "data", "detection", "evaluation", "plots"},
    3: {"training", "explain", "reports", "review"},
    4: {"experiments"},
    5: {"apps"},
}
FLOOR_OF = {folder: floor for floor, folders in FLOORS.items() for folder in folders}

TORCH_FOLDERS = {"models", "features", "data", "training", "explain", "experiments"}
HEAVY = {"torch", "lightning", "mne", "pandas", "matplotlib", "sklearn", "onnx", "onnxruntime", "optuna", "captum"}
AT_HOME = {"lightning": {"training"}}
"""What a folder derives classes from stands at the top of its files; light modules do not import those."""
CORE_MAY_USE = {"numpy", "ictal", *sys.stdlib_module_names}

MODULES = sorted(SOURCE.rglob("*.py"))


def folder_of(path: Path) -> str:
    relative = path.relative_to(SOURCE)
    return relative.parts[0] if len(relative.parts) > 1 else ""


def imports_of(tree: ast.AST) -> Iterator[tuple[str, ast.stmt]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: imports are absolute"
            yield node.module or "", node


@functools.cache
def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_imports_go_down_only(path: Path) -> None:
    here = folder_of(path)
    for name, node in imports_of(parse(path)):
        parts = name.split(".")
        if parts[0] != "ictal" or len(parts) < 2 or here == "":
            continue
        there = parts[1]
        assert there in FLOOR_OF, f"{path.name}:{node.lineno}: {name} is in no folder of the house"
        if there == here:
            continue
        assert FLOOR_OF[there] < FLOOR_OF[here], f"{path.name}:{node.lineno}: {here} may not import {name}"


def test_every_folder_is_on_a_floor() -> None:
    folders = {path.name for path in SOURCE.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders <= set(FLOOR_OF), f"no floor for {folders - set(FLOOR_OF)}"


def test_no_cycles_between_modules() -> None:
    graph: dict[str, set[str]] = {}
    for path in MODULES:
        module = ".".join(("ictal", *path.relative_to(SOURCE).with_suffix("").parts)).removesuffix(".__init__")
        graph[module] = {name for name, _ in imports_of(parse(path)) if name.startswith("ictal.")}
    done: set[str] = set()

    def visit(module: str, trail: tuple[str, ...]) -> None:
        assert module not in trail, f"a cycle: {' -> '.join([*trail, module])}"
        if module not in done:
            for next_module in graph.get(module, ()):
                visit(next_module, (*trail, module))
            done.add(module)

    for module in graph:
        visit(module, ())


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_our_own_package_is_imported_at_the_top(path: Path) -> None:
    tree = parse(path)
    inside = {
        node
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
    }
    late = [node.lineno for name, node in imports_of(tree) if node in inside and name.split(".")[0] == "ictal"]
    assert not late, f"{path.name}: lines {late}: name it in a table of strings"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_heavy_packages_are_imported_where_they_are_used(path: Path) -> None:
    folder = folder_of(path)
    tree = parse(path)
    for name, node in imports_of(tree):
        package = name.split(".")[0]
        if package == "torch":
            assert folder in TORCH_FOLDERS, f"{path.name}:{node.lineno}: torch in {folder}"
        elif package in HEAVY or name.startswith("scipy."):
            at_top = node in tree.body and folder not in AT_HOME.get(package, set())
            assert not at_top, f"{path.name}:{node.lineno}: {name} is heavy; import it in the function that needs it"


@pytest.mark.parametrize("path", sorted((SOURCE / "core").glob("*.py")), ids=lambda path: path.name)
def test_core_is_numpy_and_the_standard_library(path: Path) -> None:
    used = {name.split(".")[0] for name, _ in imports_of(parse(path))}
    assert used <= CORE_MAY_USE, f"{path.name} imports {used - CORE_MAY_USE}"


@pytest.mark.parametrize("path", sorted((SOURCE / "detection").glob("*.py")), ids=lambda path: path.name)
def test_detection_cannot_reach_training(path: Path) -> None:
    assert not any(name.startswith("ictal.training") for name, _ in imports_of(parse(path)))

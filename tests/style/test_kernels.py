"""Kernels that have no door for Python are called by kernels only: a call from outside would crash."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.style.source import ROOT, place, python_files, tree_of

_FOLDERS = ("src", "tests", "benchmarks", "examples", "docs")
_WITHOUT_DOOR = frozenset({"inner", "inlined", "spliced"})
_KERNELS = _WITHOUT_DOOR | {"kernel", "njit"}


def test_inner_kernels_are_called_by_kernels_only() -> None:
    """No plain Python names a kernel that was compiled without the wrapper that Python calls."""
    without_door = {
        (_module(path), node.name)
        for path in python_files("src")
        for node in tree_of(path).body
        if isinstance(node, ast.FunctionDef) and _decorators(node) & _WITHOUT_DOOR
    }
    assert len(without_door) > 50
    found = [
        f"{place(path, line)} {name}"
        for folder in _FOLDERS
        for path in python_files(folder)
        for name, line in _named_by_python(path, without_door)
    ]
    assert found == []


def _named_by_python(path: Path, without_door: set[tuple[str, str]]) -> Iterator[tuple[str, int]]:
    """Yield each such kernel that is named outside kernels in this file."""
    known = {node.name: (_module(path), node.name) for node in tree_of(path).body if hasattr(node, "name")}
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.ImportFrom):
            known |= {each.asname or each.name: (node.module or "", each.name) for each in node.names}
    watched = {name for name, origin in known.items() if origin in without_door}
    for node in tree_of(path).body:
        if isinstance(node, ast.FunctionDef) and _decorators(node) & _KERNELS:
            continue
        for inside in ast.walk(node):
            if isinstance(inside, ast.Name) and inside.id in watched:
                yield inside.id, inside.lineno


def _decorators(function: ast.FunctionDef) -> set[str]:
    calls = [each.func if isinstance(each, ast.Call) else each for each in function.decorator_list]
    return {each.id for each in calls if isinstance(each, ast.Name)}


def _module(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[1:] if parts[0] == "src" else parts)

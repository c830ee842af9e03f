"""The repository's own files, as the style tests read them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

_FOLDERS = ("src", "tests", "examples", "benchmarks", "docs", ".ci")
_TEXT_SUFFIXES = frozenset({".py", ".md", ".toml", ".sql", ".txt", ".html", ".css", ".js", ".lock", ""})
_NOT_OURS = ("__pycache__", "results", ".egg-info")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def python_files(folder: str) -> tuple[Path, ...]:
    """Return the Python files below a folder of the repository."""
    return tuple(sorted(path for path in (ROOT / folder).rglob("*.py") if "__pycache__" not in path.parts))


@cache
def text_files() -> tuple[Path, ...]:
    """Return every text file of the repository that people wrote."""
    found = [path for path in ROOT.iterdir() if path.is_file() and path.name != ".git"]
    for folder in _FOLDERS:
        found += [path for path in (ROOT / folder).rglob("*") if path.is_file()]
    return tuple(sorted(path for path in found if _is_text(path)))


def _is_text(path: Path) -> bool:
    if any(part.endswith(_NOT_OURS) for part in path.relative_to(ROOT).parts):
        return False
    return path.suffix in _TEXT_SUFFIXES and not path.name.startswith(".coverage")


@cache
def text_of(path: Path) -> str:
    """Return the text of a file."""
    return path.read_text(encoding="utf-8")


@cache
def tree_of(path: Path) -> ast.Module:
    """Return the syntax tree of a Python file."""
    return ast.parse(text_of(path))


def functions_of(folder: str) -> Iterator[tuple[Path, Function]]:
    """Yield every function below a folder, methods and inner functions too."""
    for path in python_files(folder):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, Function):
                yield path, node


def place(path: Path, line: int) -> str:
    """Return where something is, as an editor takes it."""
    return f"{path.relative_to(ROOT)}:{line}"

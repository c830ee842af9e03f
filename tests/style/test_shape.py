"""The shape of the source: what a reader can count on in every file."""

from __future__ import annotations

import ast

from tests.style.source import functions_of, place, python_files, text_of, tree_of

FUNCTION_LINES_MAX = 60
FILE_LINES_MAX = 500
POSITIONAL_MAX = 7


def test_no_assert_in_the_source() -> None:
    """`python -O` removes assert statements, so checks in the source are functions."""
    found = [
        place(path, node.lineno)
        for path in python_files("src")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Assert)
    ]
    assert found == []


def test_functions_fit_a_screen() -> None:
    """No function is longer than a screen."""
    found = [
        f"{place(path, node.lineno)} {node.name}"
        for path, node in functions_of("src")
        if (node.end_lineno or 0) - node.lineno >= FUNCTION_LINES_MAX
    ]
    assert found == []


def test_functions_take_few_positional_arguments() -> None:
    """What takes many arguments takes them by name."""
    found = [
        f"{place(path, node.lineno)} {node.name}"
        for path, node in functions_of("src")
        if len(node.args.posonlyargs) + len(node.args.args) > POSITIONAL_MAX
    ]
    assert found == []


def test_files_read_in_one_sitting() -> None:
    """No file of the source or the tests is too long to be read at once."""
    found = [
        str(path)
        for folder in ("src", "tests")
        for path in python_files(folder)
        if text_of(path).count("\n") > FILE_LINES_MAX
    ]
    assert found == []


def test_modules_say_what_they_are() -> None:
    """Every module of the source opens with a docstring that says more than its name."""
    found = [
        str(path) for path in python_files("src") if len((ast.get_docstring(tree_of(path)) or "").split()) < 2
    ]
    assert found == []


def test_tests_say_what_they_show() -> None:
    """Every test has a docstring."""
    found = [
        f"{place(path, node.lineno)} {node.name}"
        for path, node in functions_of("tests")
        if node.name.startswith("test_") and path.name.startswith("test_") and not ast.get_docstring(node)
    ]
    assert found == []


def test_every_package_has_an_init() -> None:
    """Test packages have distinct names wherever they run: each folder of tests is a package."""
    found = [str(path.parent) for path in python_files("tests") if not (path.parent / "__init__.py").exists()]
    assert found == []

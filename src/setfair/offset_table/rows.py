"""Rows of a CSV file one by one, each with its line; what is wrong is collected and said together."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from setfair.errors import FileProblem, FileRefusedError
from setfair.formats.small_table import PROBLEMS_MAX, columns_of, lines_of

Row = TypeVar("Row")


class FieldError(Exception):
    """What is wrong with a field, on its way up."""

    def __init__(self, column: str, text: str) -> None:
        super().__init__(text)
        self.column = column


def read_rows(
    path: Path,
    required: tuple[str, ...],
    optional: tuple[str, ...],
    read_row: Callable[[int, dict[str, str]], Row],
) -> list[Row]:
    """Read a file whole or refuse it.

    Parameters
    ----------
    path
        CSV, as `formats.table_csv` has it.
    required, optional
        Columns; others are refused. An optional one that is not there is empty in every row.
    read_row
        Takes the line and the fields of a row; raises `FieldError`.

    Raises
    ------
    FileRefusedError
        With the line and column of each problem, up to `PROBLEMS_MAX`, and what is allowed.
    """
    names = columns_of(path, required, optional)
    rows: list[Row] = []
    problems: list[FileProblem] = []
    for line, fields in lines_of(path, names):
        try:
            rows.append(read_row(line, {**dict.fromkeys(optional, ""), **fields}))
        except FieldError as error:
            problems.append(FileProblem(line, error.column, str(error)))
            if len(problems) == PROBLEMS_MAX:
                break
    if problems:
        raise FileRefusedError(str(path), tuple(problems))
    return rows

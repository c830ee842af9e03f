"""Rows of a CSV file one by one, each with its line; what is wrong is collected and said together."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from setfair.errors import FileProblem, FileRefusedError
from setfair.formats.iso20022.refusal import refusal
from setfair.formats.table_csv import read_csv, read_header

PROBLEMS_MAX = 20
"""Problems that one refusal names."""

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
    names = _check_header(path, read_header(path), required, optional)
    rows: list[Row] = []
    problems: list[FileProblem] = []
    for line, fields in _lines(path, names):
        try:
            rows.append(read_row(line, {**dict.fromkeys(optional, ""), **fields}))
        except FieldError as error:
            problems.append(FileProblem(line, error.column, str(error)))
            if len(problems) == PROBLEMS_MAX:
                break
    if problems:
        raise FileRefusedError(str(path), tuple(problems))
    return rows


def _check_header(
    path: Path, names: tuple[str, ...], required: tuple[str, ...], optional: tuple[str, ...]
) -> tuple[str, ...]:
    wrong = [f"{name!r} is missing" for name in required if name not in names]
    wrong += [f"{name!r} is not known" for name in names if name not in (*required, *optional)]
    wrong += [f"{name!r} occurs twice" for name in sorted(set(names)) if names.count(name) > 1]
    if wrong:
        may = f", and may be {', '.join(optional)}" if optional else ""
        raise refusal(path, f"{'; '.join(wrong)}; the columns are {', '.join(required)}{may}", line=1)
    return names


def _lines(path: Path, names: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each row with its line, once all of the file has passed the rules of `table_csv`."""
    for _ in read_csv(path):
        pass
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, strict=True)
        try:
            next(reader)
            for row in filter(None, reader):
                if len(row) != len(names):
                    raise csv.Error(f"{len(row)} fields where the line of column names has {len(names)}")
                yield reader.line_num, dict(zip(names, (field.strip() for field in row), strict=True))
        except csv.Error as error:
            # The fast reader is more lenient with quotes and lengths.
            raise refusal(path, f"cannot be read: {error}", line=reader.line_num) from error

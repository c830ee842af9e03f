"""Where a CSV file breaks the rules of `table_csv`: a second, slow reading that counts lines."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from setfair.errors import FileProblem, FileRefusedError

HEADER_BYTES_MAX = 1 << 16
"""Longest line of column names."""
ROW_BYTES_MAX = 1 << 20
"""Longest row; also how much of the file is parsed at a time."""

_FORBIDDEN = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")


class _ProblemError(Exception):
    """What is wrong, on its way up."""

    def __init__(self, line: int, text: str, element: str = "") -> None:
        super().__init__(text)
        self.problem = FileProblem(line, element, text)


def find_problem(path: Path, columns: int, otherwise: str) -> FileRefusedError:
    """Return the refusal of a file that has been found wrong, with the line of the first problem.

    Parameters
    ----------
    path
        A CSV file.
    columns
        How many fields a row has.
    otherwise
        What to say if no problem is found.
    """
    problem = FileProblem(None, "", f"the file cannot be read as CSV: {otherwise}")
    with path.open("rb") as file:
        try:
            _check_rows(file, columns)
        except _ProblemError as error:
            problem = error.problem
    return FileRefusedError(str(path), (problem,))


def _check_rows(file: BinaryIO, columns: int) -> None:
    reader = csv.reader(_lines(file), strict=True)
    line = 1
    try:
        for row in reader:
            _check_row(row, columns, line)
            line = reader.line_num + 1
    except csv.Error as error:
        raise _ProblemError(line, f"{error}; quotes inside a quoted field are doubled") from error


def _check_row(row: list[str], columns: int, line: int) -> None:
    if row and len(row) != columns:
        raise _ProblemError(line, f"{len(row)} fields where the line of column names has {columns}")
    for number, field in enumerate(row, 1):
        if "\n" in field or "\r" in field:
            text = "the field has a line end in it, which is not allowed: is a quote not closed?"
            raise _ProblemError(line, text, f"column {number}")


def _lines(file: BinaryIO) -> Iterator[str]:
    number = 0
    while line := file.readline(ROW_BYTES_MAX + 1):
        number += 1
        if len(line) > ROW_BYTES_MAX:
            raise _ProblemError(number, f"the line has more than {ROW_BYTES_MAX} bytes")
        if match := _FORBIDDEN.search(line):
            shown = " ".join(f"{byte:02X}" for byte in match[0])
            raise _ProblemError(
                number, f"byte {match.start() + 1} is {shown}: control characters are not allowed"
            )
        try:
            yield line.decode()
        except UnicodeDecodeError as error:
            raise _ProblemError(
                number, f"byte {error.start + 1} is not UTF-8: save the file in UTF-8"
            ) from error

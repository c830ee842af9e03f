"""Small tables beside the obligations, CSV: rates, limits, money, identifications; read row by row.

Rules
-----
1. The file is CSV as all tables are (`table_csv`), of at most `BYTES_MAX` bytes.
2. The header has each column at most once, all that are required, and none that is not known.
3. Space around a field is no part of it. Rows are as long as the header.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from setfair.formats.iso20022.refusal import refusal
from setfair.formats.table_csv import read_csv, read_header

BYTES_MAX = 1 << 26
"""Largest small table."""
PROBLEMS_MAX = 20
"""Problems that one refusal names."""


def read_small_table(
    path: Path, required: Sequence[str], optional: Sequence[str] = ()
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the line of each row and its fields by column; an optional column that is absent is empty.

    Raises
    ------
    FileRefusedError
        If the file breaks a rule above.
    """
    size = path.stat().st_size
    if size > BYTES_MAX:
        raise refusal(path, f"has {size} bytes; a table of this kind has at most {BYTES_MAX}")
    names = columns_of(path, required, optional)
    absent = dict.fromkeys(optional, "")
    for line, fields in lines_of(path, names):
        yield line, absent | fields


def columns_of(path: Path, required: Sequence[str], optional: Sequence[str]) -> tuple[str, ...]:
    """Return the names of a file's columns; FileRefusedError if one is missing, not known or given twice."""
    names = read_header(path)
    wrong = [f"column missing: {name!r}" for name in required if name not in names]
    wrong += [f"column not known: {name!r}" for name in names if name not in (*required, *optional)]
    wrong += [f"column given twice: {name!r}" for name in sorted(set(names)) if names.count(name) > 1]
    if wrong:
        may_be = f", and may be {', '.join(optional)}" if optional else ""
        raise refusal(path, f"{'; '.join(wrong)}; the columns are {', '.join(required)}{may_be}", line=1)
    return names


def lines_of(path: Path, names: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
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

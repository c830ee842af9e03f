"""CSV files: bytes to record batches of text.

Rules
-----
1. UTF-8, with or without a byte order mark; commas; fields quoted with ``"`` where they need it (RFC 4180),
   line ends LF or CR LF. A decimal comma goes with semicolons, so files with semicolons are refused and not
   guessed at.
2. The first line names the columns, within `HEADER_BYTES_MAX` bytes.
3. Every row has as many fields as the header. Empty lines are skipped. A row has at most `ROW_BYTES_MAX`
   bytes.
4. No field has a line end or another control character but tab, or anything that XML could not carry on. A
   line end in a field is how a quote that is not closed swallows the rows after it.
5. The last line ends in a line end: a file that was cut off in the middle of an amount is noticed.

The file is read fast and without line numbers; where it breaks a rule, `table_csv_problem` reads it a second
time and slowly, to say where.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pacsv

from setfair.formats.columns import has_controls
from setfair.formats.iso20022.refusal import refusal
from setfair.formats.table_csv_problem import HEADER_BYTES_MAX, ROW_BYTES_MAX, find_problem
from setfair.formats.table_file import TableFile

_MARK = b"\xef\xbb\xbf"


def read_header(path: Path) -> tuple[str, ...]:
    """Return the names in a CSV file's first line.

    Raises
    ------
    FileRefusedError
        If it is no line of CSV in UTF-8.
    """
    return _split_header(path)[0]


def read_csv(path: Path, *, on_progress: Callable[[int], None] | None = None) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a CSV file as text columns.

    Raises
    ------
    FileRefusedError
        If the file breaks a rule above; what was yielded before is not to be used then.
    """
    names, begin = _split_header(path)
    _check_end(path)
    with TableFile(path, on_progress, bytes_before=begin) as file:
        file.seek(begin)
        try:
            yield from _batches(file, names) if begin < file.size else ()
        except pa.ArrowInvalid as error:
            raise find_problem(path, len(names), str(error)) from error


def lines_of_rows(path: Path, rows: Iterable[int]) -> dict[int, int]:
    """Return the line of each of these rows; rows count from 1, the header and empty lines not counted.

    No field of a table that was read has a line end in it, so each line is a row.
    """
    wanted = set(rows)
    found: dict[int, int] = {}
    with path.open("rb") as file:
        row = -1
        for number, line in enumerate(file, 1):
            row += bool(line.strip(b"\r\n"))
            if len(found) == len(wanted):
                break
            if row in wanted and row not in found:
                found[row] = number
    return found


def _batches(file: TableFile, names: tuple[str, ...]) -> Iterator[pa.RecordBatch]:
    reader = pacsv.open_csv(
        pa.PythonFile(file, "r"),
        read_options=pacsv.ReadOptions(column_names=list(names), block_size=ROW_BYTES_MAX, use_threads=False),
        parse_options=pacsv.ParseOptions(newlines_in_values=True),
        convert_options=pacsv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, check_utf8=True
        ),
    )
    for batch in reader:
        if any(has_controls(column) for column in batch.columns):
            raise pa.ArrowInvalid("a control character or line end in a field")
        yield batch


def _check_end(path: Path) -> None:
    """Rule 5."""
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        if file.read() in (b"\n", b"\r"):
            return
        file.seek(0)
        line = 1 + sum(piece.count(b"\n") for piece in iter(lambda: file.read(ROW_BYTES_MAX), b""))
    text = "the last line has no line end: the file may have been cut off; allowed is a file that ends in one"
    raise refusal(path, text, line=line)


def _split_header(path: Path) -> tuple[tuple[str, ...], int]:
    """Return the names of the columns and where the rows begin."""
    with path.open("rb") as file:
        line = file.readline(HEADER_BYTES_MAX)
    if not line:
        raise refusal(path, "the file is empty; its first line names the columns")
    if not line.endswith(b"\n"):
        where = f"within the first {HEADER_BYTES_MAX} bytes"
        raise refusal(path, f"no line of column names ends {where}; line ends are LF or CR LF", line=1)
    try:
        text = line.removeprefix(_MARK).decode()
    except UnicodeDecodeError as error:
        raise refusal(path, f"byte {error.start + 1} is not UTF-8: save the file in UTF-8", line=1) from error
    if "," not in text and any(other in text for other in ";\t|"):
        advice = "save the file with commas between the fields, and with points in amounts: 1234.50"
        raise refusal(path, f"the fields are not separated by commas; {advice}", line=1)
    try:
        names = next(csv.reader([text], strict=True), [])
    except csv.Error as error:
        raise refusal(path, f"the column names cannot be read: {error}", line=1) from error
    return tuple(name.strip() for name in names), len(line)

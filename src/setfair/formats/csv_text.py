"""Text for CSV files that people open in a spreadsheet.

Rules
-----
1. UTF-8 without a byte order mark, comma, lines end in CR LF (RFC 4180); amounts are plain decimals.
2. A text is one line: tabs and line ends become blanks, other control characters U+FFFD.
3. A text that a spreadsheet would take for a formula (it starts with ``=``, ``+``, ``-`` or ``@``) gets an
   apostrophe in front: names come from strangers, and a name must never be run.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc

_LINE_ENDS = re.compile("[\t-\r\x85\u2028\u2029]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_ROWS_MAX = 1024
"""Rows that are collected before they are written."""
_NOT_SAFE = r"^[=+\-@ ]|[^ -~]| $"
"""What a text has that `csv_text` may change: for whole columns, where few texts have it."""
_NOT_PLAIN = _NOT_SAFE + r"|[\",]"
"""What a text has that is not written as it is."""


def csv_text(value: str) -> str:
    """Return a text that is safe in a cell."""
    if not value.isprintable():
        value = _CONTROL.sub("\ufffd", _LINE_ENDS.sub(" ", value))
    value = value.strip(" ")
    return f"'{value}" if value.startswith(("=", "+", "-", "@")) else value


def write_rows(out: BinaryIO, rows: Iterable[tuple[str | int, ...]]) -> None:
    """Write rows as they come; the caller has made their texts safe."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    for number, row in enumerate(rows, 1):
        writer.writerow(row)
        if number % _ROWS_MAX == 0:
            out.write(buffer.getvalue().encode())
            buffer.seek(0)
            buffer.truncate()
    out.write(buffer.getvalue().encode())


def csv_texts(texts: pa.StringArray) -> pa.StringArray:
    """Return a column of texts that are safe in a cell, each as `csv_text` makes it."""
    return _replace_rare(texts, _NOT_SAFE, csv_text)


def csv_cells(texts: pa.StringArray) -> pa.StringArray:
    """Return a column of texts as `csv_text` and `write_rows` write them: safe, and quoted where needed."""
    return _replace_rare(texts, _NOT_PLAIN, _cell)


def _cell(value: str) -> str:
    """Return a text as it stands in a line, one of several cells."""
    text = csv_text(value)
    return '"' + text.replace('"', '""') + '"' if '"' in text or "," in text else text


def _replace_rare(texts: pa.StringArray, pattern: str, replace: Callable[[str], str]) -> pa.StringArray:
    """Replace the texts that have a pattern, one by one: they are few."""
    found = pc.match_substring_regex(texts, pattern)
    rare = texts.filter(found)
    if not len(rare):
        return texts
    return pc.replace_with_mask(texts, found, pa.array(map(replace, rare.to_pylist()), pa.string()))

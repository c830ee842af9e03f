"""Whether a table of results says what the certificate says, row by row.

Rules
-----
1. The table has the columns of `formats.cleared_csv`, all of them text here, and a row for each obligation
   that takes part, in input order.
2. The identification is the obligation's, made safe for a spreadsheet.
3. Amounts are read as exact decimals and compared as numbers: zeros that a spreadsheet took away at the end,
   or other line ends, are no difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from setfair.domain.money import format_amount
from setfair.domain.obligations import Obligations
from setfair.formats.cleared_csv import COLUMNS, Cleared, Int64Array, decimal_column, merge_currencies
from setfair.formats.csv_text import csv_texts
from setfair.formats.iso20022.refusal import refusal
from setfair.verify.verdict import RefusedError, Verdict, run_checks

_DECIMAL = r"^[0-9]{1,19}(\.[0-9]{1,6})?$"
_COMPARED = pa.decimal128(25, 6)
_BLOCK_BYTES = 1 << 24


def verify_cleared(path: Path, parts: Sequence[tuple[Obligations, Int64Array]]) -> Verdict:
    """Check a table of results against a certificate that has been verified.

    Parameters
    ----------
    path
        The table.
    parts
        The obligations of each currency, and by the certificate what is cleared of each.

    Raises
    ------
    FileRefusedError
        If it is no table of results.
    """
    table = _read(path)
    return run_checks(_checks(path.name, table, merge_currencies(parts)))


def _read(path: Path) -> pa.Table:
    try:
        table = pacsv.read_csv(
            path,
            read_options=pacsv.ReadOptions(block_size=_BLOCK_BYTES),
            convert_options=pacsv.ConvertOptions(
                column_types=dict.fromkeys(COLUMNS, pa.string()), strings_can_be_null=False, check_utf8=True
            ),
        )
    except pa.ArrowInvalid as error:
        raise refusal(path, f"cannot be read as CSV: {error}") from error
    if tuple(table.column_names) != COLUMNS:
        raise refusal(path, f"is no table of results: its columns are not {','.join(COLUMNS)}", line=1)
    return table


def _checks(name: str, table: pa.Table, cleared: Cleared) -> Iterator[Callable[[], str]]:
    yield partial(_check_rows, name, table, cleared)
    remaining = cleared.amount_minor - cleared.cleared_minor
    columns = dict(zip(COLUMNS[1:], (cleared.amount_minor, cleared.cleared_minor, remaining), strict=True))
    for column, expected in columns.items():
        yield partial(_check_amounts, name, table, cleared, column, expected)


def _check_rows(name: str, table: pa.Table, cleared: Cleared) -> str:
    """Rules 1 and 2."""
    if len(table) != len(cleared.amount_minor):
        raise RefusedError(f"{name} has {len(table)} rows; {len(cleared.amount_minor)} obligations take part")
    expected = pa.chunked_array([csv_texts(chunk) for chunk in cleared.obligation_id.chunks], pa.string())
    same = pc.equal(table["obligation_id"], expected).to_numpy()
    if not same.all():
        place = int(np.argmin(same))
        found, wanted = table["obligation_id"][place].as_py(), expected[place].as_py()
        raise RefusedError(
            f"{name}, line {place + 2}: is {found!r}; {wanted!r} stands here in the obligations"
        )
    return f"{name} has the {len(table)} obligations in their order"


def _check_amounts(name: str, table: pa.Table, cleared: Cleared, column: str, expected: Int64Array) -> str:
    """Rule 3."""
    texts = table[column]
    readable = pc.match_substring_regex(texts, _DECIMAL)
    same = readable.to_numpy().copy()
    found = pc.if_else(readable, texts, "0").cast(_COMPARED)
    for decimals in np.unique(cleared.decimals).tolist():
        places = np.flatnonzero(cleared.decimals == decimals)
        wanted = decimal_column(expected[places], decimals).cast(_COMPARED)
        same[places] &= pc.equal(found.take(pa.array(places)), wanted).to_numpy()
    if not same.all():
        place = int(np.argmin(same))
        wanted_text = format_amount(int(expected[place]), int(cleared.decimals[place]))
        raise RefusedError(
            f"{name}, line {place + 2}, {table['obligation_id'][place].as_py()!r}: {column} is"
            f" {texts[place].as_py()!r}; by the certificate it is {wanted_text}"
        )
    return f"{name}: {column} is what the certificate says, row by row"

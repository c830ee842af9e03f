"""The table that says what set-off left of each obligation: obligation_id, amount, cleared, remaining.

Rules
-----
1. The form is that of `csv_text`; amounts are in units of their currency with all of its decimals.
2. Rows stand in the order of the input; those that were left out are not there.
3. The columns are built whole, `_ROWS_MAX` rows at a time: integers become decimals without any arithmetic
   on the way but the place of the point.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from setfair.domain.obligations import Obligations
from setfair.formats.csv_text import csv_cells

COLUMNS = ("obligation_id", "amount", "cleared", "remaining")
_ROWS_MAX = 1 << 17
_DIGITS = 19

Int64Array = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Cleared:
    """Rows of the table in its order; columns of shape (n,)."""

    obligation_id: pa.ChunkedArray
    decimals: npt.NDArray[np.int8]
    """Digits after the point of each row's currency."""
    amount_minor: Int64Array
    cleared_minor: Int64Array


def merge_currencies(parts: Sequence[tuple[Obligations, Int64Array]]) -> Cleared:
    """Put the obligations of several currencies, and what was cleared of each, in the order of their rows."""
    if not parts:
        nothing = np.empty(0, np.int64)
        return Cleared(pa.chunked_array([], pa.string()), nothing.astype(np.int8), nothing, nothing)
    decimals = [np.full(len(owed), owed.currency.decimals, np.int8) for owed, _ in parts]
    ids = pa.chunked_array([chunk for owed, _ in parts for chunk in owed.obligation_id.chunks], pa.string())
    columns = (
        np.concatenate(decimals),
        np.concatenate([owed.amount_minor for owed, _ in parts]),
        np.concatenate([cleared for _, cleared in parts]),
    )
    if len(parts) == 1:
        return Cleared(ids, *columns)
    order = np.argsort(np.concatenate([owed.row for owed, _ in parts]), kind="stable")
    return Cleared(ids.take(pa.array(order)), columns[0][order], columns[1][order], columns[2][order])


def write_cleared(out: BinaryIO, cleared: Cleared) -> None:
    """Write the table."""
    out.write((",".join(COLUMNS) + "\r\n").encode())
    for begin in range(0, len(cleared.amount_minor), _ROWS_MAX):
        rows = slice(begin, begin + _ROWS_MAX)
        ids = pa.concat_arrays(cleared.obligation_id.slice(begin, _ROWS_MAX).chunks)
        amount, reduced = cleared.amount_minor[rows], cleared.cleared_minor[rows]
        amounts = (
            _amount_texts(each, cleared.decimals[rows]) for each in (amount, reduced, amount - reduced)
        )
        lines = pc.binary_join_element_wise(csv_cells(ids), *amounts, ",")
        _, _, data = pc.binary_join_element_wise(lines, "", "\r\n").buffers()
        out.write(data)


def _amount_texts(amount_minor: Int64Array, decimals: npt.NDArray[np.int8]) -> pa.StringArray:
    """Write minor units as decimal numbers, each with the digits after the point of its currency."""
    places = np.unique(decimals)
    if len(places) == 1:
        return decimal_column(amount_minor, int(places[0])).cast(pa.string())
    rows = [np.flatnonzero(decimals == place) for place in places]
    texts = [
        decimal_column(amount_minor[each], int(place)).cast(pa.string())
        for each, place in zip(rows, places, strict=True)
    ]
    return pa.concat_arrays(texts).take(pa.array(np.argsort(np.concatenate(rows), kind="stable")))


def decimal_column(amount_minor: Int64Array, decimals: int) -> pa.Array:
    """Return minor units as Arrow decimals with `decimals` digits after the point: the same integers."""
    # Arrow's decimals are 128-bit integers, little-endian in two halves; the upper one is the sign.
    halves = np.empty((len(amount_minor), 2), "<i8")
    halves[:, 0] = amount_minor
    halves[:, 1] = amount_minor >> 63
    kind = pa.decimal128(_DIGITS, decimals)
    return pa.Array.from_buffers(kind, len(amount_minor), [None, pa.py_buffer(halves)])

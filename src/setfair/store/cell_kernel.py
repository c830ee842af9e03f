"""Rows as SQLite keeps them, read in leaf pages of a table and compared with rows that are expected.

Reads what `setfair.store.row_kernel` writes, and what SQLite writes of the same rows: types of values are
chosen alike by both. A row that says the same in other bytes is another row here; whoever asks looks again
through SQLite. Nothing in a page is believed: what a byte says is looked at before it is followed.

Source: "Database File Format" (https://www.sqlite.org/fileformat2.html), sections 1.6 and 2.1.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from setfair.kernel import inlined, kernel
from setfair.store.row_kernel import (
    CELLS,
    INTEGER,
    LEAF,
    PAGE_BYTES,
    ROW,
    Bytes,
    Columns,
    Leaves,
    measure,
    measure_alike,
    varint_length,
)

Int64s = NDArray[np.int64]

OTHER, SAME, MORE = 0, 1, 2
"""A row is not as expected; all rows are; so far they are, and the leaves are read to their end."""

PADDING = 512
"""Bytes behind the last leaf that a kernel may look at: more than the types of a row take."""

_LEAF_OF_TABLE = 13
_LEAF_HEADER, _POINTER = 8, 2
_CELLS_MAX = 16_000
_LOCAL_MAX = PAGE_BYTES - 35
"""Bytes of a record that are kept in the leaf itself."""
_LENGTH_BYTES_MAX, _KEY_BYTES_MAX = 3, 8
_CELL_HEADER_MAX = _LENGTH_BYTES_MAX + _KEY_BYTES_MAX
_ONE_BYTE = 128
_FOUR_BYTES, _SIX_BYTES, _EIGHT_BYTES, _ZERO, _ONE = 4, 5, 6, 8, 9


@inlined
def _two_bytes(pages: Bytes, at: int) -> int:
    return int(pages[at]) << 8 | int(pages[at + 1])


@inlined
def _is_varint(pages: Bytes, at: int, value: int, length: int) -> bool:
    """Tell whether an integer of at most eight bytes stands there."""
    for i in range(length - 1):
        if pages[at + i] != 0x80 | (value >> (7 * (length - 1 - i)) & 0x7F):
            return False
    return bool(pages[at + length - 1] == value & 0x7F)


@inlined
def _length_of_type(kind: int) -> int:
    """Return the bytes of an integer of this type, or -1: it is none."""
    if _ZERO <= kind <= _ONE:
        return 0
    if 1 <= kind <= _FOUR_BYTES:
        return kind
    if kind == _SIX_BYTES:
        return 6
    return 8 if kind == _EIGHT_BYTES else -1


@inlined
def _integer(pages: Bytes, at: int, kind: int, length: int) -> int:
    if length == 0:
        return 1 if kind == _ONE else 0
    value = int(pages[at])
    if value >= _ONE_BYTE:
        value -= 2 * _ONE_BYTE
    for i in range(1, length):
        value = value << 8 | int(pages[at + i])
    return value


@inlined
def _are_types(pages: Bytes, at: int, types: Int64s) -> int:
    """Return where the types of a row end if they are those, else -1."""
    for column in range(len(types)):
        kind = types[column]
        if kind < _ONE_BYTE:
            if pages[at] != kind:
                return -1
            at += 1
        else:
            length = varint_length(kind)
            if not _is_varint(pages, at, kind, length):
                return -1
            at += length
    return at


@inlined
def _are_values(pages: Bytes, at: int, row: int, columns: Columns, lengths: Int64s) -> int:
    """Return where the values of a row end if they are those, else -1."""
    differing = 0
    for column in range(1, len(lengths)):
        length, place = lengths[column], columns.places[column]
        if columns.kinds[column] == INTEGER:
            value = columns.numbers[place, row]
            for i in range(length):
                differing |= int(pages[at + i]) ^ (value >> (8 * (length - 1 - i)) & 0xFF)
        else:
            begin = columns.offsets[place, row]
            for i in range(length):
                differing |= int(pages[at + i] ^ columns.data[begin + i])
        at += length
    return -1 if differing else at


@inlined
def _is_row(pages: Bytes, at: int, row: int, columns: Columns, leaves: Leaves, told: Int64s) -> bool:
    """Tell whether the cell at a place has a row; the values of `told` are read and not compared.

    The place is in a leaf, and `_CELL_HEADER_MAX` bytes before the leaf's end.
    """
    end = at - at % PAGE_BYTES + PAGE_BYTES
    length, key = 0, columns.numbers[0, row]
    for i in range(_LENGTH_BYTES_MAX):
        length = length << 7 | int(pages[at]) & 0x7F
        at += 1
        if pages[at - 1] < _ONE_BYTE:
            break
        if i == _LENGTH_BYTES_MAX - 1:
            return False
    key_bytes = varint_length(key)
    if key_bytes > _KEY_BYTES_MAX or not _is_varint(pages, at, key, key_bytes):
        return False
    at += key_bytes
    if length > _LOCAL_MAX or at + length > end:
        return False
    types_end = _are_types(pages, at + 1, leaves.types)
    header = types_end + told.shape[1] - at
    if types_end < 0 or pages[at] != header:
        return False
    left = length - header
    for column in range(len(leaves.lengths)):
        left -= leaves.lengths[column]
    for i in range(told.shape[1]):
        more = _length_of_type(pages[types_end + i])
        if more < 0:
            return False
        left -= more
    if left != 0:
        return False
    at = _are_values(pages, at + header, row, columns, leaves.lengths)
    if at < 0:
        return False
    for i in range(told.shape[1]):
        kind = pages[types_end + i]
        more = _length_of_type(kind)
        told[row, i] = _integer(pages, at, kind, more)
        at += more
    return True


@kernel
def compare_rows(columns: Columns, leaves: Leaves, told: Int64s) -> int:
    """Compare rows with those that follow in leaves, from where the state says.

    Parameters
    ----------
    columns
        What is expected: one row or more, the key first.
    leaves
        Whole pages with `PADDING` bytes behind them; as many as `last_keys` has. The state says the row, the
        leaf and the cell in it that come next, and goes on.
    told
        Shape (rows, columns that are read): integers behind the others in each row; written.

    Returns
    -------
    int
        SAME, MORE or OTHER; after OTHER the state says nothing.
    """
    state, pages = leaves.state, leaves.pages
    row, leaf, cell = state[ROW], state[LEAF], state[CELLS]
    _, varying = measure_alike(columns, leaves)
    while row < columns.numbers.shape[1] and leaf < len(leaves.last_keys):
        base = leaf * PAGE_BYTES
        cells = _two_bytes(pages, base + 3)
        if pages[base] != _LEAF_OF_TABLE or cells > _CELLS_MAX:
            return OTHER
        if cell >= cells:
            leaf, cell = leaf + 1, 0
            continue
        at = _two_bytes(pages, base + _LEAF_HEADER + _POINTER * cell)
        if at < _LEAF_HEADER or at > PAGE_BYTES - _CELL_HEADER_MAX:
            return OTHER
        for i in range(varying):
            measure(row, leaves.varying[i], columns, leaves)
        if not _is_row(pages, base + at, row, columns, leaves, told):
            return OTHER
        cell += 1
        row += 1
    state[ROW], state[LEAF], state[CELLS] = row, leaf, cell
    return SAME if row == columns.numbers.shape[1] else MORE

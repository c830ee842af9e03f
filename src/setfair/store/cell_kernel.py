"""Rows as SQLite keeps them, read in leaf pages of a table and compared with rows that are expected.

Reads what `setfair.store.row_kernel` writes, and what SQLite writes of the same rows. Integers are read as
SQLite reads them and compared as numbers, eight bytes at a time: their lengths then ask for no branch that
could be guessed wrongly. Nothing in a page is believed: what a byte says is looked at before it is followed.

Source: "Database File Format" (https://www.sqlite.org/fileformat2.html), sections 1.6 and 2.1.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from setfair.kernel import inlined, kernel
from setfair.raw_bytes import eight_bytes
from setfair.store.row_kernel import (
    CELLS,
    INTEGER,
    LEAF,
    PAGE_BYTES,
    ROW,
    TEXT,
    Bytes,
    Columns,
    varint_length,
)

Int64s = NDArray[np.int64]

OTHER, SAME, MORE = 0, 1, 2
"""A row is not as expected; all rows are; so far they are, and the leaves are read to their end."""

PADDING = 512
"""Bytes behind the last leaf that a kernel may look at: more than the types of a row take, and than integers
take that stand behind its end."""


class ReadLeaves(NamedTuple):
    """Leaves that were read, and how far in them a comparison has come."""

    pages: Bytes
    """Whole pages with `PADDING` bytes behind them."""
    leaves_read: int
    """How many of them have been read."""
    state: Int64s
    """The row, the leaf and the cell in it that come next, at ROW, LEAF and CELLS."""


_LEAF_OF_TABLE = 13
_LEAF_HEADER, _POINTER = 8, 2
_CELLS_MAX = 16_000
_LOCAL_MAX = PAGE_BYTES - 35
"""Bytes of a record that are kept in the leaf itself."""
_LENGTH_BYTES_MAX, _KEY_BYTES_MAX = 3, 8
_CELL_HEADER_MAX = _LENGTH_BYTES_MAX + _KEY_BYTES_MAX
_ONE_BYTE = 128
_ZERO, _ONE = 8, 9
_BLOB_TYPE, _TEXT_TYPE = 12, 13
_WORD, _WORD_BITS = 8, 64

_NO_INTEGER = 99
_LENGTHS = np.full(256, _NO_INTEGER, np.uint8)
"""By type, the bytes of an integer."""
_LENGTHS[[1, 2, 3, 4, 5, 6, _ZERO, _ONE]] = (1, 2, 3, 4, 6, 8, 0, 0)


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
def _integer(pages: Bytes, at: int, kind: int, length: int) -> int:
    """Return an integer of a type, which takes so many bytes."""
    value = eight_bytes(pages, at) >> (_WORD_BITS - 8 * length & _WORD_BITS - 1)
    return value if length else kind - _ZERO


@inlined
def _are_bytes(pages: Bytes, at: int, data: Bytes, begin: int, length: int) -> bool:
    """Tell whether bytes stand there, of which eight more can be read in both."""
    differing, i = 0, 0
    while i + _WORD < length:
        differing |= eight_bytes(pages, at + i) ^ eight_bytes(data, begin + i)
        i += _WORD
    last = eight_bytes(pages, at + i) ^ eight_bytes(data, begin + i)
    return differing == 0 and last >> (_WORD_BITS - 8 * (length - i)) == 0


@inlined
def _types_end(pages: Bytes, at: int, row: int, columns: Columns) -> int:
    """Return where the types of a row end, of which each is one of its column and no longer than it must be.

    What is a text or a blob has the length that is expected; -1: it has not.
    """
    for column in range(1, len(columns.kinds)):
        if columns.kinds[column] == INTEGER:
            at += 1
            continue
        place = columns.places[column]
        length = columns.offsets[place, row + 1] - columns.offsets[place, row]
        kind = 2 * length + (_TEXT_TYPE if columns.kinds[column] == TEXT else _BLOB_TYPE)
        if kind < _ONE_BYTE:
            if pages[at] != kind:
                return -1
            at += 1
        else:
            taken = varint_length(kind)
            if not _is_varint(pages, at, kind, taken):
                return -1
            at += taken
    return at


@inlined
def _values_end(pages: Bytes, types: int, at: int, end: int, row: int, columns: Columns) -> int:
    """Return where the values of a row end if they are those, else -1; texts lie before `end`."""
    differing = 0
    for column in range(1, len(columns.kinds)):
        place = columns.places[column]
        kind = pages[types]
        types += 1
        if columns.kinds[column] == INTEGER:
            length = int(_LENGTHS[kind])
            if length == _NO_INTEGER:
                return -1
            differing |= _integer(pages, at, kind, length) ^ columns.numbers[place, row]
        else:
            begin = columns.offsets[place, row]
            length = columns.offsets[place, row + 1] - begin
            while kind >= _ONE_BYTE:
                kind = pages[types]
                types += 1
            if at + length > end or (length > 0 and not _are_bytes(pages, at, columns.data, begin, length)):
                return -1
        at += length
    return -1 if differing else at


@inlined
def _is_row(pages: Bytes, at: int, row: int, columns: Columns, told: Int64s) -> bool:
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
    end, types = at + length, at + 2
    types_end = _types_end(pages, types, row, columns)
    values = types_end + told.shape[1]
    # The length of the header, and the key's type: its value is that of the cell.
    if types_end < 0 or pages[at] != values - at or pages[at + 1] != 0:
        return False
    at = _values_end(pages, types, values, end, row, columns)
    if at < 0:
        return False
    for i in range(told.shape[1]):
        kind = pages[types_end + i]
        more = int(_LENGTHS[kind])
        if more == _NO_INTEGER:
            return False
        told[row, i] = _integer(pages, at, kind, more)
        at += more
    return bool(at == end)


@kernel
def compare_rows(columns: Columns, leaves: ReadLeaves, told: Int64s) -> int:
    """Compare rows with those that follow in leaves, from where the state says.

    Parameters
    ----------
    columns
        What is expected: one row or more, the key first; behind the bytes of texts are eight more.
    leaves
        Their state goes on.
    told
        Shape (rows, columns that are read): integers behind the others in each row; written.

    Returns
    -------
    int
        SAME, MORE or OTHER; after OTHER the state says nothing.
    """
    state, pages = leaves.state, leaves.pages
    row, leaf, cell = state[ROW], state[LEAF], state[CELLS]
    while row < columns.numbers.shape[1] and leaf < leaves.leaves_read:
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
        if not _is_row(pages, base + at, row, columns, told):
            return OTHER
        cell += 1
        row += 1
    state[ROW], state[LEAF], state[CELLS] = row, leaf, cell
    return SAME if row == columns.numbers.shape[1] else MORE

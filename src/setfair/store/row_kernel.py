"""Rows as SQLite keeps them, laid into leaf pages of a table: what a statement a row would do, in one loop.

Source: "Database File Format" (https://www.sqlite.org/fileformat2.html), sections 1.6 (b-tree pages, integers
of variable length) and 2.1 (records). What is written here:

- a leaf of a table: type 13, no free block, the number of cells, where their bytes begin, and a pointer to
  each cell in the order of the keys; the bytes of the cells fill the page from its end;
- a cell: length of the record, key, record;
- a record: length of its header, a type for each column, the values. The first column is the key and stands
  in the record as NULL; 0 and 1 are types of their own, other integers take 1, 2, 3, 4, 6 or 8 bytes.

A row never takes more than a leaf: `setfair.store.row_file` sees to it, and writes all else of the file.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from setfair.kernel import inlined, kernel
from setfair.raw_bytes import copy_bytes, put_eight_bytes

Bytes = NDArray[np.uint8]
Int64s = NDArray[np.int64]

INTEGER, TEXT, BLOB = 1, 2, 3
"""What a column holds."""

PAGE_BYTES = 65_536
"""The largest page that SQLite has: the fewer of them, the less there is between rows."""
COLUMNS_MAX = 40
"""Types take three bytes at most, and with so many the length of all of them still fits one byte."""
ROW_BYTES_MAX = 65_000
"""Bytes of the values of a row and their types that stay in a leaf for certain: SQLite's bound is 65,501."""

# Places in `state`.
ROW, LEAF, CELLS, CELLS_BEGIN = 0, 1, 2, 3
STATE_LENGTH = 4
"""The next row; the leaf that is being filled; its cells; where their bytes begin in it."""

_LEAF_OF_TABLE = 13
_LEAF_HEADER = 8
_POINTER = 2
_NULL, _ZERO, _ONE, _SIX_BYTES, _EIGHT_BYTES = 0, 8, 9, 5, 6
_BLOB_TYPE, _TEXT_TYPE = 12, 13
_LONGEST_VARINT = 9
_WORD = 8
"""Bytes that are written at a time."""


class Columns(NamedTuple):
    """Rows in columns: integers in one array, the bytes of texts and blobs in another."""

    kinds: Bytes
    """Shape (columns,): INTEGER, TEXT or BLOB; the first is the key."""
    places: Int64s
    """Shape (columns,): the row of `numbers` or of `offsets` that is the column's."""
    numbers: Int64s
    """Shape (columns of integers, rows)."""
    data: Bytes
    """The bytes of all texts and blobs."""
    offsets: Int64s
    """Shape (columns of texts and blobs, rows + 1): where in `data` each begins and the one before ends."""


class Leaves(NamedTuple):
    """Where a kernel writes."""

    pages: Bytes
    """Whole pages of PAGE_BYTES, one after another."""
    last_keys: Int64s
    """Shape (pages,): the greatest key of each page."""
    state: Int64s
    """STATE_LENGTH; it goes on from there."""
    types: Int64s
    """Shape (columns,), scratch: the type of each value of a row."""
    lengths: Int64s
    """Shape (columns,), scratch: the bytes of each value of a row."""
    varying: Int64s
    """Shape (columns,), scratch: the columns, but for the key, whose values are not all alike."""


@inlined
def varint_length(value: int) -> int:
    """Return the bytes that an integer of variable length takes."""
    length = 1
    while length < _LONGEST_VARINT and value >> (7 * length) != 0:
        length += 1
    return length


@inlined
def _put_varint(pages: Bytes, at: int, value: int, length: int) -> int:
    """Write an integer, seven bits a byte, the highest first, and eight in a ninth byte; return the end."""
    shift = 7 * (length - 1)
    if length == _LONGEST_VARINT:
        pages[at + 8] = value & 0xFF
        length, shift = 8, 57
        for i in range(length):
            pages[at + i] = 0x80 | ((value >> (shift - 7 * i)) & 0x7F)
        return at + _LONGEST_VARINT
    for i in range(length - 1):
        pages[at + i] = 0x80 | ((value >> (shift - 7 * i)) & 0x7F)
    pages[at + length - 1] = value & 0x7F
    return at + length


@inlined
def _integer_length(value: int) -> int:
    """Return the bytes that an integer takes."""
    if value == 0 or value == 1:
        return 0
    size = value ^ (value >> 63)
    if size < 1 << 7:
        return 1
    if size < 1 << 15:
        return 2
    if size < 1 << 23:
        return 3
    if size < 1 << 31:
        return 4
    return 6 if size < 1 << 47 else 8


@inlined
def _integer_type(value: int, length: int) -> int:
    if length == 0:
        return _ONE if value else _ZERO
    if length <= 4:
        return length
    return _SIX_BYTES if length == 6 else _EIGHT_BYTES


@inlined
def measure(row: int, column: int, columns: Columns, leaves: Leaves) -> int:
    """Note type and bytes of one value; return the bytes of both."""
    place, kind = columns.places[column], columns.kinds[column]
    if kind == INTEGER:
        value = columns.numbers[place, row]
        length = _integer_length(value)
        value_type = _integer_type(value, length)
    else:
        length = columns.offsets[place, row + 1] - columns.offsets[place, row]
        value_type = 2 * length + (_TEXT_TYPE if kind == TEXT else _BLOB_TYPE)
    leaves.types[column], leaves.lengths[column] = value_type, length
    return varint_length(value_type) + length


@inlined
def _is_alike(column: int, columns: Columns) -> bool:
    """Tell whether a column has one integer in all rows, or nothing but empty texts."""
    place = columns.places[column]
    if columns.kinds[column] != INTEGER:
        return bool(columns.offsets[place, -1] == columns.offsets[place, 0])
    for row in range(1, columns.numbers.shape[1]):
        if columns.numbers[place, row] != columns.numbers[place, 0]:
            return False
    return True


@inlined
def measure_alike(columns: Columns, leaves: Leaves) -> tuple[int, int]:
    """Measure once what is alike in all rows; return its bytes, and how many columns vary."""
    leaves.types[0], leaves.lengths[0] = _NULL, 0
    total, varying = 2, 0  # The length of the types, and the key's type.
    for column in range(1, len(columns.kinds)):
        if _is_alike(column, columns):
            total += measure(0, column, columns, leaves)
        else:
            leaves.varying[varying] = column
            varying += 1
    return total, varying


@inlined
def _put_types(pages: Bytes, at: int, types: Int64s) -> int:
    """Write the header of a record; return its end."""
    widest = 0
    for kind in types:
        widest |= kind
    end = at + 1
    if widest < 1 << 7:
        for column in range(len(types)):
            pages[end + column] = types[column]
        end += len(types)
    else:
        for kind in types:
            end = _put_varint(pages, end, kind, varint_length(kind))
    pages[at] = end - at
    return end


@inlined
def _put_record(pages: Bytes, at: int, end: int, row: int, columns: Columns, leaves: Leaves) -> None:
    """Write a record that ends before `end`."""
    at = _put_types(pages, at, leaves.types)
    for column in range(1, len(columns.kinds)):
        length = leaves.lengths[column]
        if length == 0:
            continue
        place = columns.places[column]
        if columns.kinds[column] == INTEGER:
            value = columns.numbers[place, row]
            if at + _WORD <= end:  # what follows is written over by the next value
                put_eight_bytes(pages, at, value << (8 * (_WORD - length)))
            else:
                for i in range(length):
                    pages[at + i] = (value >> (8 * (length - 1 - i))) & 0xFF
        else:
            copy_bytes(pages, at, columns.data, columns.offsets[place, row], length)
        at += length


@inlined
def _put_two_bytes(pages: Bytes, at: int, value: int) -> None:
    pages[at] = value >> 8
    pages[at + 1] = value & 0xFF


@inlined
def _end_leaf(leaves: Leaves, leaf: int, cells: int, begin: int, last_key: int) -> None:
    """Write the header of a leaf; the bytes that are left out are zero."""
    at = leaf * PAGE_BYTES
    leaves.pages[at : at + _LEAF_HEADER] = 0
    leaves.pages[at] = _LEAF_OF_TABLE
    _put_two_bytes(leaves.pages, at + 3, cells)
    _put_two_bytes(leaves.pages, at + 5, begin)
    leaves.last_keys[leaf] = last_key


@kernel
def lay_rows(columns: Columns, leaves: Leaves) -> bool:
    """Lay rows into leaves, from where the state says to the last row or until the pages are full.

    Parameters
    ----------
    columns
        One row or more: keys ascend, and no row takes more than ROW_BYTES_MAX.
    leaves
        What to fill; of what it holds the state alone matters. A leaf that is not full has its header all the
        same, and is filled further next time.

    Returns
    -------
    bool
        Whether all rows are laid; if not, all pages are full.
    """
    state, pages, keys = leaves.state, leaves.pages, columns.numbers
    leaf, cells, begin = state[LEAF], state[CELLS], state[CELLS_BEGIN]
    row = state[ROW]
    alike, varying = measure_alike(columns, leaves)
    while row < keys.shape[1]:
        length = alike
        for i in range(varying):
            length += measure(row, leaves.varying[i], columns, leaves)
        key = keys[0, row]
        length_bytes, key_bytes = varint_length(length), varint_length(key)
        cell = length_bytes + key_bytes + length
        if begin - cell < _LEAF_HEADER + _POINTER * (cells + 1):
            _end_leaf(leaves, leaf, cells, begin, keys[0, row - 1] if row else leaves.last_keys[leaf])
            leaf, cells, begin = leaf + 1, 0, PAGE_BYTES
            if leaf == len(leaves.last_keys):
                break
        begin -= cell
        at = leaf * PAGE_BYTES
        _put_two_bytes(pages, at + _LEAF_HEADER + _POINTER * cells, begin)
        at = _put_varint(pages, at + begin, length, length_bytes)
        at = _put_varint(pages, at, key, key_bytes)
        _put_record(pages, at, leaf * PAGE_BYTES + begin + cell, row, columns, leaves)
        cells += 1
        row += 1
    if cells:
        _end_leaf(leaves, leaf, cells, begin, keys[0, row - 1])
    state[ROW], state[LEAF], state[CELLS], state[CELLS_BEGIN] = row, leaf, cells, begin
    return row == keys.shape[1]

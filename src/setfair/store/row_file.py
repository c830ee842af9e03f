"""Rows in a SQLite database file of our own writing, for SQLite to copy from: many rows in one statement.

Handing SQLite a row takes it microseconds: values are bound one by one, encoded, and laid into a page.
Between two tables of one definition `INSERT INTO t SELECT * FROM rows.t` copies rows as they are instead
(SQLite's transfer optimisation). So a kernel lays rows out as SQLite keeps them
(`setfair.store.row_kernel`), in a file that is attached, copied from and let go. What reaches the house's
database is written by SQLite, in the caller's transaction.

Source: "Database File Format" (https://www.sqlite.org/fileformat2.html), sections 1.3 (header), 1.6 (b-tree
pages), 2.1 (records) and 2.6 (schema table).

Rules
-----
1. A table in the file has the words of the table's own CREATE statement: where the two differed, SQLite would
   copy value by value.
2. Leaves come first, then the pages above them. The first page, with the schema, is written last: it names
   the others.
3. Rows go into a file if their keys ascend and none takes more than a leaf (`fits`).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from setfair.store.row_kernel import (
    BLOB,
    CELLS,
    CELLS_BEGIN,
    COLUMNS_MAX,
    INTEGER,
    LEAF,
    PAGE_BYTES,
    ROW,
    ROW_BYTES_MAX,
    STATE_LENGTH,
    TEXT,
    Columns,
    Leaves,
    lay_rows,
)

ROWS_AT_ONCE = 8_192
"""Rows that are laid out at a time: what the kernel reads stays in the processor's cache."""
PADDING = 8
"""Bytes behind those of the texts of a piece that a kernel may look at."""
ROWS_MIN = 1_024
"""Pieces with fewer rows on the average are joined first."""
LEAVES_AT_ONCE = 32
"""Leaves that are filled before they are written."""
CHILDREN_MAX = 4_000
"""Pages below one page: each takes 15 bytes at most, so there is room for a few more."""

TABLE_BYTES_MAX = 1 << 27
"""Bytes of the values of one table. In a file of a gigabyte one page would have to stay empty (section 1.1,
lock-byte page): a few tables of this size stay far below, whatever their leaves leave free."""

_INTEGER_BYTES_MAX = 9
_KIND = {pa.string(): TEXT, pa.binary(): BLOB}
_MAGIC = b"SQLite format 3\0"
_HEADER_LENGTH = 100
_INTERIOR_OF_TABLE, _LEAF_OF_TABLE = 5, 13
_LEAF_HEADER, _INTERIOR_HEADER = 8, 12
_FOUR_BYTES = 4
"""Type of an integer of four bytes, and its length."""


class Table(NamedTuple):
    """Rows of one table."""

    name: str
    sql: str
    """The CREATE statement, as SQLite keeps it."""
    rows: pa.Table
    """Integers, text and bytes, without nulls; the first column is the key, an INTEGER PRIMARY KEY."""


class _Child(NamedTuple):
    page: int
    last_key: int


def fits(rows: pa.Table) -> bool:
    """Tell whether rows can go into a file (rule 3)."""
    texts = [column for column in rows.columns if not pa.types.is_integer(column.type)]
    longest = sum(pc.max(pc.binary_length(column)).as_py() for column in texts)
    row_bytes = longest + _INTEGER_BYTES_MAX * rows.num_columns
    if rows.num_columns > COLUMNS_MAX or row_bytes > ROW_BYTES_MAX or rows.nbytes > TABLE_BYTES_MAX:
        return False
    return bool((np.diff(rows.column(0).to_numpy()) > 0).all())


def write_row_file(file: IO[bytes], tables: Iterable[Table]) -> None:
    """Write a database with these tables.

    Parameters
    ----------
    file
        Empty, and can be sought in.
    tables
        Each with at least one row, and such that `fits`.
    """
    file.seek(PAGE_BYTES)
    roots = [(table, _write_tree(file, table.rows)) for table in tables]
    pages = file.tell() // PAGE_BYTES
    file.seek(0)
    file.write(_first_page(roots, pages))
    file.flush()


def _write_tree(file: IO[bytes], rows: pa.Table) -> int:
    """Write the pages of one table; return the page that is its root."""
    children = _write_leaves(file, rows)
    while len(children) > 1:
        groups = np.array_split(np.arange(len(children)), -(-len(children) // CHILDREN_MAX))
        children = [_write_interior(file, children[group[0] : group[-1] + 1]) for group in groups]
    return children[0].page


def _write_leaves(file: IO[bytes], rows: pa.Table) -> list[_Child]:
    leaves = Leaves(
        np.zeros(LEAVES_AT_ONCE * PAGE_BYTES, np.uint8),
        np.zeros(LEAVES_AT_ONCE, np.int64),
        np.zeros(STATE_LENGTH, np.int64),
        *np.zeros((3, rows.num_columns), np.int64),
    )
    children: list[_Child] = []
    leaves.state[CELLS_BEGIN] = PAGE_BYTES
    for columns in pieces_of(rows):
        leaves.state[ROW] = 0
        while not lay_rows(columns, leaves):
            children += _flush(file, leaves, LEAVES_AT_ONCE)
            leaves.state[LEAF] = 0
    return children + _flush(file, leaves, int(leaves.state[LEAF]) + bool(leaves.state[CELLS]))


def _flush(file: IO[bytes], leaves: Leaves, count: int) -> list[_Child]:
    first = file.tell() // PAGE_BYTES + 1
    file.write(leaves.pages[: count * PAGE_BYTES].data)
    return [_Child(first + place, key) for place, key in enumerate(leaves.last_keys[:count].tolist())]


def _write_interior(file: IO[bytes], children: Sequence[_Child]) -> _Child:
    """Write a page above others: a cell for each but the last, which the header names."""
    cells = [struct.pack(">I", child.page) + varint(child.last_key) for child in children[:-1]]
    page = bytearray(PAGE_BYTES)
    _lay_cells(page, 0, _INTERIOR_HEADER, cells)
    page[0] = _INTERIOR_OF_TABLE
    struct.pack_into(">I", page, 8, children[-1].page)
    number = file.tell() // PAGE_BYTES + 1
    file.write(page)
    return _Child(number, children[-1].last_key)


def _lay_cells(page: bytearray, at: int, header: int, cells: Sequence[bytes]) -> None:
    """Lay cells from the end of a page on, and their number and pointers behind the header at `at`."""
    begin = PAGE_BYTES
    for place, cell in enumerate(cells):
        begin -= len(cell)
        page[begin : begin + len(cell)] = cell
        struct.pack_into(">H", page, at + header + 2 * place, begin)
    struct.pack_into(">HH", page, at + 3, len(cells), begin)


def _first_page(roots: Sequence[tuple[Table, int]], pages: int) -> bytes:
    """Return the header of the file, and the schema in a leaf behind it."""
    page = bytearray(PAGE_BYTES)
    sizes = (1, 1, 1, 0, 64, 32, 32)  # 65,536 bytes a page; a rollback journal; payload fractions.
    counts = (1, pages, 0, 0, 1, 4, 0, 0, 1)  # ... schema format 4, as 0 and 1 need it; UTF-8.
    struct.pack_into(">16sHBBBBBB9I", page, 0, _MAGIC, *sizes, *counts)
    struct.pack_into(">II", page, 92, 1, 3_040_000)
    cells = []
    for row, (table, root) in enumerate(roots, 1):
        record = _schema_record(table, root)
        cells.append(varint(len(record)) + varint(row) + record)
    _lay_cells(page, _HEADER_LENGTH, _LEAF_HEADER, cells)
    page[_HEADER_LENGTH] = _LEAF_OF_TABLE
    return bytes(page)


def _schema_record(table: Table, root: int) -> bytes:
    texts = [text.encode() for text in ("table", table.name, table.name, table.sql)]
    types = [varint(13 + 2 * len(text)) for text in texts]
    header = b"".join([*types[:3], bytes((_FOUR_BYTES,)), types[3]])
    return b"".join([varint(len(header) + 1), header, *texts[:3], struct.pack(">I", root), texts[3]])


def varint(value: int) -> bytes:
    """Write an integer with seven bits a byte, the highest first, and eight in a ninth byte."""
    value &= 2**64 - 1
    last, rest = value & 0x7F, value >> 7
    if value >> 56:
        last, rest = value & 0xFF, value >> 8
    groups = [last]
    while rest or (value >> 56 and len(groups) < _INTEGER_BYTES_MAX):
        groups.append(0x80 | rest & 0x7F)
        rest >>= 7
    return bytes(reversed(groups))


def pieces_of(rows: pa.Table) -> Iterator[Columns]:
    """Yield rows as the kernels read them, so many at a time that they stay in the processor's cache.

    Each piece stands where the one before it stood: whoever asks for the next is done with it.
    """
    in_few_pieces = rows.column(0).num_chunks * ROWS_MIN <= rows.num_rows
    whole = rows if in_few_pieces else rows.combine_chunks()
    room = _Room(rows.schema, min(rows.num_rows, ROWS_AT_ONCE))
    yield from map(room.columns_of, whole.to_batches(max_chunksize=ROWS_AT_ONCE))


class _Room:
    """Memory for the columns of one piece after the other: to get it anew takes as long as to fill it."""

    def __init__(self, schema: pa.Schema, rows: int) -> None:
        self._kinds = np.array([_KIND.get(column, INTEGER) for column in schema.types], np.uint8)
        is_integer = self._kinds == INTEGER
        self._places = np.where(is_integer, np.cumsum(is_integer), np.cumsum(~is_integer)) - 1
        self._integers, self._texts = int(is_integer.sum()), int((~is_integer).sum())
        self._numbers = np.empty(self._integers * rows, np.int64)
        self._offsets = np.empty(self._texts * (rows + 1), np.int64)
        self._data = np.empty(0, np.uint8)

    def columns_of(self, batch: pa.RecordBatch) -> Columns:
        """Return rows as the kernel reads them."""
        count = batch.num_rows
        numbers = self._numbers[: self._integers * count].reshape(self._integers, count)
        offsets = self._offsets[: self._texts * (count + 1)].reshape(self._texts, count + 1)
        parts: list[NDArray[np.uint8]] = []
        size = 0
        for column, kind, place in zip(batch.columns, self._kinds, self._places, strict=True):
            if kind == INTEGER:
                numbers[place] = column.to_numpy()
                continue
            begins = np.frombuffer(column.buffers()[1], np.int32)[column.offset : column.offset + count + 1]
            np.add(begins, size - int(begins[0]), out=offsets[place])
            if begins[-1] > begins[0]:
                parts.append(np.frombuffer(column.buffers()[2], np.uint8)[begins[0] : begins[-1]])
                size += int(begins[-1] - begins[0])
        if len(self._data) < size + PADDING:
            self._data = np.empty(size + size // 4 + PADDING, np.uint8)
        data = self._data[:size]
        if parts:
            np.concatenate(parts, out=data)
        return Columns(self._kinds, self._places, numbers, data, offsets)

"""Rows in the database file beside rows that are expected: what is called the same SQLite reads alike."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from setfair.store.row_file import pieces_of
from setfair.store.row_kernel import PAGE_BYTES
from setfair.store.row_leaves import TableLeaves

SQL = "CREATE TABLE many (a INTEGER PRIMARY KEY, b INTEGER, c TEXT, d BLOB, e INTEGER, f INTEGER)"
TYPES = (pa.int64(), pa.int64(), pa.string(), pa.binary(), pa.int64(), pa.int64())
Row = tuple[int, int, str, bytes, int, int]
_WIDTHS = st.integers(0, 63).flatmap(lambda bits: st.integers(-(2**bits), 2**bits - 1))
_TEXTS = st.text(st.characters(codec="utf-8"), max_size=90)
_ROW = st.tuples(st.integers(1, 2**55), _WIDTHS, _TEXTS, st.binary(max_size=70), _WIDTHS, _WIDTHS)
_ROWS = st.lists(_ROW, min_size=1, max_size=40, unique_by=lambda row: row[0]).map(sorted)


def made(path: Path, rows: list[Row]) -> None:
    """Have SQLite write a database with these rows."""
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA page_size={PAGE_BYTES}")
    connection.execute(SQL)
    connection.executemany("INSERT INTO many VALUES (?, ?, ?, ?, ?, ?)", rows)
    connection.commit()
    connection.close()


def table_of(rows: list[Row], count: int = 4) -> pa.Table:
    """Return the first columns of rows."""
    columns = list(zip(*rows, strict=True))[:count]
    return pa.table({name: pa.array(v, t) for name, v, t in zip("abcdef", columns, TYPES, strict=False)})


def told(path: Path, *steps: list[Row], more: int = 2) -> list[list[int]] | None:
    """Return what is read behind the rows of steps that follow each other up to the end; None: others."""
    file = os.open(path, os.O_RDONLY)
    try:
        leaves = TableLeaves(file, 2)
        found: list[list[int]] = []
        for step in steps:
            part = leaves.told(pieces_of(table_of(step, 6 - more)), more)
            if part is None:
                return None
            found += part.tolist()
        return found if leaves.is_at_end() else None
    except ValueError:
        return None
    finally:
        os.close(file)


def changed(row: Row, place: int) -> Row:
    """Return a row of which one value is another."""
    values: list[object] = list(row)
    value = values[place]
    values[place] = (
        value ^ 1 if isinstance(value, int) else value + "x" if isinstance(value, str) else row[3] + b"x"
    )
    return tuple(values)  # type: ignore[return-value]


@settings(max_examples=60, deadline=None)
@given(_ROWS, st.data())
def test_rows_that_sqlite_wrote(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Row], data: st.DataObject
) -> None:
    """They are the same, in steps of any size, and one that has another value is not."""
    path = tmp_path_factory.getbasetemp() / "any.db"
    made(path, rows)
    cut = data.draw(st.integers(1, len(rows)))
    steps = [step for step in (rows[:cut], rows[cut:]) if step]
    assert told(path, *steps) == [list(row[4:]) for row in rows]
    assert told(path, *steps, more=0) == [[] for _ in rows]
    at, place = data.draw(st.integers(0, len(rows) - 1)), data.draw(st.integers(0, 3))
    other = [*rows[:at], changed(rows[at], place), *rows[at + 1 :]]
    assert told(path, other) is None
    if len(rows) > 1:
        assert told(path, [*rows[:at], *rows[at + 1 :]]) is None


def many(count: int) -> list[Row]:
    """Return rows that take several leaves."""
    return [
        (i, i * i - 5_000_000, f"text {i}" * (i % 9), bytes([i % 256]) * (i % 40), i % 3, -i)
        for i in range(1, count)
    ]


def test_a_tree_of_many_leaves(tmp_path: Path) -> None:
    """Leaves follow each other in the order of their keys, wherever in the file they are."""
    rows = many(20_000)
    path = tmp_path / "many.db"
    made(path, rows[::2] + rows[1::2])
    assert path.stat().st_size > 20 * PAGE_BYTES
    steps = [rows[at : at + 777] for at in range(0, len(rows), 777)]
    assert told(path, *steps) == [list(row[4:]) for row in rows]
    assert told(path, *steps[:-1]) is None


def test_every_bit_of_a_leaf(tmp_path: Path) -> None:
    """Whichever bit of a leaf is another, what is called the same is read the same by SQLite."""
    rows = many(40)
    path = tmp_path / "bits.db"
    made(path, rows)
    good = path.read_bytes()
    used = np.flatnonzero(np.frombuffer(good, np.uint8)[PAGE_BYTES:]) + PAGE_BYTES
    found = []
    for place in used.tolist():
        for bit in (1 << place % 8, 128):
            path.write_bytes(good[:place] + bytes([good[place] ^ bit]) + good[place + 1 :])
            if told(path, rows, more=0) is not None:
                connection = sqlite3.connect(path)
                assert connection.execute("SELECT * FROM many").fetchall() == rows
                connection.close()
                found.append(place - PAGE_BYTES)
    # What says where free bytes are says nothing of rows.
    assert set(found) <= {1, 2, 5, 6, 7}


def test_values_that_are_no_integers(tmp_path: Path) -> None:
    """Where an integer is to be read and something else stands there, the row is not as expected."""
    path = tmp_path / "other.db"
    for value in (None, 1.5, "x", b"x"):
        made(path, [(1, 2, "c", b"d", 5, value)])  # type: ignore[list-item]
        assert told(path, [(1, 2, "c", b"d", 5, 6)]) is None


def test_a_row_that_goes_beyond_its_leaf(tmp_path: Path) -> None:
    """A row with overflow pages is left to SQLite."""
    row = (1, 2, "c" * 70_000, b"d", 5, 6)
    made(tmp_path / "long.db", [row])
    assert told(tmp_path / "long.db", [row]) is None


def test_pages_that_cannot_be_followed(tmp_path: Path) -> None:
    """A tree that names itself, or pages that are not there, is left to SQLite."""
    rows = many(5_000)
    path = tmp_path / "tree.db"
    made(path, rows)
    good = path.read_bytes()
    root = bytearray(good[PAGE_BYTES : 2 * PAGE_BYTES])
    assert root[0] == 5
    for number in (2, 0, 2**31):
        root[8:12] = number.to_bytes(4, "big")
        path.write_bytes(good[:PAGE_BYTES] + root + good[2 * PAGE_BYTES :])
        assert told(path, rows) is None

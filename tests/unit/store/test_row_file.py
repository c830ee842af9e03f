"""A database file of our own writing: SQLite finds it sound, and reads what was to be in it."""

from __future__ import annotations

import sqlite3
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from setfair.store import row_file
from setfair.store.row_file import Table, fits, varint, write_row_file
from setfair.store.row_kernel import COLUMNS_MAX, ROW_BYTES_MAX
from tests.uncompiled import share

SQL = "CREATE TABLE many (a INTEGER PRIMARY KEY, b INTEGER NOT NULL, c TEXT NOT NULL, d BLOB NOT NULL)"
Row = tuple[int, int, str, bytes]


def table_of(rows: list[Row]) -> pa.Table:
    """Return rows of the table above as columns."""
    a, b, c, d = zip(*rows, strict=True)
    types = (pa.int64(), pa.int64(), pa.string(), pa.binary())
    return pa.table({name: pa.array(v, t) for name, v, t in zip("abcd", (a, b, c, d), types, strict=True)})


def written(*tables: Table) -> bytes:
    """Return a file with these tables."""
    file = BytesIO()
    write_row_file(file, tables)
    return file.getvalue()


def opened(data: bytes) -> sqlite3.Connection:
    """Open a database that lies in memory, after SQLite has looked at every page of it."""
    connection = sqlite3.connect(":memory:")
    connection.deserialize(data)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    return connection


def rows_read(data: bytes, name: str = "many") -> list[Any]:
    return opened(data).execute(f"SELECT * FROM {name}").fetchall()


def vacuumed(connection: sqlite3.Connection, path: Path) -> bytes:
    """Return a database as SQLite lays it out anew: records stay as they are, byte for byte."""
    path.unlink(missing_ok=True)
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("VACUUM INTO ?", (str(path),))
    return path.read_bytes()


_WIDTHS = st.integers(0, 63).flatmap(lambda bits: st.integers(-(2**bits), 2**bits - 1))
_ROW = st.tuples(_WIDTHS, _WIDTHS, st.text(st.characters(codec="utf-8"), max_size=80), st.binary(max_size=80))
_EDGES = sorted(
    {
        sign * 2**bits + more
        for bits in (0, 6, 7, 14, 15, 23, 31, 47, 55, 56, 62)
        for sign in (-1, 1)
        for more in (-1, 0, 1)
    }
    | {-(2**63), 2**63 - 1}
)


@settings(max_examples=share(60))
@given(st.lists(_ROW, min_size=1, max_size=60, unique_by=lambda row: row[0]).map(sorted))
@example([(key, key, "", b"") for key in _EDGES])
@example([(key, 0, "x" * key, b"y" * (3 * key)) for key in range(200)])
def test_any_rows_are_as_sqlite_itself_keeps_them(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Row]
) -> None:
    """Integers of every width, texts of every script, bytes: byte for byte the database that INSERT makes."""
    path = tmp_path_factory.getbasetemp() / "vacuumed.db"
    data = written(Table("many", SQL, table_of(rows)))
    assert rows_read(data) == rows
    plain = sqlite3.connect(":memory:")
    plain.execute("PRAGMA page_size=65536")
    plain.execute(SQL)
    plain.executemany("INSERT INTO many VALUES (?, ?, ?, ?)", rows)
    plain.commit()
    ours, theirs = vacuumed(opened(data), path), vacuumed(plain, path)
    # The first 100 bytes tell the schema's version and such: they differ between any two databases.
    assert ours[100:] == theirs[100:]


@pytest.mark.parametrize("children", [3, 7, 4_000])
def test_a_tree_of_many_pages_is_sound(children: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """One page above all leaves, or several above each other; several tables; leaves in several lots."""
    monkeypatch.setattr(row_file, "CHILDREN_MAX", children)
    monkeypatch.setattr(row_file, "LEAVES_AT_ONCE", 3)
    rows = [(5 * n - 300, n, f"text {n} " * 40, bytes(range(n % 256))) for n in range(share(3_000))]
    few = rows[:7]
    data = written(
        Table("many", SQL, table_of(rows)), Table("few", SQL.replace("many", "few"), table_of(few))
    )
    assert rows_read(data) == rows
    assert rows_read(data, "few") == few


def test_rows_in_any_pieces_are_the_same_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether columns come in one piece, in many, or as a part of longer ones does not show."""
    rows = [(n, n % 3, "ab" * (n % 50), b"") for n in range(500)]
    whole = table_of([(-1, 7, "left out", b"left out"), *rows]).slice(1)
    expected = written(Table("many", SQL, table_of(rows)))
    pieces = pa.concat_tables([whole.slice(at, 7) for at in range(0, 500, 7)])
    for at_once, joined_below in ((8_192, 1_024), (64, 1), (64, 1_024)):
        monkeypatch.setattr(row_file, "ROWS_AT_ONCE", at_once)
        monkeypatch.setattr(row_file, "ROWS_MIN", joined_below)
        for columns in (whole, pieces):
            assert rows_read(written(Table("many", SQL, columns))) == rows_read(expected) == rows


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([(1, 0, "", b""), (2, 0, "", b"")], True),
        ([(2, 0, "", b""), (1, 0, "", b"")], False),
        ([(1, 0, "", b""), (1, 0, "", b"")], False),
        ([(1, 0, "x" * (ROW_BYTES_MAX - 4 * 9), b"")], True),
        ([(1, 0, "x" * (ROW_BYTES_MAX - 4 * 9), b"y")], False),
    ],
)
def test_what_fits(rows: list[Row], expected: bool) -> None:
    """Keys ascend, and a row stays within a leaf; what does not fit goes another way."""
    table = table_of(rows)
    assert fits(table) is expected
    if expected:
        assert rows_read(written(Table("many", SQL, table))) == rows


def test_what_is_too_much_does_not_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither more columns than a header has room for, nor more bytes than a file is to have."""
    key = pa.array([1])
    assert fits(pa.table({str(n): key for n in range(COLUMNS_MAX)}))
    assert not fits(pa.table({str(n): key for n in range(COLUMNS_MAX + 1)}))
    monkeypatch.setattr(row_file, "TABLE_BYTES_MAX", 7)
    assert not fits(pa.table({"key": key}))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, "00"),
        (127, "7f"),
        (128, "8100"),
        (16_384, "818000"),
        (2**56 - 1, "ffffffffffffff7f"),
        (2**56, "80c080808080808000"),
        (-1, "ffffffffffffffffff"),
    ],
)
def test_integers_of_variable_length(value: int, expected: str) -> None:
    """Seven bits a byte, the highest first, and eight in a ninth byte."""
    assert varint(value).hex() == expected

"""Rows into tables: copied from a file or bound to a statement, the tables are the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import adbc_driver_manager
import pyarrow as pa
import pytest

from setfair.store import insert
from setfair.store.insert import ROW_FILE_NAMES, Inserter
from setfair.store.projector import Projector
from setfair.store.sqlite import SqliteStore
from setfair.store.transaction import transaction

COPIED = ("record_row", "payment_row", "leg_row", "times_row", "obligation_row")
"""The tables that grow with what comes in."""


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Any]:
    """A connection to a database with all tables, empty."""
    store = SqliteStore(tmp_path, create=True)
    Projector(store.connection)
    yield store.connection
    store.close()


def query(connection: Any, sql: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def rows_of(connection: Any, name: str, count: int = 40) -> pa.Table:
    """Return rows that a table can hold, with integers, texts and bytes that tell columns apart."""
    columns = {}
    for place, (column, kind) in enumerate(
        query(connection, f"SELECT name, type FROM pragma_table_info('{name}')")
    ):
        numbers = [n + 1 if place == 0 else (n * 10**place) % 2**62 for n in range(count)]
        texts = [f"{column} {n}" * (n % 3) for n in numbers]
        values = {"INTEGER": numbers, "TEXT": texts, "BLOB": [text.encode() for text in texts]}[kind]
        columns[column] = values
    return pa.table(columns)


def put(connection: Any, tables: dict[str, pa.Table]) -> None:
    inserter = Inserter(connection)
    try:
        with transaction(connection) as cursor:
            inserter.know_tables(cursor)
            inserter.insert(cursor, inserter.lay(tables))
    finally:
        inserter.let_go()


@pytest.mark.parametrize("name", COPIED)
def test_both_ways_give_the_same_rows(connection: Any, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every table that grows with what comes in has the same rows, whichever way they went."""
    found = []
    for least in (1, 10**9):
        monkeypatch.setattr(insert, "MANY_ROWS", least)
        put(connection, {name: rows_of(connection, name)})
        found.append(query(connection, f"SELECT * FROM {name}"))
        query(connection, f"DELETE FROM {name}")
    assert found[0] == found[1] == list(zip(*rows_of(connection, name).to_pydict().values(), strict=True))


@pytest.mark.parametrize("name", COPIED)
def test_rows_are_copied_as_they_are(connection: Any, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite takes its short way: it neither decodes a row nor makes a record of its values."""
    monkeypatch.setattr(insert, "MANY_ROWS", 1)
    inserter = Inserter(connection)
    with transaction(connection) as cursor:
        inserter.know_tables(cursor)
        inserter.insert(cursor, inserter.lay({name: rows_of(connection, name)}))
    steps = {
        row[1] for row in query(connection, f"EXPLAIN INSERT INTO main.{name} SELECT * FROM rows.{name}")
    }
    inserter.let_go()
    assert "RowData" in steps
    assert not steps & {"Column", "MakeRecord"}


def test_few_rows_and_many_go_together(connection: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each table goes the way that its rows ask for: many, few, or such as a file does not take."""
    monkeypatch.setattr(insert, "MANY_ROWS", 30)
    backwards = rows_of(connection, "leg_row").take(list(range(39, -1, -1)))
    other_order = rows_of(connection, "payment_row")
    other_order = other_order.select(other_order.column_names[::-1])
    put(
        connection,
        {
            "record_row": rows_of(connection, "record_row"),
            "times_row": rows_of(connection, "times_row", 5),
            "leg_row": backwards,
            "payment_row": other_order,
        },
    )
    names = ("record_row", "times_row", "leg_row", "payment_row")
    counts = [query(connection, f"SELECT count(*) FROM {name}")[0][0] for name in names]
    assert counts == [40, 5, 40, 40]
    numbers = query(connection, "SELECT payment_number FROM payment_row")
    assert numbers == [(n,) for n in range(1, 41)]


def test_the_file_is_gone_whatever_happens(
    connection: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After rows that are there already nothing is changed, nothing is left, and the next rows go in."""
    monkeypatch.setattr(insert, "MANY_ROWS", 1)
    files = [tmp_path / name for name in ROW_FILE_NAMES]
    for file in files:
        file.write_bytes(b"left by a crash")
    put(connection, {"times_row": rows_of(connection, "times_row", 3)})
    with pytest.raises(adbc_driver_manager.Error, match="UNIQUE"):
        put(connection, {"times_row": rows_of(connection, "times_row", 9)})
    assert not any(file.exists() for file in files)
    assert query(connection, "SELECT count(*) FROM times_row") == [(3,)]
    put(connection, {"times_row": rows_of(connection, "times_row", 9).slice(3)})
    assert query(connection, "SELECT count(*) FROM times_row") == [(9,)]

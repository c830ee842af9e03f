"""Many rows into tables: through a file that SQLite copies from, or by statements.

From `MANY_ROWS` on, rows go into a file of our own writing, which is attached and copied (`setfair.store.row_file`):
measured, 2 us of a processor for a payment and its record instead of 5. Fewer rows would not pay for the file: they
are bound to a statement. SQLite takes a lock for every value of every row that is bound (20 ns each; a payment has
28), and half of the columns have one value throughout: those stand in the statement itself. Only integers and empty
values do so, so that no text of a sender is ever part of a statement.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import adbc_driver_manager
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from setfair.store.row_file import Table

MANY_ROWS = 4096
"""From here on rows go through a file."""
ROW_FILE_NAME = "rows.tmp"
"""In the folder of the database; it has this name only while it is written. A crash may leave it there: the next
one is written in its place."""

_EMPTY = {pa.string(): "''", pa.binary(): "x''"}


class Inserter:
    """Inserts rows into tables of one database."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        with connection.cursor() as cursor:
            cursor.execute("SELECT file FROM pragma_database_list WHERE name = 'main'")
            self._path = Path(cursor.fetchone()[0]).parent / ROW_FILE_NAME
        self._is_attached = False

    def insert(self, cursor: Any, tables: Mapping[str, pa.Table]) -> None:
        """Insert rows; the columns are named, and ordered, as the tables' are.

        Parameters
        ----------
        cursor
            In the caller's transaction: when it has ended, `let_go` is to be called.
        tables
            By name, which is ours and not a sender's. Integers, text and bytes, without nulls; the first
            column is the key.
        """
        many = self._many(cursor, {name: rows for name, rows in tables.items() if len(rows) >= MANY_ROWS})
        if many:
            self._copy(cursor, many)
        copied = {table.name for table in many}
        for name, rows in tables.items():
            if name not in copied:
                insert_rows(cursor, name, rows)

    @staticmethod
    def _many(cursor: Any, tables: Mapping[str, pa.Table]) -> list[Table]:
        """Return what goes through a file."""
        if not tables:
            return []
        # Whoever only looks at a house needs no kernels, and does not wait for them.
        from setfair.store.row_file import Table, fits

        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
        statements = dict(cursor.fetchall())
        return [Table(name, statements[name], rows) for name, rows in tables.items() if fits(rows)]

    def _copy(self, cursor: Any, tables: Sequence[Table]) -> None:
        from setfair.store.row_file import write_row_file

        try:
            with self._path.open("w+b") as file:
                write_row_file(file, tables)
            cursor.execute("ATTACH ? AS rows", (f"file:{quote(str(self._path))}?mode=ro&immutable=1",))
            self._is_attached = True
        finally:
            # SQLite has it open; without a name it needs no disk for longer than that.
            self._path.unlink(missing_ok=True)
        for table in tables:
            cursor.execute(f"INSERT INTO main.{table.name} SELECT * FROM rows.{table.name}")  # noqa: S608

    def let_go(self) -> None:
        """Let go of the file, after the end of the transaction that read it."""
        if self._is_attached:
            with self._connection.cursor() as cursor:
                cursor.execute("DETACH rows")
            self._is_attached = False


def insert_rows(cursor: Any, table: str, rows: pa.Table) -> None:
    """Insert rows by a statement; `Inserter.insert` says what rows are."""
    names = rows.column_names
    constant = {name: _constant(rows.column(name)) for name in names[1:]}
    bound = [name for name in names if constant.get(name) is None]
    values = ", ".join(constant.get(name) or "?" for name in names)
    statement = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({values})"  # noqa: S608
    cursor.executemany(statement, rows.select(bound))


def _constant(column: pa.ChunkedArray) -> str | None:
    """Return how the value is written if it is the same in all rows, else None."""
    if pa.types.is_integer(column.type):
        extremes = pc.min_max(column)
        low, high = extremes["min"].as_py(), extremes["max"].as_py()
        return str(low) if low == high else None
    return _EMPTY[column.type] if pc.max(pc.binary_length(column)).as_py() == 0 else None

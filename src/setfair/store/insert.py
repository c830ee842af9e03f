"""Many rows into tables: through a file that SQLite copies from, or by statements.

From `MANY_ROWS` on, rows go into a file of our own writing that is attached and copied from
(docs/adr/0019). Fewer rows would not pay for the file: they are bound to a statement. SQLite takes a lock
for every value of every row that is bound (20 ns each; a payment has 28). In most steps half of the columns
have one value throughout: those stand in the statement itself. Only integers and empty values do so, so
that no text of a sender is ever part of a statement.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from setfair.store.row_file import Table

MANY_ROWS = 4096
"""From here on rows go through a file."""
ROW_FILE_NAME = "rows.tmp"
"""In the folder of the database; it has this name only until SQLite has opened it. A crash may leave it
there: the next one is written in its place."""

_DEFINITIONS = """
SELECT found.name, found.sql, group_concat(info.name, ' ' ORDER BY info.cid)
FROM sqlite_master AS found, pragma_table_info(found.name) AS info WHERE found.type = 'table' GROUP BY 1, 2
"""
"""Each table with its statement and the names of its columns in order: a copy goes by their order."""
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
        """Insert rows; the columns are named as the tables' are.

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

        cursor.execute(_DEFINITIONS)
        found = {name: (sql, columns.split()) for name, sql, columns in cursor.fetchall()}
        return [
            Table(name, found[name][0], rows)
            for name, rows in tables.items()
            if rows.column_names == found[name][1] and fits(rows)
        ]

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

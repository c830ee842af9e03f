"""Many rows into tables: through a file that SQLite copies from, or by statements.

From `MANY_ROWS` on, rows go into a file of our own writing that is attached and copied from
(docs/adr/0019). Fewer rows would not pay for the file: they are bound to a statement. SQLite takes a lock
for every value of every row that is bound (20 ns each; a payment has 28). In most steps half of the columns
have one value throughout: those stand in the statement itself. Only integers and empty values do so, so
that no text of a sender is ever part of a statement.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from setfair.store.row_file import Table

MANY_ROWS = 4096
"""From here on rows go through a file."""
ROW_FILE_NAMES = ("rows-0.tmp", "rows-1.tmp")
"""In the folder of the database, in turn; a file has its name only until SQLite has opened it. What a crash
leaves there goes when the house is opened next."""

_DEFINITIONS = """
SELECT found.name, found.sql, group_concat(info.name, ' ' ORDER BY info.cid)
FROM sqlite_master AS found, pragma_table_info(found.name) AS info WHERE found.type = 'table' GROUP BY 1, 2
"""
"""Each table with its statement and the names of its columns in order: a copy goes by their order."""
_EMPTY = {pa.string(): "''", pa.binary(): "x''"}


@dataclass(frozen=True, slots=True)
class LaidRows:
    """Rows that are ready to go into their tables."""

    path: Path
    in_file: tuple[str, ...]
    """The tables whose rows are in the file of this path, in order."""
    bound: Mapping[str, pa.Table]
    """The rows of the others, by table."""


class Inserter:
    """Inserts rows into tables of one database."""

    def __init__(self, connection: Any) -> None:
        """Begin with no tables known, and nothing left of who was here before.

        Parameters
        ----------
        connection
            To the database; its tables are looked up when `know_tables` is called.
        """
        self._connection = connection
        with connection.cursor() as cursor:
            cursor.execute("SELECT file FROM pragma_database_list WHERE name = 'main'")
            folder = Path(cursor.fetchone()[0]).parent
        paths = [folder / name for name in ROW_FILE_NAMES]
        for path in paths:
            path.unlink(missing_ok=True)
        self._paths = cycle(paths)
        self._definitions: dict[str, tuple[str, list[str]]] = {}
        self._is_attached = False

    def know_tables(self, cursor: Any) -> None:
        """Look up how the tables are defined: once, and again when they were made anew."""
        cursor.execute(_DEFINITIONS)
        self._definitions = {name: (sql, columns.split()) for name, sql, columns in cursor.fetchall()}

    def lay(self, tables: Mapping[str, pa.Table]) -> LaidRows:
        """Lay rows out for `insert`, which is to come before the next but one; the database is not touched.

        Parameters
        ----------
        tables
            By name, which is ours and not a sender's; the columns are named as the table's are. Integers,
            text and bytes, without nulls; the first column is the key.

        Raises
        ------
        OSError
            If the file cannot be written.
        """
        many = self._many({name: rows for name, rows in tables.items() if len(rows) >= MANY_ROWS})
        path = next(self._paths)
        if many:
            from setfair.store.row_file import write_row_file

            with path.open("w+b") as file:
                write_row_file(file, many)
        names = tuple(table.name for table in many)
        return LaidRows(path, names, {name: rows for name, rows in tables.items() if name not in names})

    def _many(self, tables: Mapping[str, pa.Table]) -> list[Table]:
        """Return what goes through a file."""
        if not tables:
            return []
        # Whoever only looks at a house needs no kernels, and does not wait for them.
        from setfair.store.row_file import Table, fits

        return [
            Table(name, self._definitions[name][0], rows)
            for name, rows in tables.items()
            if rows.column_names == self._definitions[name][1] and fits(rows)
        ]

    def insert(self, cursor: Any, rows: LaidRows) -> None:
        """Insert rows in the caller's transaction: when it has ended, `let_go` is to be called."""
        if rows.in_file:
            self._attach(cursor, rows.path)
        for name in rows.in_file:
            cursor.execute(f"INSERT INTO main.{name} SELECT * FROM rows.{name}")  # noqa: S608
        for name, table in rows.bound.items():
            insert_rows(cursor, name, table)

    def _attach(self, cursor: Any, path: Path) -> None:
        try:
            cursor.execute("ATTACH ? AS rows", (f"file:{quote(str(path))}?mode=ro&immutable=1",))
            self._is_attached = True
        finally:
            # SQLite has it open; without a name it needs no disk for longer than that.
            path.unlink(missing_ok=True)

    def let_go(self) -> None:
        """Let go of the file, after the end of the transaction that read it."""
        if self._is_attached:
            with self._connection.cursor() as cursor:
                cursor.execute("DETACH rows")
            self._is_attached = False


def insert_rows(cursor: Any, table: str, rows: pa.Table) -> None:
    """Insert rows by a statement; `Inserter.lay` says what rows are."""
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

"""The tables once more, as the pages make them, and what differs in those of the house.

Rules
-----
1. The pages that were audited are projected into a database of the auditor's own, in a temporary folder that
   goes at the end. It has as many pages as the house's tables say that they have.
2. The schema is that of the house, word for word, and each table has the same rows, value by value.
3. Rows are compared in batches, so that memory does not grow with them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import adbc_driver_manager
import pyarrow as pa
from adbc_driver_sqlite import StatementOptions

from setfair.audit.finding import check_same, differ
from setfair.journal.page import Page
from setfair.store.projector import STEP_RECORDS, Projector
from setfair.store.sqlite import TRUTH, SqliteStore

BATCH_ROWS = 32_768
_FAST = ("journal_mode=OFF", "synchronous=OFF", "locking_mode=EXCLUSIVE")
_SCHEMA = """
SELECT type, name, tbl_name, coalesce(sql, '') AS sql FROM sqlite_master
WHERE name NOT LIKE 'sqlite_stat%' ORDER BY type, name
"""


class TablesAgain:
    """A projection of the pages that were audited; a context manager."""

    def __init__(self, until: int) -> None:
        """Make the tables, empty.

        Parameters
        ----------
        until
            The last page to project.
        """
        self._folder = TemporaryDirectory(prefix="setfair-audit-")
        self._store = SqliteStore(Path(self._folder.name), create=True)
        with self._store.connection.cursor() as cursor:
            for pragma in _FAST:
                cursor.execute(f"PRAGMA {pragma}")
        self._projector = Projector(self._store.connection)
        self._until = until
        self._waiting: list[Page] = []
        self._records = 0

    def __enter__(self) -> TablesAgain:
        return self

    def __exit__(self, *_: object) -> None:
        self._store.close()
        self._folder.cleanup()

    def take(self, page: Page) -> None:
        """Take the next page."""
        if page.number > self._until:
            return
        self._waiting.append(page)
        self._records += len(page.records)
        if self._records >= STEP_RECORDS:
            self._project()

    def _project(self) -> None:
        self._projector.project(self._waiting)
        self._waiting, self._records = [], 0

    def compare(self, house: Any) -> None:
        """Check rule 2 against the connection of a house.

        Raises
        ------
        DifferenceFound
            At the first difference.
        """
        self._project()
        mine = self._store.connection
        schema = [_read(connection, _SCHEMA).to_pylist() for connection in (mine, house)]
        if schema[0] != schema[1]:
            _name_schema(*schema)
        for row in schema[0]:
            if row["type"] == "table" and row["name"] not in TRUTH:
                _compare_table(row["name"], mine, house)


def _name_schema(expected: list[dict[str, str]], found: list[dict[str, str]]) -> None:
    for row in expected:
        others = [other for other in found if (other["type"], other["name"]) == (row["type"], row["name"])]
        check_same(0, f"{row['type']} {row['name']} in the schema", [row], others)
    known = {(row["type"], row["name"]) for row in expected}
    more = next(row for row in found if (row["type"], row["name"]) not in known)
    differ(0, "schema", "what the house makes", f"{more['type']} {more['name']} besides")


def _read(connection: Any, sql: str) -> pa.Table:
    with connection.cursor() as cursor:
        try:
            cursor.execute(sql)
            return cursor.fetch_arrow_table()
        except (adbc_driver_manager.Error, OSError) as error:
            differ(0, "database file", "a file that SQLite can read", error)


def _compare_table(name: str, mine: Any, house: Any) -> None:
    ours, theirs = (_batches(name, connection) for connection in (mine, house))
    while True:
        expected, found = next(ours, None), next(theirs, None)
        if expected is None and found is None:
            return
        if expected is None or found is None or not expected.equals(found):
            _name_row(name, expected, found)


def _batches(name: str, connection: Any) -> Iterator[pa.RecordBatch]:
    """Yield a table's rows in the order in which they lie: by key."""
    with connection.cursor() as cursor:
        try:
            cursor.adbc_statement.set_options(**{StatementOptions.BATCH_ROWS.value: str(BATCH_ROWS)})
            cursor.execute(f'SELECT * FROM "{name}"')  # noqa: S608 - a name of ours
            for batch in cursor.fetch_record_batch():
                if batch.num_rows:
                    yield batch
        except (adbc_driver_manager.Error, OSError) as error:
            differ(0, f"table {name}", "a table that can be read", error)


def _name_row(name: str, expected: pa.RecordBatch | None, found: pa.RecordBatch | None) -> None:
    """End the audit with the first row that differs."""
    rows = [_rows(batch) for batch in (expected, found)]
    for one, other in zip(*rows, strict=False):
        if one != other:
            names = [column for column in one if one[column] != other.get(column)]
            key = next(iter(one))
            differ(
                0,
                f"table {name}, row with {key} {one[key]}",
                ", ".join(f"{column} {one[column]!r}" for column in names),
                ", ".join(f"{column} {other.get(column)!r}" for column in names),
            )
    differ(0, f"table {name}, rows", len(rows[0]), len(rows[1]))


def _rows(batch: pa.RecordBatch | None) -> list[dict[str, Any]]:
    if batch is None:
        return []
    try:
        rows: list[dict[str, Any]] = batch.to_pylist()
    except UnicodeDecodeError:
        return [{"row": bytes(str(batch.num_rows), "ascii")}]
    return rows

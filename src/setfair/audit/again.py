"""The tables once more, as the pages make them, and what differs in those of the house.

Rules
-----
1. The pages that were audited are projected into a database of the auditor's own, in a temporary folder that
   goes at the end. It has as many pages as the house's tables say that they have.
2. The schema is that of the house, word for word, and each table has the same rows, value by value.
3. The rows are compared by SQLite, with both databases attached: memory does not grow with them, and they
   need not become values of Python. Two threads do it, a table each at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from setfair.audit.finding import check_same, differ
from setfair.errors import HouseError
from setfair.journal.page import Page
from setfair.store.projector import STEP_RECORDS, Projector
from setfair.store.sqlite import DATABASE_NAME, TRUTH, SqliteStore, connect
from setfair.tables import query

Rows = list[dict[str, Any]]
_NOTHING = object()
SMALL_CACHE = "cache_size=-4096"
"""Four megabytes, as a pragma."""
_FAST = ("journal_mode=OFF", "synchronous=OFF", "locking_mode=EXCLUSIVE", SMALL_CACHE)
_THREADS = 2
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
        self._pool = ThreadPoolExecutor(1, "setfair-audit")
        self._projected: Future[None] | None = None
        self._waiting: list[Page] = []
        self._records = 0

    def __enter__(self) -> TablesAgain:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown()
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
        """Have what waits projected by a thread of its own, once that is done with what came before."""
        self._finish()
        self._projected = self._pool.submit(self._projector.project, self._waiting)
        self._waiting, self._records = [], 0

    def _finish(self) -> None:
        if self._projected is not None:
            self._projected.result()
            self._projected = None

    def compare(self, house: Any, folder: Path) -> None:
        """Check rule 2 against the database of a house.

        Parameters
        ----------
        house
            A connection to it.
        folder
            The folder where it is, for further connections.

        Raises
        ------
        DifferenceFound
            At the first difference.
        """
        self._project()
        self._finish()
        schema = [_read(connection, _SCHEMA) for connection in (self._store.connection, house)]
        if schema[0] != schema[1]:
            _name_schema(*schema)
        self._store.close()
        names = [row["name"] for row in schema[0] if row["type"] == "table" and row["name"] not in TRUTH]
        # The largest first: it is what the others are waited with.
        names.sort(key=lambda name: (name != "payment_row", name != "record_row"))
        with ThreadPoolExecutor(_THREADS, "setfair-audit") as pool:
            compared = [pool.submit(self._compare, name, folder) for name in names]
            for each in compared:
                each.result()

    def _compare(self, name: str, folder: Path) -> None:
        with small_connection(folder) as connection:
            _read(connection, "ATTACH DATABASE ? AS again", (str(Path(self._folder.name) / DATABASE_NAME),))
            _read(connection, f"PRAGMA again.{SMALL_CACHE}")
            _compare_table(name, connection)


@contextmanager
def small_connection(folder: Path) -> Iterator[Any]:
    """Give a reader's connection that keeps little in memory: what an audit reads it reads once."""
    connection = connect(folder, read_only=True)
    try:
        _read(connection, f"PRAGMA {SMALL_CACHE}")
        yield connection
    finally:
        connection.close()


def _name_schema(expected: Rows, found: Rows) -> None:
    for row in expected:
        others = [other for other in found if (other["type"], other["name"]) == (row["type"], row["name"])]
        check_same(0, f"{row['type']} {row['name']} in the schema", [row], others)
    known = {(row["type"], row["name"]) for row in expected}
    more = next(row for row in found if (row["type"], row["name"]) not in known)
    differ(0, "schema", "what the house makes", f"{more['type']} {more['name']} besides")


def _read(connection: Any, sql: str, parameters: tuple[object, ...] = ()) -> Rows:
    try:
        return query(connection, sql, parameters)
    except HouseError as error:
        differ(0, "database file", "a file that SQLite can read", error)


def _compare_table(name: str, house: Any) -> None:
    """Compare a table of the house, `main`, with the one made again, row by row, within SQLite."""
    columns = _read(house, f"SELECT name, pk FROM pragma_table_info('{name}', 'again') ORDER BY cid")  # noqa: S608
    names = [f'"{column["name"]}"' for column in columns]
    keys = [names[place] for place, column in enumerate(columns) if column["pk"]]
    on = " AND ".join(f"a.{key} = b.{key}" for key in keys or ["rowid"])
    first, second = (", ".join(f"{side}.{column}" for column in names) for side in "ab")
    differing = (
        f"SELECT a.* FROM again.{name} a LEFT JOIN main.{name} b ON {on} "  # noqa: S608 - names of ours
        f"WHERE ({first}) IS NOT ({second}) LIMIT 1"
    )
    for row in _read(house, differing):
        chosen = [column["name"] for column in columns if column["pk"]] or [columns[0]["name"]]
        where = " AND ".join(f'"{key}" = ?' for key in chosen)
        one = f"SELECT * FROM main.{name} WHERE {where}"  # noqa: S608
        found = _read(house, one, tuple(row[key] for key in chosen))
        _name_row(name, chosen[0], row, found[0] if found else {})
    counts = [
        _read(house, f"SELECT count(*) AS n FROM {of}.{name}")[0]["n"]  # noqa: S608
        for of in ("again", "main")
    ]
    check_same(0, f"table {name}, number of rows", *counts)


def _name_row(name: str, key: str, expected: dict[str, Any], found: dict[str, Any]) -> None:
    names = [column for column in expected if expected[column] != found.get(column, _NOTHING)]
    differ(
        0,
        f"table {name}, row with {key} {expected[key]}",
        ", ".join(f"{column} {expected[column]!r}" for column in names),
        ", ".join(f"{column} {found[column]!r}" for column in names) if found else "no such row",
    )

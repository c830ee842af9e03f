"""The tables once more, as the pages make them, and what differs in those of the house.

Rules
-----
1. The tables that grow with every payment are compared as the pages are read (`settlement_rows`). All others
   are made again in a database of the auditor's own, in a temporary folder that goes at the end.
2. It has as many pages as the house's tables say that they have. The schema is that of the house, word for
   word, and each table has the same rows, value by value.
3. The rows of the others are compared by SQLite, with both databases attached: memory stays as it is.
4. A thread of its own does it, beside the one that decides: `STEPS_AHEAD` steps wait for it at most.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import adbc_driver_manager
import pyarrow as pa

from setfair.audit.finding import check_same, differ
from setfair.audit.settlement_rows import SettlementRows
from setfair.audit.table_rows import PlacedRows, TableRows, name_row
from setfair.domain.codes import InstructionKind
from setfair.engine.room import Room
from setfair.errors import HouseError
from setfair.journal.page import Page
from setfair.store.projector import SET_BALANCE, Projector
from setfair.store.row_leaves import TableLeaves, is_file_alone
from setfair.store.sealed import TABLES, SealedFile, connect_sealed, sealed_files
from setfair.store.sqlite import DATABASE_NAME, TRUTH, SqliteStore, connect
from setfair.store.transaction import transaction
from setfair.tables import query

Rows = list[dict[str, Any]]
ELSEWHERE = TRUTH | {*TABLES, "sealed"}
"""What is not compared here: the truth, what is compared as the pages are read, and where sealed rows are."""
SMALL_CACHE = "cache_size=-2048"
"""Two megabytes, as a pragma."""
_FAST = ("journal_mode=OFF", "synchronous=OFF", "locking_mode=EXCLUSIVE", SMALL_CACHE)
STEP_RECORDS = 8_192
"""Records of a step at least: what is read of the house at a time, and waits in memory."""
STEPS_AHEAD = 2
_SCHEMA = """
SELECT type, name, tbl_name, coalesce(sql, '') AS sql FROM sqlite_master
WHERE name NOT LIKE 'sqlite_stat%' ORDER BY type, name
"""


class _Others(Projector):
    """Projects all but what is compared beside."""

    def __init__(self, connection: Any, settlement: SettlementRows) -> None:
        self._settlement = settlement
        super().__init__(connection)

    def _project_step(self, cursor: Any, step: Sequence[Page]) -> None:
        if step[0].instructions[0]["kind"] == InstructionKind.PHASE_CHANGE:
            # What an opening makes of credit lines goes by the balances of the evening before.
            cursor.executemany(SET_BALANCE, self._settlement.balances)
        super()._project_step(cursor, step)

    def settlement_rows(self, step: Sequence[Page], updates: Sequence[pa.Table]) -> dict[str, pa.Table]:
        """Compare the rows, and have none inserted."""
        self._settlement.take(step, self.owners, updates)
        return {}

    def update_settlement(self, cursor: Any, step: Sequence[Page], updates: Sequence[pa.Table]) -> None:
        """Leave it to `SettlementRows`."""


class TablesAgain:
    """What the pages that were audited make, beside the tables of a house; a context manager."""

    def __init__(self, folder: Path, until: int, instructions: int, room: Room) -> None:
        """Begin before the first page.

        Parameters
        ----------
        folder
            The house's, for connections to its database.
        until
            The last page to project.
        instructions
            The highest number that an instruction has.
        room
            Where what grows with payments is kept.
        """
        self._house, self._until = folder, until
        self._open = ExitStack()
        try:
            self._folder = Path(self._open.enter_context(TemporaryDirectory(prefix="setfair-audit-")))
            self._store = SqliteStore(self._folder, create=True)
            self._open.callback(self._store.close)
            with self._store.connection.cursor() as cursor:
                for pragma in _FAST:
                    cursor.execute(f"PRAGMA {pragma}")
            records, payments = self._placed()
            beside = self._open.enter_context(ThreadPoolExecutor(1, "setfair-audit-records"))
            self.settlement = SettlementRows(
                records, payments, beside=beside, room=room, instructions=instructions
            )
            self._projector = _Others(self._store.connection, self.settlement)
            self._pool = self._open.enter_context(ThreadPoolExecutor(1, "setfair-audit"))
        except BaseException:
            self._open.close()
            raise
        self._steps: deque[Future[None]] = deque()
        self._waiting: list[Page] = []
        self._records = 0

    def _placed(self) -> tuple[PlacedRows, PlacedRows]:
        """Return the rows of both tables, where they are."""
        reader = self._open.enter_context(small_connection(self._house))
        files = sealed_files(reader, self._house)
        live = self._live_leaves(reader)
        tables: dict[str, list[tuple[int, TableRows]]] = {name: [] for name in TABLES}
        for file in files:
            leaves = self._sealed_leaves(file)
            for name, end in zip(TABLES, (file.last_record, file.last_instruction), strict=True):
                connect_it = partial(self._opened, partial(small_sealed, file))
                tables[name].append((end, TableRows(name, connect_it, leaves.get(name))))
        connect_live = partial(self._opened, partial(small_connection, self._house))
        placed = [PlacedRows(TableRows(name, connect_live, live.get(name)), tables[name]) for name in TABLES]
        return placed[0], placed[1]

    def _opened(self, connect_it: Callable[[], AbstractContextManager[Any]]) -> Any:
        return self._open.enter_context(connect_it())

    def _live_leaves(self, reader: Any) -> dict[str, TableLeaves]:
        """Return the rows of both tables in the file, if the file stays as it is while they are read."""
        file = self._open.enter_context((self._house / DATABASE_NAME).open("rb", buffering=0)).fileno()
        other = self._open.enter_context(small_connection(self._house))
        roots = self._open.enter_context(reading(reader))
        with other.cursor() as cursor:
            if not is_file_alone(cursor):
                return {}
        return _leaves(file, roots)

    def _sealed_leaves(self, file: SealedFile) -> dict[str, TableLeaves]:
        descriptor = self._open.enter_context(file.path.open("rb", buffering=0)).fileno()
        with small_sealed(file) as connection, reading(connection) as roots:
            return _leaves(descriptor, roots)

    def __enter__(self) -> TablesAgain:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def take(self, page: Page) -> None:
        """Take the next page; DifferenceFound where a row of a page before it differs."""
        if page.number > self._until:
            return
        self._waiting.append(page)
        self._records += len(page.records)
        if self._records >= STEP_RECORDS:
            self._begin_step()

    def _begin_step(self) -> None:
        while len(self._steps) >= STEPS_AHEAD:
            self._steps.popleft().result()
        self._steps.append(self._pool.submit(self._projector.project, self._waiting))
        self._waiting, self._records = [], 0

    def compare(self, house: Any) -> None:
        """Compare what is left when the last page was taken.

        Parameters
        ----------
        house
            A connection to its database.

        Raises
        ------
        DifferenceFound
            At the first difference.
        """
        self._begin_step()
        while self._steps:
            self._steps.popleft().result()
        self._pool.submit(self._finish, house).result()

    def _finish(self, house: Any) -> None:
        schema = [_read(connection, _SCHEMA) for connection in (self._store.connection, house)]
        if schema[0] != schema[1]:
            _name_schema(*schema)
        self.settlement.finish()
        with self._store.connection.cursor() as cursor:
            cursor.executemany(SET_BALANCE, self.settlement.balances)
        self._store.close()
        for row in schema[0]:
            if row["type"] == "table" and row["name"] not in ELSEWHERE:
                self._compare(row["name"], self._house)

    def _compare(self, name: str, folder: Path) -> None:
        with small_connection(folder) as connection:
            _read(connection, "ATTACH DATABASE ? AS again", (str(self._folder / DATABASE_NAME),))
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


@contextmanager
def small_sealed(file: SealedFile) -> Iterator[Any]:
    """Give the like to a sealed file."""
    connection = connect_sealed(file)
    try:
        _read(connection, f"PRAGMA {SMALL_CACHE}")
        yield connection
    finally:
        connection.close()


def _leaves(file: int, roots: dict[str, int]) -> dict[str, TableLeaves]:
    with suppress(ValueError):
        return {name: TableLeaves(file, roots[name]) for name in TABLES}
    return {}


@contextmanager
def reading(connection: Any) -> Iterator[dict[str, int]]:
    """Hold a transaction that reads: the database stays as it is for it; give the root of each table."""
    with transaction(connection) as cursor:
        try:
            cursor.execute("SELECT name, rootpage FROM sqlite_master WHERE type = 'table'")
            roots = {str(name): int(root) for name, root in cursor.fetchall()}
        except adbc_driver_manager.Error as error:
            differ(0, "database file", "a file that SQLite can read", error)
        yield roots


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
        name_row(name, chosen[0], row, found[0] if found else {})
    counts = [
        _read(house, f"SELECT count(*) AS n FROM {of}.{name}")[0]["n"]  # noqa: S608
        for of in ("again", "main")
    ]
    check_same(0, f"table {name}, number of rows", *counts)

"""The embedded store: one SQLite file in WAL mode, synchronous=FULL.

Rules
-----
1. A page, the nodes of the tree that it completes and its signed checkpoint are one transaction: durable when
   `append` returns, or not there.
2. All access in this process goes through one SQLite library, the one in the ADBC driver: two copies of
   SQLite in a process would undo each other's file locks (docs/adr/0002).
3. Readers of other processes read at any time; WAL lets them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import adbc_driver_manager
import adbc_driver_sqlite.dbapi as sqlite_adbc
import pyarrow as pa

from setfair.errors import StoreError
from setfair.store.archived import PageBodies
from setfair.store.lease import WriterLease
from setfair.store.log_carrier import LogCarrier
from setfair.store.protocol import PageMeta, StoredPage, check_follow, has_some
from setfair.store.transaction import transaction

DATABASE_NAME = "setfair.db"
LEASE_NAME = "writer.lease"
DATABASE_PAGE_BYTES = 65_536
"""SQLite's own pages, fixed when a house is made: the fewer of them a journal page spans, the sooner it is
durable (measured, 0.7 ms instead of 1.8 ms with 4,096 for 580 KB), and projecting gains a tenth."""
PAGES_AT_ONCE = 16
"""Pages that a reader of the journal holds in memory at a time."""

_KINDS = {int: pa.int64(), str: pa.string(), bytes: pa.binary()}
_META = (
    "page_number, time_utc, instruction_kind, first_instruction, instruction_count, first_record, "
    "record_count, root, peaks"
)

_PIECE = "SELECT piece_number, body FROM books_piece WHERE piece_number > ? ORDER BY piece_number LIMIT 1"
_PUT_PIECE = "INSERT OR REPLACE INTO books_piece VALUES (?, ?, ?)"

TRUTH = frozenset(
    {"page", "archived", "tree_node", "signed_checkpoint", "cosignature", "books_checkpoint", "books_piece"}
)
"""The tables of truth.sql: what is no projection."""


def connect(folder: Path, *, read_only: bool = False) -> Any:
    """Open a connection to a house's database, with autocommit and the settings of rule 1.

    Raises
    ------
    StoreError
        If the file cannot be opened, or is no database.
    """
    # Patience comes first: even asking for WAL fails at once where another process has just begun or ended.
    pragmas = [
        "busy_timeout=10000",
        f"page_size={DATABASE_PAGE_BYTES}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "cache_size=-65536",
    ]
    if read_only:
        pragmas.append("query_only=ON")
    path = folder / DATABASE_NAME
    try:
        connection = sqlite_adbc.connect(str(path), autocommit=True)
    except adbc_driver_manager.Error as error:
        raise StoreError(f"{path} cannot be opened: {error}") from error
    try:
        with connection.cursor() as cursor:
            for pragma in pragmas:
                cursor.execute(f"PRAGMA {pragma}")
    except adbc_driver_manager.Error as error:
        connection.close()
        raise StoreError(f"{path} cannot be opened: {error}") from error
    return connection


def check_house(folder: Path) -> None:
    """Raise StoreError if there is no house in this folder."""
    if not (folder / DATABASE_NAME).exists():
        raise StoreError(f"{folder} has no {DATABASE_NAME}: make a house with `setfair init` first")


class SqlitePages:
    """Pages of one house, to be read: also while a writer is at work."""

    def __init__(self, folder: Path, connection: Any) -> None:
        self._path = folder / DATABASE_NAME
        self.connection = connection

    def _read(self, sql: str, parameters: Sequence[int] = ()) -> list[tuple[Any, ...]]:
        try:
            with self.connection.cursor() as cursor:
                cursor.execute(sql, parameters or None)
                return list(cursor.fetchall())
        except adbc_driver_manager.Error as error:
            raise StoreError(
                f"{self._path} cannot be read: {error}. Mend the disk, then try again."
            ) from error

    def _query(self, sql: str, parameters: tuple[object, ...]) -> list[dict[str, Any]]:
        try:
            with self.connection.cursor() as cursor:
                cursor.execute(sql, parameters or None)
                names = [column[0] for column in cursor.description or ()]
                return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        except adbc_driver_manager.Error as error:
            raise StoreError(
                f"{self._path} cannot be read: {error}. Mend the disk, then try again."
            ) from error

    def last_page(self) -> PageMeta | None:
        """Return the newest page's description, or None."""
        rows = self._read(f"SELECT {_META} FROM page ORDER BY page_number DESC LIMIT 1")  # noqa: S608
        return PageMeta(*rows[0]) if rows else None

    def pages_after(self, number: int) -> Iterator[tuple[int, bytes]]:
        """Yield (number, bytes) of the pages after `number`, in order; of those that were archived too."""
        bodies = PageBodies(self._query)
        while True:
            rows = self._read(
                "SELECT page_number, body FROM page WHERE page_number > ? ORDER BY page_number LIMIT ?",
                (number, PAGES_AT_ONCE),
            )
            if not rows:
                return
            yield from ((row[0], bodies.or_archived(row[0], row[1])) for row in rows)
            number = rows[-1][0]

    def pages_with(self, instructions: Sequence[int]) -> Iterator[tuple[int, bytes]]:
        """Yield (number, bytes) of the pages in which some of these instructions are, in order."""
        bodies = PageBodies(self._query)
        spans = self._read(
            "SELECT page_number, first_instruction, instruction_count FROM page ORDER BY page_number"
        )
        for number, first, count in spans:
            if has_some(instructions, first, count):
                ((body,),) = self._read("SELECT body FROM page WHERE page_number = ?", (number,))
                yield number, bodies.or_archived(number, body)

    def last_note(self) -> tuple[int, str] | None:
        """Return the newest signed checkpoint and its page, or None."""
        rows = self._read("SELECT page_number, note FROM signed_checkpoint ORDER BY page_number DESC LIMIT 1")
        return (rows[0][0], rows[0][1]) if rows else None

    def nodes(self) -> bytes:
        """Return all nodes of the tree's stored level, one after the other."""
        return b"".join(row[0] for row in self._read("SELECT hashes FROM tree_node ORDER BY first_record"))

    def read_checkpoint(self) -> tuple[int, Iterator[bytes]] | None:
        """Return the newest checkpoint, its page and its pieces in order, or None."""
        rows = self._read("SELECT page_number, body FROM books_checkpoint ORDER BY page_number DESC LIMIT 1")
        return (rows[0][0], self._pieces(rows[0][1])) if rows else None

    def _pieces(self, first: bytes) -> Iterator[bytes]:
        yield first
        number = 0
        while rows := self._read(_PIECE, (number,)):
            number, body = rows[0]
            yield body


class SqliteStore(SqlitePages):
    """Pages of one house, with the writer's lease."""

    def __init__(self, folder: Path, *, create: bool = False) -> None:
        if not create:
            check_house(folder)
        self._prepared: dict[str, tuple[Any, pa.StructType]] = {}
        self._lease = WriterLease(folder / LEASE_NAME)
        try:
            super().__init__(folder, connect(folder))
        except BaseException:
            self._lease.release()
            raise
        self._log = LogCarrier(self.connection, partial(connect, folder))
        try:
            self._run_script("truth.sql")
            last = self.last_page()
        except BaseException:
            self.close()
            raise
        self._last_number = last.number if last is not None else 0

    def _run_script(self, name: str) -> None:
        script = files("setfair.store").joinpath(name).read_text(encoding="utf-8")
        try:
            with self.connection.cursor() as cursor:
                for statement in statements(script):
                    cursor.execute(statement)
        except adbc_driver_manager.Error as error:
            raise StoreError(f"{self._path} cannot be opened: {error}") from error

    def append(self, *pages: StoredPage) -> None:
        """Append pages that follow each other; when this returns, all of them are durable."""
        check_follow(pages, self._last_number)
        try:
            with transaction(self.connection):
                for page in pages:
                    self._insert_page(page)
        except adbc_driver_manager.Error as error:
            first = pages[0].meta.number
            raise StoreError(
                f"page {first} could not be written, and nothing of it was applied: {error}. "
                "Check the disk, then run the same command again: what is on record is not repeated."
            ) from error
        self._last_number = pages[-1].meta.number
        if len(pages[-1].body) >= DATABASE_PAGE_BYTES:
            self._log.tend()

    def _insert_page(self, page: StoredPage) -> None:
        meta = page.meta
        values = (
            meta.number,
            meta.time_utc,
            meta.instruction_kind,
            meta.first_instruction,
            meta.instruction_count,
            meta.first_record,
            meta.record_count,
            meta.root,
            meta.peaks,
            page.body,
        )
        self._insert("INSERT INTO page VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
        if page.nodes:
            self._insert("INSERT INTO tree_node VALUES (?, ?)", (meta.first_record, page.nodes))
        if page.note:
            self._insert("INSERT INTO signed_checkpoint VALUES (?, ?)", (meta.number, page.note))

    def _insert(self, sql: str, values: tuple[object, ...]) -> None:
        """Insert a row by a statement that is prepared once: with small pages that takes most of the time."""
        if sql not in self._prepared:
            kinds = [(str(place), _KINDS[type(value)]) for place, value in enumerate(values)]
            self._prepared[sql] = (self.connection.cursor(), pa.struct(kinds))
        cursor, row = self._prepared[sql]
        cursor.executemany(sql, pa.RecordBatch.from_struct_array(pa.array([values], row)))

    def archive(self, first_page: int, last_page: int, *, path: str, size: int, sha256: str) -> None:
        """Note that a file has the bytes of these pages, and let go of them, in one transaction.

        Parameters
        ----------
        first_page, last_page
            The pages, both included.
        path
            The file, which is durable: absolute, or from the house's folder on.
        size, sha256
            How many bytes it has, and their digest in hexadecimal.

        Raises
        ------
        StoreError
            If it could not be noted: then the pages are here as they were.
        """
        try:
            with transaction(self.connection) as cursor:
                values = (first_page, last_page, path, size, sha256)
                cursor.execute("INSERT INTO archived VALUES (?, ?, ?, ?, ?)", values)
                cursor.execute(
                    "UPDATE page SET body = x'' WHERE page_number BETWEEN ? AND ?", (first_page, last_page)
                )
        except adbc_driver_manager.Error as error:
            raise StoreError(
                f"the pages were not archived, and are as they were: {error}. Check the disk, then try again."
            ) from error

    def shrink(self) -> bool:
        """Give room that is free back to the disk; False where a reader or a full disk does not let it."""
        try:
            with self.connection.cursor() as cursor:
                cursor.execute("VACUUM")
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except adbc_driver_manager.Error:
            return False
        return True

    def write_note(self, page_number: int, note: str) -> None:
        """Keep the signed checkpoint of the tree after a page."""
        self._write("INSERT OR REPLACE INTO signed_checkpoint VALUES (?, ?)", (page_number, note))

    def write_cosignature(self, page_number: int, key_name: str, line: str) -> None:
        """Keep a cosignature of the checkpoint after a page, in place of an earlier one of that name."""
        self._write("INSERT OR REPLACE INTO cosignature VALUES (?, ?, ?)", (page_number, key_name, line))

    def _write(self, sql: str, parameters: Sequence[object]) -> None:
        try:
            with self.connection.cursor() as cursor:
                cursor.execute(sql, parameters)
        except adbc_driver_manager.Error as error:
            raise StoreError(
                f"a signature could not be kept: {error}. Check the disk, then try again."
            ) from error

    def write_checkpoint(self, page_number: int, pieces: Iterable[bytes]) -> None:
        """Keep the state after a page, all pieces or none; older checkpoints go.

        A piece that is there as it was is left as it is: of what a house remembers most does not change.
        """
        kept = dict(self._read("SELECT piece_number, sha256 FROM books_piece"))
        try:
            with transaction(self.connection) as cursor:
                following, number = iter(pieces), 0
                cursor.execute("DELETE FROM books_checkpoint")
                cursor.execute("INSERT INTO books_checkpoint VALUES (?, ?)", (page_number, next(following)))
                for number, piece in enumerate(following, 1):
                    digest = hashlib.sha256(piece).digest()
                    if kept.get(number) != digest:
                        cursor.execute(_PUT_PIECE, (number, digest, piece))
                cursor.execute("DELETE FROM books_piece WHERE piece_number > ?", (number,))
        except adbc_driver_manager.Error as error:
            raise StoreError(f"the checkpoint after page {page_number} was not written: {error}") from error

    def close(self) -> None:
        """Let go of the database and of the lease."""
        for cursor, _ in self._prepared.values():
            cursor.close()
        self._prepared.clear()
        self._log.close()
        self.connection.close()
        self._lease.release()


def statements(script: str) -> Iterator[str]:
    """Split a script of ours into its statements; a statement ends with a semicolon at a line's end."""
    lines: list[str] = []
    for line in script.splitlines():
        if line.startswith("--") or not line.strip():
            continue
        lines.append(line)
        if line.rstrip().endswith(";"):
            yield "\n".join(lines)
            lines = []

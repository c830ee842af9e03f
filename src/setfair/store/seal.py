"""Sealing: rows of closed days leave the live file for a file that is never written to again.

Rules
-----
1. What goes are rows of pages that are in an archive: payments that are final and that screening found
   nothing in, and the records of pages in which things came in, expired or were settled together. What stays
   is little: what people, phases and cycles did, and what is not final.
2. A sealed file is an SQLite database with `record_row` and `payment_row` as the live file has them, in
   order, and an index of payments by UETR, which no live file could carry.
3. It is durable under its name before one transaction notes it in `sealed` and deletes the rows. A crash
   leaves all rows in the live file or all in the sealed one; a file that nothing names is written over.
4. Where there would be more than `FILES_MAX`, the two neighbours that are smallest together become one file
   in the same way. A reader that has the two open goes on with them.
5. Its name has its pages and the beginning of their last root: files of two houses in one folder differ.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import adbc_driver_manager

from setfair.domain.codes import InstructionKind, Status
from setfair.errors import StoreError
from setfair.store.sealed import FILES_MAX, TABLES, SealedFile, sealed_files
from setfair.store.sqlite import DATABASE_PAGE_BYTES, SqliteStore
from setfair.store.transaction import transaction

_CAME_IN = (
    InstructionKind.CUSTOMER_PAYMENT,
    InstructionKind.INSTITUTION_PAYMENT,
    InstructionKind.PAYMENT_RETURN,
    InstructionKind.LIQUIDITY_TRANSFER,
    InstructionKind.CANCELLATION,
    InstructionKind.OBLIGATION,
    InstructionKind.CREDIT_NOTE,
    InstructionKind.CONFIRMATION,
    InstructionKind.PARTY_REGISTRATION,
    InstructionKind.EXPIRY,
    InstructionKind.OFFSETTING,
)
"""Kinds of pages whose records go."""
_FINAL = (Status.ACSC, Status.RJCT, Status.CANC)
_KEYS = {"record_row": "record_number", "payment_row": "payment_number"}
_IN_KINDS = ", ".join(repr(kind.name) for kind in _CAME_IN)
_IN_FINAL = ", ".join(str(int(status)) for status in _FINAL)
_WHICH = {
    "record_row": (
        "record_number BETWEEN ? AND ? AND page_number IN (SELECT page_number FROM page "  # noqa: S608
        f"WHERE page_number BETWEEN ? AND ? AND instruction_kind IN ({_IN_KINDS}))"
    ),
    "payment_row": (
        f"payment_number BETWEEN ? AND ? AND status IN ({_IN_FINAL}) "  # noqa: S608
        "AND payment_number NOT IN (SELECT instruction_number FROM hit)"
    ),
}
_SPAN = """
SELECT min(first_record), max(first_record + record_count) - 1,
       min(first_instruction), max(first_instruction + instruction_count) - 1
FROM page WHERE page_number BETWEEN ? AND ?
"""
_TO_SEAL = """
SELECT (SELECT coalesce(max(last_page), 0) + 1 FROM sealed) AS first_page,
       (SELECT coalesce(max(last_page), 0) FROM archived) AS last_page
"""
_ROOT = "SELECT lower(substr(hex(root), 1, 8)) FROM page WHERE page_number = ?"
_SCHEMA = "SELECT sql FROM main.sqlite_master WHERE type = 'table' AND name = ?"
_BY_UETR = "CREATE INDEX sealing.payment_by_uetr ON payment_row (uetr)"


@dataclass(frozen=True, slots=True)
class _Span:
    """Pages whose rows are sealed, with their records and instructions."""

    pages: tuple[int, int]
    records: tuple[int, int]
    instructions: tuple[int, int]

    def given(self, table: str) -> tuple[int, ...]:
        """Return the parameters of `_WHICH`."""
        return (*self.records, *self.pages) if table == "record_row" else self.instructions


def seal_rows(store: SqliteStore, home: Path, target: Path) -> SealedFile | None:
    """Seal the rows of all pages that are in an archive and whose rows are in the live file still.

    Parameters
    ----------
    store
        The house's, with its tables brought up to date.
    home
        The house's folder.
    target
        Folder of the new file.

    Returns
    -------
    SealedFile or None
        The new file; None where there was nothing to do.

    Raises
    ------
    StoreError
        If it cannot be written: then the rows are where they were.
    """
    pages = _one(store.connection, _TO_SEAL)
    if pages[0] > pages[1]:
        return None
    bounds = _one(store.connection, _SPAN, pages)
    span = _Span(pages, bounds[:2], bounds[2:])
    made = _write(store, target, span, [])
    with _noting(store) as cursor:
        _note(cursor, made, home)
        for table in TABLES:
            cursor.execute(f"DELETE FROM {table} WHERE {_WHICH[table]}", span.given(table))  # noqa: S608
    while len(files := sealed_files(store.connection, home)) > FILES_MAX:
        _merge_smallest(store, home, target, files)
    return made


def _merge_smallest(store: SqliteStore, home: Path, target: Path, files: list[SealedFile]) -> None:
    """Rule 4."""
    place = min(range(len(files) - 1), key=lambda at: files[at].size + files[at + 1].size)
    pair = files[place : place + 2]
    for file in pair:
        file.check()
    last = pair[1]
    span = _Span((pair[0].first_page, last.last_page), (0, last.last_record), (0, last.last_instruction))
    made = _write(store, target, span, pair)
    with _noting(store) as cursor:
        cursor.execute("DELETE FROM sealed WHERE first_page BETWEEN ? AND ?", span.pages)
        _note(cursor, made, home)
    for file in pair:
        file.path.unlink(missing_ok=True)


def _write(store: SqliteStore, target: Path, span: _Span, parts: list[SealedFile]) -> SealedFile:
    """Write the file, of the live rows or of other sealed files, and make it durable."""
    root = str(_one(store.connection, _ROOT, span.pages[1:])[0])
    path = target / f"rows-{span.pages[0]:09d}-{span.pages[1]:09d}-{root}.db"
    try:
        with TemporaryDirectory(prefix=".setfair-rows-", dir=target) as folder:
            new = Path(folder) / path.name
            with store.connection.cursor() as cursor:
                _fill(cursor, new, span, parts)
            _sync(new)
            with new.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            os.replace(new, path)
        _sync(target)
    except (OSError, adbc_driver_manager.Error) as error:
        raise StoreError(
            f"{path} could not be written, and the rows are where they were: {error}. Mend the disk, then "
            "try again."
        ) from error
    size, (record, instruction) = path.stat().st_size, (span.records[1], span.instructions[1])
    return SealedFile(*span.pages, record, instruction, path, size, digest)


def _fill(cursor: Any, path: Path, span: _Span, parts: list[SealedFile]) -> None:
    cursor.execute("ATTACH DATABASE ? AS sealing", (str(path),))
    names = ["sealing"]
    try:
        for pragma in (f"page_size={DATABASE_PAGE_BYTES}", "journal_mode=OFF", "synchronous=OFF"):
            cursor.execute(f"PRAGMA sealing.{pragma}")
        for number, part in enumerate(parts):
            cursor.execute(f"ATTACH DATABASE ? AS part_{number}", (part.uri,))
            names.append(f"part_{number}")
        for table in TABLES:
            cursor.execute(_SCHEMA, (table,))
            cursor.execute(str(cursor.fetchone()[0]).replace(f"TABLE {table}", f"TABLE sealing.{table}", 1))
            into = f"INSERT INTO sealing.{table} SELECT * FROM"
            for number in range(len(parts)):
                cursor.execute(f"{into} part_{number}.{table} ORDER BY {_KEYS[table]}")
            if not parts:
                which = f"main.{table} WHERE {_WHICH[table]} ORDER BY {_KEYS[table]}"
                cursor.execute(f"{into} {which}", span.given(table))
        cursor.execute(_BY_UETR)
    finally:
        for name in names:
            cursor.execute(f"DETACH DATABASE {name}")


def _sync(path: Path) -> None:
    """Make a file durable, or which files a folder has."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def stored_path(home: Path, path: Path) -> str:
    """Return a path as the database keeps it: from the house on, where the file is in the house."""
    home, path = home.absolute(), path.absolute()
    return path.relative_to(home).as_posix() if path.is_relative_to(home) else str(path)


def _note(cursor: Any, file: SealedFile, home: Path) -> None:
    values = (
        file.first_page,
        file.last_page,
        file.last_record,
        file.last_instruction,
        stored_path(home, file.path),
        file.size,
        file.sha256,
    )
    cursor.execute("INSERT INTO sealed VALUES (?, ?, ?, ?, ?, ?, ?)", values)


@contextmanager
def _noting(store: SqliteStore) -> Iterator[Any]:
    """Rule 3: what is noted takes effect together or not at all."""
    try:
        with transaction(store.connection) as cursor:
            yield cursor
    except adbc_driver_manager.Error as error:
        raise StoreError(
            f"the rows of closed days were not sealed, and are where they were: {error}. Check the disk, "
            "then try again."
        ) from error


def _one(connection: Any, sql: str, given: tuple[int, ...] = ()) -> tuple[Any, ...]:
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql, given or None)
            row = cursor.fetchone()
    except adbc_driver_manager.Error as error:
        raise StoreError(f"the tables cannot be read: {error}. Run `setfair rebuild`.") from error
    return tuple(row)

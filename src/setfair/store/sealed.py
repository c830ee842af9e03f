"""Rows of closed days in files of their own: which they are, and how readers see them with all others.

Rules
-----
1. Of a closed day whose pages are in an archive, the rows of `record_row` and `payment_row` lie in a sealed
   file (`setfair.store.seal`), or in the live file: each in one of them. Table `sealed` names the files,
   their length and SHA-256; it is a projection like the rows: `setfair rebuild` makes both again.
2. A reader attaches the files, never writes to them, and has both tables, and the views over them, under
   their usual names: temporary views over all files. Views that need no row of a closed day are as they were.
3. A reader is in one transaction from then on: rows that move meanwhile are where it looks for them.
4. A file that is missing, or has another length, is named; its content is for the audit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import adbc_driver_manager
import adbc_driver_sqlite.dbapi as sqlite_adbc

from setfair.errors import StoreError

TABLES = ("record_row", "payment_row")
"""The tables whose rows are sealed: those that grow with every payment."""
VIEWS = ("payment", "record", "booking", "decision", "leg", "link")
"""Views that show rows of closed days, each after those that it reads."""
FILES_MAX = 8
"""Files at most: SQLite attaches ten databases to a connection, and something has to be left for others."""

_FILES = (
    "SELECT first_page, last_page, last_record, last_instruction, path, bytes, sha256 FROM sealed ORDER BY 1"
)
_VIEW = "SELECT sql FROM main.sqlite_master WHERE type = 'view' AND name = ?"
_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class SealedFile:
    """One sealed file, as table `sealed` has it."""

    first_page: int
    last_page: int
    last_record: int
    """The last record of its last page."""
    last_instruction: int
    """The last instruction of its last page."""
    path: Path
    size: int
    sha256: str

    def check(self) -> None:
        """Check that it is there with its length.

        Raises
        ------
        StoreError
            If not: what to do is said.
        """
        what = f"rows of pages {self.first_page} to {self.last_page} are in {self.path}"
        mend = "put back a copy of it, or run `setfair rebuild`"
        try:
            size = self.path.stat().st_size
        except FileNotFoundError:
            raise StoreError(f"{what}, which is missing: {mend}") from None
        except OSError as error:
            raise StoreError(f"{what}, which cannot be read: {error}; {mend}") from error
        if size != self.size:
            raise StoreError(f"{what}, which has {size:,} bytes instead of {self.size:,}: {mend}")

    @property
    def uri(self) -> str:
        """What SQLite opens: it writes nothing, locks nothing and looks for no journal beside it."""
        return f"file:{quote(str(self.path.absolute()))}?mode=ro&immutable=1"


def connect_sealed(file: SealedFile) -> Any:
    """Open a connection to a sealed file by itself.

    Raises
    ------
    StoreError
        If it is missing, has another length or cannot be opened.
    """
    file.check()
    try:
        return sqlite_adbc.connect(file.uri, autocommit=True)
    except adbc_driver_manager.Error as error:
        raise StoreError(f"{file.path} cannot be opened: {error}. Run `setfair rebuild`.") from error


def sealed_files(connection: Any, folder: Path) -> list[SealedFile]:
    """Return the sealed files of a house, in the order of pages.

    Parameters
    ----------
    connection
        To its database, with its tables.
    folder
        The house's: paths that are not absolute begin there.

    Raises
    ------
    StoreError
        If they cannot be read.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute(_FILES)
            rows = cursor.fetchall()
    except adbc_driver_manager.Error as error:
        raise StoreError(f"the tables cannot be read: {error}. Run `setfair rebuild`.") from error
    return [
        SealedFile(first, last, record, instruction, folder / path, size, sha256)
        for first, last, record, instruction, path, size, sha256 in rows
    ]


def attach_sealed(connection: Any, folder: Path) -> None:
    """Have a reader see the rows of all files, as they are now, until its connection is closed.

    Parameters
    ----------
    connection
        A reader's, with autocommit; from now on it is in a transaction.
    folder
        The house's.

    Raises
    ------
    StoreError
        If a file is missing, has another length or is no database.
    """
    for _ in range(_ATTEMPTS):
        files = sealed_files(connection, folder)
        try:
            with connection.cursor() as cursor:
                if files:
                    cursor.execute("PRAGMA query_only=OFF")
                    _attach(cursor, files)
                    cursor.execute("PRAGMA query_only=ON")
                cursor.execute("BEGIN")
            if sealed_files(connection, folder) == files:
                return
            with connection.cursor() as cursor:
                cursor.execute("ROLLBACK")
                _detach(cursor, files)
        except adbc_driver_manager.Error as error:
            raise StoreError(f"rows of closed days cannot be read: {error}. Run `setfair audit`.") from error
    raise StoreError("rows are being moved to files of an archive: try again")


def _attach(cursor: Any, files: list[SealedFile]) -> None:
    for number, file in enumerate(files, 1):
        file.check()
        cursor.execute(f"ATTACH DATABASE ? AS sealed_{number}", (file.uri,))
    for table in TABLES:
        places = [*(f"sealed_{number}" for number in range(1, len(files) + 1)), "main"]
        rows = " UNION ALL ".join(f"SELECT * FROM {place}.{table}" for place in places)  # noqa: S608
        cursor.execute(f"CREATE TEMP VIEW {table} AS {rows}")
    for name, text in _views(cursor):
        cursor.execute(text.replace(f"CREATE VIEW {name}", f"CREATE TEMP VIEW {name}", 1))


def _views(cursor: Any) -> Iterator[tuple[str, str]]:
    for name in VIEWS:
        cursor.execute(_VIEW, (name,))
        yield name, str(cursor.fetchone()[0])


def _detach(cursor: Any, files: list[SealedFile]) -> None:
    if files:
        cursor.execute("PRAGMA query_only=OFF")
        for name in (*reversed(VIEWS), *TABLES):
            cursor.execute(f"DROP VIEW temp.{name}")
        for number in range(1, len(files) + 1):
            cursor.execute(f"DETACH DATABASE sealed_{number}")
        cursor.execute("PRAGMA query_only=ON")

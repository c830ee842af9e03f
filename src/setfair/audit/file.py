"""The database file itself: what SQLite keeps beside the rows.

Rules
-----
1. The header has the values with which every house is made. Two fields say nothing that could be checked:
   how often the schema changed, and which SQLite wrote last.
2. SQLite finds nothing wrong in its trees, lists and indexes. Where each row of the two large tables is
   compared with what it must be as it lies in the file (`again`), their trees and all lists are looked
   through here (`setfair.store.sound_file`), and SQLite is asked about all other tables; about the whole file
   where that is not so, or anything is not as it must be.
3. Of the truth there is nothing but what belongs to a page: no nodes, checkpoints or cosignatures besides.

Source: https://www.sqlite.org/fileformat2.html, section 1.3.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from setfair.audit.again import reading, small_connection
from setfair.audit.finding import check_same, differ
from setfair.errors import HouseError
from setfair.store.row_leaves import is_file_alone
from setfair.store.sealed import TABLES as LARGE
from setfair.store.sound_file import is_sound
from setfair.store.sqlite import DATABASE_NAME, DATABASE_PAGE_BYTES
from setfair.tables import query

HEADER_LENGTH = 100

_FIXED = (
    ("magic", 0, b"SQLite format 3\0"),
    ("page size", 16, (DATABASE_PAGE_BYTES % 65_535).to_bytes(2, "big")),
    ("journal mode", 18, bytes((2, 2))),
    ("reserved bytes and payload fractions", 20, bytes((0, 64, 32, 32))),
    ("schema format", 44, (4).to_bytes(4, "big")),
    ("vacuum mode", 52, bytes(4)),
    ("text encoding", 56, (1).to_bytes(4, "big")),
    ("versions of applications and reserved bytes", 60, bytes(32)),
)
"""Name, offset and value of fields; the page size 65,536 is written as 1."""
_CACHE_SIZE, _CHANGES, _VALID_FOR = 48, 24, 92
_STRAY = """
WITH pages AS (SELECT page_number FROM page)
SELECT (SELECT count(*) FROM tree_node WHERE first_record NOT IN (SELECT first_record FROM page)) AS nodes,
       (SELECT count(*) FROM signed_checkpoint WHERE page_number NOT IN pages) AS checkpoints,
       (SELECT count(*) FROM books_checkpoint WHERE page_number NOT IN pages) AS saves,
       (SELECT count(*) FROM books_piece WHERE NOT EXISTS (SELECT 1 FROM books_checkpoint)) AS pieces
"""


class FileCheck:
    """Checks rules 1 to 3 beside the rest of an audit; a context manager."""

    def __init__(self, folder: Path, *, rows_are_compared: bool) -> None:
        """Begin.

        Parameters
        ----------
        folder
            The house's.
        rows_are_compared
            Whether the rows of the two large tables are being compared as they lie in the file.
        """
        # Kept open until the end: closing it would let go of the locks that SQLite has on it.
        self._file = (folder / DATABASE_NAME).open("rb", buffering=0)
        self._folder = folder
        self._pool = ThreadPoolExecutor(1, "setfair-audit-file")
        self._checked = self._pool.submit(self._check, rows_are_compared=rows_are_compared)

    def __enter__(self) -> FileCheck:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown()
        self._file.close()

    def finish(self, *, rows_were_compared: bool) -> None:
        """Wait for what was found.

        Parameters
        ----------
        rows_were_compared
            Whether each row of the two large tables was the same as it lies in the file.

        Raises
        ------
        DifferenceFound
            At the first difference.
        """
        is_done = self._checked.result()
        if not is_done and not rows_were_compared:
            self._pool.submit(_check_whole, self._folder).result()

    def _check(self, *, rows_are_compared: bool) -> bool:
        """Check; return whether nothing is left that others have to see to: rows in the two large tables."""
        _check_header(self._file.read(HEADER_LENGTH))
        is_done = not rows_are_compared or not self._is_sound()
        if is_done:
            _check_whole(self._folder)
        with _readable(), small_connection(self._folder) as connection:
            stray = query(connection, _STRAY)[0]
        for name, count in stray.items():
            check_same(0, f"{name} that belong to no page", 0, count)
        return is_done

    def _is_sound(self) -> bool:
        """Tell whether all trees are sound, and SQLite finds nothing in the tables but the two large ones."""
        with (
            _readable(),
            small_connection(self._folder) as reader,
            small_connection(self._folder) as other,
            reading(reader),
        ):
            found = query(reader, "SELECT type, name, rootpage FROM sqlite_master WHERE rootpage > 0")
            with other.cursor() as cursor:
                if not is_file_alone(cursor):
                    return False
            names = ["sqlite_master", *(row["name"] for row in found if row["type"] == "table")]
            return is_sound(self._file.fileno(), [int(row["rootpage"]) for row in found]) and all(
                _said_of(reader, f"('{name}')") == "ok" for name in names if name not in LARGE
            )


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except HouseError as error:
        differ(0, "database file", "a file that SQLite can read", error)


def _said_of(connection: Any, what: str) -> object:
    """Return what SQLite's check says first; `ok` if it finds nothing."""
    return query(connection, f"PRAGMA integrity_check{what}")[0]["integrity_check"]


def _check_whole(folder: Path) -> None:
    with _readable(), small_connection(folder) as connection:
        said = _said_of(connection, "(1)")
    check_same(0, "database file, as SQLite sees it", "ok", said)


def _check_header(header: bytes) -> None:
    for name, offset, value in _FIXED:
        check_same(0, f"header of the database file, {name}", value, header[offset : offset + len(value)])
    changes, valid_for = (header[at : at + 4] for at in (_CHANGES, _VALID_FOR))
    check_same(0, "header of the database file, changes that its size is valid for", changes, valid_for)
    check_same(0, "header of the database file, cache size", bytes(4), header[_CACHE_SIZE : _CACHE_SIZE + 4])

"""The database file itself: what SQLite keeps beside the rows.

Rules
-----
1. The header has the values with which every house is made. Two fields say nothing that could be checked:
   how often the schema changed, and which SQLite wrote last.
2. SQLite finds nothing wrong in its trees, lists and indexes.
3. Of the truth there is nothing but what belongs to a page: no nodes, checkpoints or cosignatures besides.

Source: https://www.sqlite.org/fileformat2.html, section 1.3.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from setfair.audit.again import small_connection
from setfair.audit.finding import check_same, differ
from setfair.errors import HouseError
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

    def __init__(self, folder: Path) -> None:
        # Kept open until the end: closing it would let go of the locks that SQLite has on it.
        self._file = (folder / DATABASE_NAME).open("rb")
        self._pool = ThreadPoolExecutor(1, "setfair-audit-file")
        self._checked = self._pool.submit(_check_file, folder, self._file.read(HEADER_LENGTH))

    def __enter__(self) -> FileCheck:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown()
        self._file.close()

    def finish(self) -> None:
        """Wait for what was found.

        Raises
        ------
        DifferenceFound
            At the first difference.
        """
        self._checked.result()


def _check_file(folder: Path, header: bytes) -> None:
    _check_header(header)
    try:
        with small_connection(folder) as connection:
            said = query(connection, "PRAGMA integrity_check(1)")[0]["integrity_check"]
            stray = query(connection, _STRAY)[0]
    except HouseError as error:
        differ(0, "database file", "a file that SQLite can read", error)
    check_same(0, "database file, as SQLite sees it", "ok", said)
    for name, count in stray.items():
        check_same(0, f"{name} that belong to no page", 0, count)


def _check_header(header: bytes) -> None:
    for name, offset, value in _FIXED:
        check_same(0, f"header of the database file, {name}", value, header[offset : offset + len(value)])
    changes, valid_for = (header[at : at + 4] for at in (_CHANGES, _VALID_FOR))
    check_same(0, "header of the database file, changes that its size is valid for", changes, valid_for)
    check_same(0, "header of the database file, cache size", bytes(4), header[_CACHE_SIZE : _CACHE_SIZE + 4])

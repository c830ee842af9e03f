"""Pages that have left the live file: where they are, and how their bytes are read.

Rules
-----
1. Of a page that was archived the row of `page` stays, with its root and its place; its `body` is empty.
   Table `archived` says in which file its bytes are. One transaction makes it so.
2. A file of an archive is Parquet, a row a page, in order: `SCHEMA`. What is in it is checked where pages are
   always checked: by their digests, and by an audit against the roots that are kept here.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from setfair.errors import StoreError

SCHEMA = pa.schema(
    [
        ("page_number", pa.int64()),
        ("time_utc", pa.string()),
        ("instruction_kind", pa.string()),
        ("first_instruction", pa.int64()),
        ("instruction_count", pa.int64()),
        ("first_record", pa.int64()),
        ("record_count", pa.int64()),
        ("root", pa.binary()),
        ("peaks", pa.binary()),
        ("body", pa.binary()),
        ("nodes", pa.binary()),
        ("note", pa.string()),
    ]
)
"""The columns of table `page`, the nodes of the tree that the page completed, and its signed checkpoint;
empty where there is none."""

Query = Callable[[str, tuple[object, ...]], list[dict[str, Any]]]
"""Returns the rows of one query."""

_BODY = "SELECT body FROM page WHERE page_number = ?"
_WHERE = "SELECT * FROM archived WHERE ? BETWEEN first_page AND last_page"
_FILE = "SELECT file FROM pragma_database_list WHERE name = 'main'"


class PageBodies:
    """The bytes of pages, from the live file or from an archive."""

    def __init__(self, query: Query) -> None:
        self._query = query
        self._file: _ArchiveFile | None = None

    def body(self, number: int) -> bytes:
        """Return the bytes of a page.

        Raises
        ------
        StoreError
            If there is no such page, or the file that has it is missing or damaged.
        """
        rows = self._query(_BODY, (number,))
        if not rows:
            raise StoreError(f"there is no page {number}")
        return self.or_archived(number, rows[0]["body"])

    def or_archived(self, number: int, body: bytes) -> bytes:
        """Return the bytes that were read of the live file, or of the archive if they are no longer there."""
        if body:
            return body
        if self._file is None or not self._file.first_page <= number <= self._file.last_page:
            self._file = self._open(number)
        return self._file.body(number)

    def _open(self, number: int) -> _ArchiveFile:
        rows = self._query(_WHERE, (number,))
        if not rows:
            raise StoreError(f"page {number} has no bytes, and no archive has it: run `setfair audit`")
        row = rows[0]
        path = archive_path(self._query, row["path"])
        return _ArchiveFile(path, int(row["first_page"]), int(row["last_page"]))


def archive_path(query: Query, path: str) -> Path:
    """Return where a file of an archive is: a path that is not absolute begins at the house."""
    return Path(str(query(_FILE, ())[0]["file"])).parent / path


class _ArchiveFile:
    """One open file; the row group that was read last is kept."""

    def __init__(self, path: Path, first_page: int, last_page: int) -> None:
        self.path, self.first_page, self.last_page = path, first_page, last_page
        try:
            # Unbuffered, and without a map of the file: nothing of it stays in memory but the row group.
            self._file = pq.ParquetFile(path, memory_map=False)
        except FileNotFoundError:
            raise StoreError(
                f"{path} is missing: it has pages {first_page} to {last_page} of this house; put it back"
            ) from None
        except (OSError, pa.ArrowException) as error:
            raise StoreError(f"{path} cannot be read: {error}. Put back a copy of it.") from error
        groups = range(self._file.metadata.num_row_groups)
        counts = [self._file.metadata.row_group(group).num_rows for group in groups]
        self._ends = first_page + np.cumsum(counts)
        self._group, self._bodies = -1, pa.chunked_array([], pa.binary())

    def body(self, number: int) -> bytes:
        group = int(np.searchsorted(self._ends, number, side="right"))
        try:
            if group != self._group:
                self._bodies = self._file.read_row_group(group, columns=["body"]).column(0)
                self._group = group
            first = int(self._ends[group]) - len(self._bodies)
            return bytes(self._bodies[number - first].as_py())
        except (OSError, IndexError, pa.ArrowException) as error:
            raise StoreError(f"{self.path}: page {number} cannot be read: {error}") from error

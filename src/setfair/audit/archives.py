"""The files of an archive: each is there and has the bytes that it was noted with.

What pages and rows say is checked with all others (`journal`, `again`); this is for the rest of a file.
"""

from __future__ import annotations

import hashlib
from typing import Any

from setfair.audit.finding import check_same, differ
from setfair.explain.choose import Query
from setfair.store.archived import archive_path

_FILES = "SELECT first_page, path, bytes, sha256 FROM archived ORDER BY first_page"
_ROWS = "SELECT path, bytes, sha256 FROM sealed ORDER BY first_page"


def check_archives(query: Query) -> None:
    """Check every file with pages.

    Raises
    ------
    DifferenceFound
        At the first that is missing or differs.
    """
    for row in query(_FILES, ()):
        _check_file(query, int(row["first_page"]), f"file {row['path']} of the archive", row)


def check_sealed(query: Query) -> None:
    """Check every file with rows.

    Raises
    ------
    DifferenceFound
        At the first that is missing or differs.
    """
    for row in query(_ROWS, ()):
        _check_file(query, 0, f"sealed file {row['path']} (`setfair rebuild` makes it again)", row)


def _check_file(query: Query, page: int, what: str, row: dict[str, Any]) -> None:
    path = archive_path(query, row["path"])
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        size = path.stat().st_size
    except OSError as error:
        differ(page, what, "a file that can be read", error)
    check_same(page, f"{what}, length", row["bytes"], size)
    check_same(page, f"{what}, SHA-256", row["sha256"], digest)

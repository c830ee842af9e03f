"""The files of an archive: each is there and has the bytes that it was noted with.

What its pages say is checked with all pages (`journal`); this is for the rest of the file.
"""

from __future__ import annotations

import hashlib

from setfair.audit.finding import check_same, differ
from setfair.explain.choose import Query
from setfair.store.archived import archive_path

_FILES = "SELECT first_page, path, bytes, sha256 FROM archived ORDER BY first_page"


def check_archives(query: Query) -> None:
    """Check every file of the archive.

    Raises
    ------
    DifferenceFound
        At the first that is missing or differs.
    """
    for row in query(_FILES, ()):
        path, number = archive_path(query, row["path"]), int(row["first_page"])
        try:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            differ(number, f"file {row['path']} of the archive", "a file that can be read", error)
        check_same(number, f"file {row['path']} of the archive, length", row["bytes"], path.stat().st_size)
        check_same(number, f"file {row['path']} of the archive, SHA-256", row["sha256"], digest)

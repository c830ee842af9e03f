"""The reader's side of a house: plain SQL over its tables, at any time, without the engine.

Nothing here decides: whoever only looks needs no kernels, and starts in a fraction of the time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import adbc_driver_manager

from setfair.errors import HouseError, LeaseHeldError
from setfair.journal.page import page_from_bytes
from setfair.store.projector import NAMES_QUERY, Projector, has_all_tables
from setfair.store.sealed import attach_sealed
from setfair.store.sqlite import SqliteStore, check_house, connect


@dataclass(frozen=True, slots=True)
class Tables:
    """The reader's side of a house: queries over the tables, any time, writer or not."""

    connection: Any
    page_number: int
    """How far the tables have come."""

    def query(self, sql: str, parameters: tuple[object, ...] = ()) -> list[dict[str, Any]]:
        """Return the rows of one query; raises as `query` does."""
        return query(self.connection, sql, parameters)


@contextmanager
def open_tables(folder: Path) -> Iterator[Tables]:
    """Open a house for reading; tables that a crash left behind are brought up to date first.

    What is read is the house at one moment, with the rows of closed days that lie in files of their own.

    Raises
    ------
    StoreError
        If there is no house in this folder, or a file with rows of closed days is missing.
    """
    check_house(folder)
    connection = connect(folder, read_only=True)
    try:
        if _is_behind(connection):
            _bring_up_to_date(folder)
        attach_sealed(connection, folder)
        position = query(connection, "SELECT page_number FROM projection")[0]["page_number"]
        yield Tables(connection, int(position))
    finally:
        connection.close()


def _is_behind(connection: Any) -> bool:
    pages = query(connection, "SELECT coalesce(max(page_number), 0) AS last FROM page")[0]["last"]
    if not has_all_tables((row["name"],) for row in query(connection, NAMES_QUERY)):
        return True
    return bool(query(connection, "SELECT page_number FROM projection")[0]["page_number"] < pages)


def _bring_up_to_date(folder: Path) -> None:
    """Project what is missing, unless a writer is at work and does it itself."""
    try:
        store = SqliteStore(folder)
    except LeaseHeldError:
        return
    try:
        projector = Projector(store.connection)
        bodies = store.pages_after(projector.position)
        projector.project(page_from_bytes(body) for _, body in bodies)
    finally:
        store.close()


def query(connection: Any, sql: str, parameters: tuple[object, ...] = ()) -> list[dict[str, Any]]:
    """Return the rows of one query as dictionaries.

    Raises
    ------
    HouseError
        If it fails, or a reader's would write.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters or None)
            names = [column[0] for column in cursor.description or ()]
            # Column by column: to look at each cell for itself takes seven times as long.
            columns = [column.to_pylist() for column in cursor.fetch_arrow_table().columns]
            return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
    # OSError: a column of more than one type; UnicodeDecodeError: a text that is none.
    except (adbc_driver_manager.Error, OSError, UnicodeDecodeError) as error:
        raise HouseError(f"the query failed: {error}") from error

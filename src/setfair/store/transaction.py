"""Several statements that take effect together or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import adbc_driver_manager


@contextmanager
def transaction(connection: Any) -> Iterator[Any]:
    """Yield a cursor in a transaction of its own: committed at the end of the block, undone if it fails.

    Parameters
    ----------
    connection
        A connection with autocommit, which it has again afterwards.
    """
    handle = connection.adbc_connection
    handle.set_autocommit(False)
    try:
        with connection.cursor() as cursor:
            yield cursor
        handle.commit()
    except BaseException:
        _roll_back(connection)
        raise
    finally:
        handle.set_autocommit(True)


def _roll_back(connection: Any) -> None:
    handle = connection.adbc_connection
    try:
        handle.rollback()
    except adbc_driver_manager.Error:
        # On a full disk SQLite rolls back by itself; the driver needs a transaction that it can end.
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
        handle.rollback()

"""LogCarrier: carries the write-ahead log over into the database, beside the writer.

SQLite does it at the end of a transaction, once the log is long: whoever writes waits until the database is
on disk. New places of a disk may take longest of all, and with tables that keep up that was a third of the
writer's time.

Rules
-----
1. Once much was written, a thread with a connection of its own carries over what is in the log. Meanwhile
   more is written; so it goes on with what came, which is less each time.
2. When little is left, the writer carries that over itself, between two transactions. Then the whole log is
   in the database, and SQLite begins it anew: else it would grow as long as somebody writes.
3. How much was written is told from the pages by which the database grew, which SQLite is asked for. The
   log's own files are not looked into: whoever closes one of them loses SQLite's locks on it.
4. What fails here loses nothing: the log has it, and SQLite itself carries it over (`LOG_PAGES_MAX`, or when
   the last connection is closed). A reader that holds an old state keeps the log from beginning anew, as
   ever.

Source: "Write-Ahead Logging" (https://www.sqlite.org/wal.html), sections 2.3 and 6; "How To Corrupt An SQLite
Database File" (https://www.sqlite.org/howtocorrupt.html), section 2.2.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import adbc_driver_manager

LONG_PAGES = 384
"""Pages by which the database has grown, of 64 KB each, from which on the log is carried over."""
FEW_PAGES = 48
"""So few the writer carries over itself."""
TURNS_MAX = 8
"""After so many turns the writer carries over whatever is left."""
LOG_PAGES_MAX = 4_096
"""Pages of the log from which on SQLite does it at the end of a transaction, whatever happens here, once a
first turn has begun; until then it does so after 1,000, as ever."""
_LONG = f"PRAGMA wal_autocheckpoint={LOG_PAGES_MAX}"
_CARRY = "PRAGMA wal_checkpoint(PASSIVE)"


class LogCarrier:
    """Of one writer's connection; `tend` is called where it writes."""

    def __init__(self, writer: Any, connect: Callable[[], Any]) -> None:
        """Begin with nothing under way.

        Parameters
        ----------
        writer
            The connection that writes.
        connect
            Opens another one; called on the thread that carries over, when there is something to carry.
        """
        self._writer = writer
        self._connect = connect
        self._beside = ThreadPoolExecutor(1, "setfair-log")
        self._connection: Any = None
        self._turn: Future[None] | None = None
        self._turns = 0
        self._pages = self._count(0)
        """Pages of the database when the last turn began."""

    def tend(self) -> None:
        """Look how much was written, and do what is due; no transaction is open."""
        if self._turn is not None and not self._turn.done():
            return
        pages = self._count(self._pages)
        written = pages - self._pages
        if self._turns and (written <= FEW_PAGES or self._turns >= TURNS_MAX):
            self._turns, self._pages = 0, pages
            _ask(self._writer, _CARRY)
        elif self._turns or written >= LONG_PAGES:
            if self._turn is None:
                _ask(self._writer, _LONG)
            self._turns, self._pages = self._turns + 1, pages
            self._turn = self._beside.submit(self._carry_beside)

    def _count(self, otherwise: int) -> int:
        """Return the pages of the database, with those in the log."""
        with suppress(adbc_driver_manager.Error), self._writer.cursor() as cursor:
            cursor.execute("PRAGMA page_count")
            return int(cursor.fetchone()[0])
        return otherwise

    def _carry_beside(self) -> None:
        if self._connection is None:
            self._connection = self._connect()
        _ask(self._connection, _CARRY)

    def close(self) -> None:
        """Wait for what is under way, and let go of the other connection."""
        self._beside.shutdown()
        if self._connection is not None:
            self._connection.close()


def _ask(connection: Any, pragma: str) -> None:
    with suppress(adbc_driver_manager.Error), connection.cursor() as cursor:
        cursor.execute(pragma)
        cursor.fetchall()

"""What was made of the pages: the saved books, the balances and the queue in the tables.

Rules
-----
1. The saved books are those after their page; a damaged save is passed over at every start, and said here.
2. The tables are all there or none is, and have come no further than the pages. If they have come as far,
   they have the balances of the books, and as queued the payments that wait.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator
from typing import Any

import numpy as np

from setfair.audit.finding import check_same, differ
from setfair.domain.codes import Status
from setfair.engine.books import PIECE_ROWS, Books
from setfair.engine.layout import Int64s
from setfair.engine.room import Room
from setfair.explain.choose import Query
from setfair.house_state import HouseState
from setfair.journal.state import read_head, read_rows
from setfair.store.projector import NAMES_QUERY, has_all_tables
from setfair.store.sqlite import TRUTH

_SAVED = "SELECT body FROM books_checkpoint ORDER BY page_number DESC LIMIT 1"
_SAVED_PAGE = "SELECT page_number FROM books_checkpoint ORDER BY page_number DESC LIMIT 1"
_PIECE = "SELECT * FROM books_piece WHERE piece_number > ? ORDER BY piece_number LIMIT 1"
_POSITION = "SELECT page_number FROM projection WHERE name = 'tables'"
_BALANCES = "SELECT balance_minor FROM account_row ORDER BY account_number"
_QUEUED = "SELECT payment_number FROM payment_row WHERE status = ? ORDER BY payment_number"


def page_of_saved_books(query: Query) -> int:
    """Return the page of the saved books, or 0 if there are none."""
    rows = query(_SAVED_PAGE, ())
    return int(rows[0]["page_number"]) if rows else 0


def check_saved(query: Query, state: HouseState) -> None:
    """Rule 1, when the audit has come to the page of the saved books: they are read piece by piece.

    Raises
    ------
    DifferenceFound
        If they are damaged, or other books.
    """
    number, mine = state.page_number, state.books.snapshot()
    first = query(_SAVED, ())[0]["body"]
    try:
        head = read_head(first)
        check_same(number, "page of the saved books", number, head.page_number)
        for name, count in head.rows.items():
            check_same(number, f"saved books, number of {name}", len(mine.get(name, ())), count)
        dtypes = {name: array.dtype for name, array in mine.items()}
        for name, begin, rows in read_rows(head, first[-32:], _pieces(query), dtypes):
            if not np.array_equal(_as_bytes(mine[name][begin : begin + len(rows)]), _as_bytes(rows)):
                differ(number, f"saved books, {name}", "what the pages give", "something else")
            state.books.room.let_go()
    except (ValueError, TypeError, LookupError, OSError, struct.error) as error:
        differ(number, "saved books", "books with their digest", error)


def _as_bytes(rows: Any) -> Any:
    return np.ascontiguousarray(rows).reshape(-1).view(np.uint8)


def _pieces(query: Query) -> Iterator[bytes]:
    """Yield the pieces behind the first; ValueError where what stands beside one is not as it must be."""
    number = 0
    while rows := query(_PIECE, (number,)):
        row, number = rows[0], number + 1
        if row["piece_number"] != number or row["sha256"] != hashlib.sha256(row["body"]).digest():
            raise ValueError(f"piece {number} is missing, or has another SHA-256 beside it")
        yield row["body"]


def position_of(query: Query) -> int:
    """Return how far the tables have come; 0: there are none, as in a copy of the pages alone.

    Raises
    ------
    DifferenceFound
        If some are there and others not.
    """
    names = [(row["name"],) for row in query(NAMES_QUERY, ())]
    if {name for (name,) in names if not name.startswith("sqlite_")} <= TRUTH:
        return 0
    if not has_all_tables(names):
        differ(0, "tables", "all that the house makes, or none", "some of them (`setfair rebuild` makes all)")
    rows = query(_POSITION, ())
    check_same(0, "rows that say how far the tables have come", 1, len(rows))
    return int(rows[0]["page_number"])


def check_tables(query: Query, state: HouseState) -> bool:
    """Rule 2; return whether the tables have come as far as the pages, so that balances were compared."""
    position = position_of(query)
    if position > state.page_number:
        differ(0, "page that the tables have come to", f"{state.page_number} or less", position)
    if not position or position < state.page_number:
        return False
    balances = [int(row["balance_minor"]) for row in query(_BALANCES, ())]
    mine = [int(balance) for balance in state.books.accounts["balance"]]
    check_same(0, "accounts in the tables", len(mine), len(balances))
    for number, (expected, found) in enumerate(zip(mine, balances, strict=True)):
        check_same(0, f"balance of account {number} in the tables", expected, found)
    return True


def check_queue(query: Query, state: HouseState, room: Room, queued: Int64s | None = None) -> None:
    """Rule 2, of what waits.

    Parameters
    ----------
    query
        Returns the rows of one query.
    state
        The house after the last page, as far as the tables have come.
    room
        Where its payments are.
    queued
        Numbers of the payments that the tables say to be queued; None: they are asked for.
    """
    if queued is None:
        rows = query(_QUEUED, (int(Status.ACSP),))
        queued = np.array([row["payment_number"] for row in rows], np.int64)
    waiting = np.sort(_waiting(state.books, room))
    check_same(0, "payments that wait, in the tables", len(waiting), len(queued))
    for place in np.flatnonzero(waiting != queued)[:1]:
        check_same(0, "payment that waits, in the tables", int(waiting[place]), int(queued[place]))


def _waiting(books: Books, room: Room) -> Int64s:
    found = []
    for first in range(0, books.payment_count, PIECE_ROWS):
        rows = books.payments[first : min(first + PIECE_ROWS, books.payment_count)]
        found.append(rows["number"][rows["status"] == Status.ACSP])
        room.let_go()
    return np.concatenate(found) if found else np.zeros(0, np.int64)

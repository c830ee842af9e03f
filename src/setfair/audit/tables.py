"""What was made of the pages: the saved books, the balances and the queue in the tables.

Rules
-----
1. The saved books are those after their page; a damaged save is passed over at every start, and said here.
2. The tables have come as far as the pages (or stand behind: then they are not compared), and have the
   balances of the books, and as queued the payments that wait.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from setfair.audit.finding import check_same, differ
from setfair.domain.codes import Status
from setfair.engine.books import Books
from setfair.explain.choose import Query
from setfair.house_state import HouseState
from setfair.journal.state import state_from_bytes

_SAVED = "SELECT page_number, body FROM books_checkpoint ORDER BY page_number DESC LIMIT 1"
_POSITION = "SELECT page_number FROM projection WHERE name = 'tables'"
_BALANCES = "SELECT balance_minor FROM account_row ORDER BY account_number"
_QUEUED = "SELECT payment_number FROM payment_row WHERE status = ? ORDER BY payment_number"
_THERE = """
SELECT count(*) AS found FROM sqlite_master WHERE name IN ('projection', 'account_row', 'payment_row')
"""


def saved_books(query: Query) -> tuple[int, dict[str, Any]] | None:
    """Return the page and the arrays of the saved books, or None if there are none.

    Raises
    ------
    DifferenceFound
        If they are damaged.
    """
    rows = query(_SAVED, ())
    if not rows:
        return None
    dtypes = {name: array.dtype for name, array in Books().snapshot().items()}
    found = state_from_bytes(rows[0]["body"], dtypes)
    if found is None:
        differ(int(rows[0]["page_number"]), "saved books", "books with their digest", "other bytes")
    check_same(int(rows[0]["page_number"]), "page of the saved books", int(rows[0]["page_number"]), found[0])
    return found[0], found[1]


def check_saved(state: HouseState, arrays: dict[str, Any]) -> None:
    """Rule 1, when the audit has come to the page of the saved books."""
    for name, array in state.books.snapshot().items():
        mine = np.ascontiguousarray(array).reshape(-1).view(np.uint8)
        saved = np.ascontiguousarray(arrays[name]).reshape(-1).view(np.uint8)
        if name in _HASHED:
            continue
        if not np.array_equal(mine, saved):
            differ(state.page_number, f"saved books, {name}", "what the pages give", "something else")


_HASHED = frozenset({"identities", "obligation_identities"})
"""Tables of identities: their slots depend on when they grew, so that equal books may have other bytes."""


def check_tables(query: Query, state: HouseState) -> bool:
    """Rule 2; return whether the tables were compared."""
    if int(query(_THERE, ())[0]["found"]) < 3:
        return False
    if int(query(_POSITION, ())[0]["page_number"]) != state.page_number:
        return False
    balances = [int(row["balance_minor"]) for row in query(_BALANCES, ())]
    mine = [int(balance) for balance in state.books.accounts["balance"]]
    check_same(0, "accounts in the tables", len(mine), len(balances))
    for number, (expected, found) in enumerate(zip(mine, balances, strict=True)):
        check_same(0, f"balance of account {number} in the tables", expected, found)
    payments = state.books.payments[: state.books.payment_count]
    waiting = sorted(int(number) for number in payments["number"][payments["status"] == Status.ACSP])
    queued = [int(row["payment_number"]) for row in query(_QUEUED, (int(Status.ACSP),))]
    check_same(0, "payments that wait, in the tables", len(waiting), len(queued))
    for expected, found in zip(waiting, queued, strict=True):
        check_same(0, "payment that waits, in the tables", expected, found)
    return True

"""Everything that waits, queue by queue: place, what is lacking, and when it may settle.

Rules
-----
1. A queue is in the order in which its payments settle. What its payer keeps back, or screening holds, is
   listed behind it, without a place.
2. What is lacking is what `queued` says of the first of a queue: the rest stands behind it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from setfair.domain.codes import InstructionKind, Priority, Reason, Status
from setfair.engine.books import Books
from setfair.engine.layout import Row
from setfair.engine.offset_queue import queued_payments
from setfair.explain.queued import explain_queued, schedule_of


@dataclass(frozen=True, slots=True)
class Waiting:
    """One payment that waits."""

    number: int
    account: int
    creditor: int
    amount_minor: int
    priority: Priority
    place: int | None
    """In the queue of its account, from 1; None: it is in no queue."""
    reason: Reason
    lacks_minor: int | None
    """Of the first of a queue: liquidity that is lacking."""
    limit_left_minor: int | None
    """Of the first of a queue: what the limit that binds it leaves."""
    times: dict[str, object]
    """`value_date`, `on_hold`, `earliest_utc`, `latest_utc`."""


def waiting_payments(books: Books) -> Iterator[Waiting]:
    """Yield what waits, account by account."""
    places = queued_payments(books)
    rows = books.payments[: books.payment_count]
    parked = np.flatnonzero((rows["status"] == Status.PDNG) & (rows["kind"] != InstructionKind.CANCELLATION))
    order = np.concatenate([places, parked])
    debtors = rows["debtor"][order]
    for account in np.unique(debtors).tolist():
        for place, payment in enumerate(order[debtors == account].tolist(), 1):
            is_queued = rows[payment]["status"] == Status.ACSP
            yield _waiting(books, payment, rows[payment], place if is_queued else None)


def _waiting(books: Books, payment: int, row: Row, place: int | None) -> Waiting:
    first = explain_queued(books, payment) if place == 1 else None
    return Waiting(
        number=int(row["number"]),
        account=int(row["debtor"]),
        creditor=int(row["creditor"]),
        amount_minor=int(row["amount"]),
        priority=Priority(int(row["priority"])),
        place=place,
        reason=Reason(int(row["reason"])),
        lacks_minor=first.lacks_minor if first is not None else None,
        limit_left_minor=first.limit_left_minor if first is not None else None,
        times=schedule_of(books, payment),
    )

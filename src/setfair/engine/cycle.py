"""Set-off of what is due: docs/clearing-rules.md, "Cycle". The optimum itself is `setoff`'s."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from setfair.domain.codes import InstructionKind, RecordKind, Status
from setfair.engine.books import Books
from setfair.engine.layout import RECORD, Array
from setfair.engine.setoff import SetOff, set_off


def due_obligations(books: Books, currency: int, day: int) -> NDArray[np.int64]:
    """Return the places of the obligations of a currency that are open and due on `day` or before."""
    obligations = books.obligations[: books.obligation_count]
    due = (
        (obligations["kind"] == InstructionKind.OBLIGATION)
        & (obligations["status"] == Status.ACSP)
        & (obligations["currency"] == currency)
        & (obligations["due"] <= day)
    )
    return np.flatnonzero(due)


def run_cycle(books: Books, currency: int, day: int, number: int, now: int) -> Array:
    """Set off what is due in one currency and return the records, the cycle's own last.

    Parameters
    ----------
    books
        Obligations are reduced in place.
    currency
        ISO 4217 number.
    day
        Business day, days since 1970-01-01.
    number
        Number of the cycle's instruction.
    now
        Nanoseconds since 1970-01-01 UTC.

    Returns
    -------
    Array
        RECORD: one SET_OFF for each obligation reduced, in order of the obligations, then CYCLE_RUN
        with debtor = obligations that were due, creditor = parties, amount = cleared,
        debtor_after = gross, creditor_after = net debit.
    """
    places = due_obligations(books, currency, day)
    due = books.obligations[places]
    result = set_off(due["debtor"], due["creditor"], due["remaining"], due["due"])
    reduced = np.flatnonzero(result.cleared_minor)
    books.obligations["remaining"][places[reduced]] -= result.cleared_minor[reduced]
    paid = places[reduced][books.obligations["remaining"][places[reduced]] == 0]
    books.obligations["status"][paid] = Status.ACSC
    return np.concatenate(
        [
            _set_off_records(books, places[reduced], result.cleared_minor[reduced], number, now),
            _cycle_record(due, result, currency, number, now),
        ]
    )


def _set_off_records(
    books: Books, places: NDArray[np.int64], cleared: NDArray[np.int64], number: int, now: int
) -> Array:
    records = np.zeros(len(places), RECORD)
    obligations = books.obligations[places]
    records["kind"] = RecordKind.SET_OFF
    records["cause"] = number
    records["time"] = now
    records["amount"] = cleared
    records["subject"] = obligations["number"]
    records["debtor_after"] = obligations["remaining"]
    for name in ("status", "currency", "debtor", "creditor"):
        records[name] = obligations[name]
    return records


def _cycle_record(due: Array, result: SetOff, currency: int, number: int, now: int) -> Array:
    record = np.zeros(1, RECORD)
    record["kind"] = RecordKind.CYCLE_RUN
    record["status"] = Status.ACSC
    record["currency"] = currency
    record["debtor"] = len(due)
    record["creditor"] = len(np.union1d(due["debtor"], due["creditor"]))
    record["amount"] = int(result.cleared_minor.sum())
    record["subject"] = record["cause"] = number
    record["debtor_after"] = int(due["remaining"].sum())
    record["creditor_after"] = result.net_debit_minor
    record["time"] = now
    return record

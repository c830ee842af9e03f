"""The records that a cycle writes (docs/journal-record.md, "Record kinds"); nothing is decided here."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from setfair.domain.codes import Mechanism, Reason, RecordKind, Status
from setfair.engine.books import Books
from setfair.engine.layout import RECORD, Array, Int64s
from setfair.engine.netting import Positions, Unable


class Stamp(NamedTuple):
    """What all records of one cycle have in common."""

    currency: int
    """ISO 4217 number."""
    number: int
    """Number of the cycle's instruction."""
    now: int
    """Nanoseconds since 1970-01-01 UTC."""


def new_records(count: int, kind: RecordKind, stamp: Stamp) -> Array:
    """Return records of one kind whose subject is the cycle itself."""
    records = np.zeros(count, RECORD)
    records["kind"], records["status"] = kind, Status.ACSC
    records["currency"], records["time"] = stamp.currency, stamp.now
    records["subject"] = records["cause"] = stamp.number
    return records


def obligation_records(
    books: Books, places: NDArray[np.int64], reduced: Int64s, kind: RecordKind, stamp: Stamp
) -> Array:
    """Return one SET_OFF or NETTED record for each obligation that was just reduced.

    Parameters
    ----------
    books
        With the obligations as they are after it.
    places
        Places of the obligations, shape (n,).
    reduced
        By how much, in minor units, shape (n,).
    kind
        SET_OFF or NETTED.
    stamp
        Of the cycle.
    """
    records = new_records(len(places), kind, stamp)
    obligations = books.obligations[places]
    records["amount"], records["subject"] = reduced, obligations["number"]
    records["debtor_after"] = obligations["remaining"]
    if kind is RecordKind.NETTED:
        records["mechanism"] = Mechanism.NETTING
    for name in ("status", "debtor", "creditor"):
        records[name] = obligations[name]
    return records


def cycle_record(due: Array, cleared: int, net_debit: int, stamp: Stamp) -> Array:
    """Return the CYCLE_RUN record; `due` are the obligations as they were before."""
    record = new_records(1, RecordKind.CYCLE_RUN, stamp)
    record["debtor"] = len(due)
    record["creditor"] = len(np.union1d(due["debtor"], due["creditor"]))
    record["amount"], record["debtor_after"] = cleared, int(due["remaining"].sum())
    record["creditor_after"] = net_debit
    return record


def position_records(
    places: NDArray[np.int64], positions: Positions, balances: Int64s, turn: int, stamp: Stamp
) -> Array:
    """Return one NET_POSITION record for each of these accounts, with its balance as given."""
    records = new_records(len(places), RecordKind.NET_POSITION, stamp)
    records["debtor"], records["creditor"] = places, turn
    records["amount"], records["creditor_after"] = positions.owes[places], positions.owed[places]
    records["debtor_after"] = balances[places]
    return records


def left_out_record(unable: Unable, turn: int, stamp: Stamp) -> Array:
    """Return the LEFT_OUT record of an account."""
    record = new_records(1, RecordKind.LEFT_OUT, stamp)
    record["status"], record["reason"] = Status.RJCT, unable.reason
    record["debtor"], record["creditor"] = unable.account, turn
    record["amount"] = unable.lacked
    record["debtor_after"], record["creditor_after"] = unable.needed, unable.able
    return record


def left_due_records(
    accounts: tuple[Int64s, Int64s], owed: tuple[Int64s, Int64s], places: Int64s, stamp: Stamp
) -> Array:
    """Return one LEFT_DUE record for each pair of an account left out and one that it concerns.

    Parameters
    ----------
    accounts
        The account left out and the other, shape (n,).
    owed
        What the first's parties owe the second's, and the other way, in minor units, shape (n,).
    places
        Obligations of the pair, shape (n,).
    stamp
        Of the cycle.
    """
    records = new_records(len(places), RecordKind.LEFT_DUE, stamp)
    records["status"] = Status.ACSP
    records["debtor"], records["creditor"] = accounts
    records["amount"], records["creditor_after"] = owed
    records["debtor_after"] = places
    return records


def netting_record(amounts: Int64s, paid: int, accounts: int, turns: int, stamp: Stamp) -> Array:
    """Return the NETTING_RUN record; `turns` 0 means that netting could not take place at all."""
    record = new_records(1, RecordKind.NETTING_RUN, stamp)
    record["debtor"], record["creditor"] = len(amounts), accounts
    record["amount"], record["debtor_after"], record["creditor_after"] = paid, int(amounts.sum()), turns
    if turns == 0:
        record["status"], record["reason"] = Status.RJCT, Reason.DAY_NOT_OPEN
    return record

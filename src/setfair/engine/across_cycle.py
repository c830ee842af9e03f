"""A cycle across currencies: docs/clearing-rules.md, "Across currencies", on the books of a house.

Rules
-----
1. What is open and due in the currencies of the fixing takes part in one run (`setoff.fixing`).
2. Records, in this order: SET_OFF of each obligation of which some value is cancelled, in order of the
   obligations, with that value in fine units; EXCHANGED of each party and currency in which its net position
   changed; ROUNDED of each party that rounding left something with; CYCLE_RUN of each currency, in the order
   of their numbers; CHOICE_RUN with a choice, its values in fine units; ACROSS_RUN.
3. No money moves. What remains stays due: a cycle in its currency may net it.
"""

from __future__ import annotations

from fractions import Fraction
from math import floor

import numpy as np
from numpy.typing import NDArray

from setfair.domain.codes import RecordKind
from setfair.engine.books import Books
from setfair.engine.clear_due import choice_of, choice_record
from setfair.engine.cycle_records import Stamp, cycle_record, new_records, obligation_records
from setfair.engine.cycle_terms import ChoiceTerms, CycleTerms, FixingTerms
from setfair.engine.invariants import check_exchange
from setfair.engine.layout import Array, Int64s
from setfair.engine.reduce import due_obligations, reduce_at
from setfair.engine.setoff.fixing import AcrossCurrencies, set_off_across
from setfair.engine.setoff.merge import GROSS_MAX_MINOR, net_positions


def run_across_cycle(books: Books, day: int, stamp: Stamp, terms: CycleTerms) -> Array:
    """Set off what is due in all currencies of a fixing; return the records, the cycle's own last.

    Parameters
    ----------
    books
        Obligations are reduced in place.
    day
        Business day, days since 1970-01-01.
    stamp
        Number of the cycle and the time; its currency is not read.
    terms
        What each currency is worth, and what the cycle is to achieve.
    """
    if (fixing := terms.fixing) is None:
        raise ValueError("a cycle across currencies comes with a fixing")
    places = due_obligations(books, list(fixing.minor_value), day)
    due = books.obligations[places]
    found = clear_due_across(due, fixing, terms.choice, day)
    some = np.flatnonzero(found.set_off.cleared_minor)
    reduce_at(books, places[some], found.reduced_minor[some])
    set_offs = obligation_records(books, places[some], found.reduced_minor[some], RecordKind.SET_OFF, stamp)
    set_offs["currency"] = due["currency"][some]
    set_offs["creditor_after"] = found.set_off.cleared_minor[some]
    in_unit = stamp._replace(currency=fixing.unit)
    exchanged = _exchange_records(found, sorted(fixing.minor_value), stamp)
    rounded = _rounding_records(found, in_unit)
    check_exchange(exchanged, rounded)
    runs = _currency_records(due, found.reduced_minor, stamp)
    chosen = choice_record(found.chosen, in_unit)
    total = _run_record(due, found, fixing, in_unit)
    return np.concatenate([set_offs, exchanged, rounded, *runs, chosen, total])


def clear_due_across(
    due: Array, fixing: FixingTerms, choice: ChoiceTerms | None, day: int
) -> AcrossCurrencies:
    """Find what a cycle cancels of OBLIGATION rows that are due, all in currencies of the fixing."""
    numbers = sorted(fixing.minor_value)
    return set_off_across(
        due["debtor"],
        due["creditor"],
        due["remaining"],
        due["due"],
        currency=np.searchsorted(numbers, due["currency"]),
        minor_value=[fixing.minor_value[number] for number in numbers],
        choice=choice_of(due, choice, day) if choice is not None else None,
    )


def _exchange_records(found: AcrossCurrencies, numbers: list[int], stamp: Stamp) -> Array:
    """Return one EXCHANGED record for each change of a party's net position in a currency."""
    exchange = found.exchange
    records = new_records(len(exchange.party), RecordKind.EXCHANGED, stamp)
    records["currency"] = np.array(numbers, np.int64)[exchange.currency]
    records["debtor"], records["creditor"] = found.set_off.party[exchange.party], -1
    records["amount"] = exchange.change_minor
    return records


def _rounding_records(found: AcrossCurrencies, stamp: Stamp) -> Array:
    """Return one ROUNDED record for each party with an entry to the rounding account, with its bound."""
    rounding = found.rounding
    some = np.flatnonzero(rounding.entry_minor)
    records = new_records(len(some), RecordKind.ROUNDED, stamp)
    records["debtor"], records["creditor"] = found.set_off.party[some], -1
    records["amount"] = rounding.entry_minor[some]
    records["debtor_after"] = [-(-bound // rounding.denominator) for bound in rounding.bound[some].tolist()]
    return records


def _currency_records(due: Array, reduced: Int64s, stamp: Stamp) -> list[Array]:
    """Return one CYCLE_RUN record for each currency; the net debit is that after the cycle."""
    records = []
    for number in np.unique(due["currency"]).tolist():
        own = due["currency"] == number
        net_debit = _net_debit(due[own], due["remaining"][own] - reduced[own])
        total = int(reduced[own].sum())
        records.append(cycle_record(due[own], total, net_debit, stamp._replace(currency=number)))
    return records


def _net_debit(due: Array, remaining: Int64s) -> int:
    party, place = np.unique(np.concatenate((due["debtor"], due["creditor"])), return_inverse=True)
    net = net_positions(place[: len(due)], place[len(due) :], remaining, len(party))
    return int(net[net > 0].sum())


def _run_record(due: Array, found: AcrossCurrencies, fixing: FixingTerms, stamp: Stamp) -> Array:
    """Return the ACROSS_RUN record: values in minor units of account, rounded down."""
    entries = found.rounding.entry_minor
    record = new_records(1, RecordKind.ACROSS_RUN, stamp)
    record["debtor"], record["creditor"] = len(due), found.set_off.parties
    record["amount"] = _worth(due["currency"], found.reduced_minor, fixing)
    record["debtor_after"] = _worth(due["currency"], due["remaining"], fixing)
    record["creditor_after"] = int(entries[entries > 0].sum())
    return record


def _worth(currency: NDArray[np.uint16], amount: Int64s, fixing: FixingTerms) -> int:
    """Return what amounts are worth; OverflowError if it is more than a record holds."""
    numbers = np.unique(currency).tolist()
    parts = (int(amount[currency == number].sum()) * fixing.minor_value[number] for number in numbers)
    worth = floor(sum(parts, Fraction(0)))
    if worth > GROSS_MAX_MINOR:
        raise OverflowError(
            f"the obligations are worth {worth} minor units of account, more than one run takes"
        )
    return worth

"""A cycle with money put in: docs/clearing-rules.md, "Money in a cycle", on the books of a house.

Rules
-----
1. What is open and due in the currency takes part in one run (`setoff.liquidity`): the most value, and of all
   ways to that one with the least money. Limits and objectives come with cycles without money.
2. A funder gives at most what is offered and what it can pay: balance and credit line, less what its queued
   URGENT payments wait for. On a closed day it gives nothing.
3. Money ends with parties that are registered with a participant that has an open account in the currency.
   A funder for its own gives to those of its own account.
4. What an account is debited is what its participant puts in less what its parties get: the legs settle these
   net positions as netting does, all of them. If a limit keeps a funder from paying, it offers so much less,
   and the second time nothing; if an account cannot be credited, its parties get nothing. Then all runs
   again. Nothing changes in the books before the last run is found.
5. Records, in this order: SET_OFF of each obligation reduced; FUNDED of each funder; GIVEN of each gift;
   RECEIVED of each party that money ended with; the legs, SETTLED; what they release from the queues,
   SETTLED; MONEY_RUN; CYCLE_RUN.
6. No netting follows in the page. What remains stays due: a cycle without money may net it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from setfair.domain.codes import Phase, RecordKind
from setfair.engine.books import Books
from setfair.engine.cycle_records import Stamp, cycle_record, new_records
from setfair.engine.cycle_terms import MoneyTerms
from setfair.engine.layout import Array, Int64s
from setfair.engine.net_rounds import find_sides
from setfair.engine.netting import (
    Legs,
    Positions,
    find_funds,
    find_legs,
    find_short,
    release_creditors,
    settle_legs,
)
from setfair.engine.reduce import due_obligations, reduce_obligations
from setfair.engine.setoff import set_off
from setfair.engine.setoff.liquidity import Discharge, discharge
from setfair.engine.setoff.money import Offers


@dataclass(frozen=True, slots=True)
class Funded:
    """What a cycle with money comes to."""

    found: Discharge
    offered: Int64s
    """By funder: what it could give in the last run."""
    legs: Legs
    runs: int


def run_money_cycle(
    books: Books, day: int, stamp: Stamp, party_account: NDArray[np.int32] | None, money: MoneyTerms
) -> Array:
    """Set off with money what is due in one currency; return the records, the cycle's own last.

    Parameters
    ----------
    books
        Obligations are reduced and accounts booked in place.
    day
        Business day, days since 1970-01-01.
    stamp
        Currency and number of the cycle, and the time.
    party_account
        By party, the account that it settles on in the currency, or -1.
    money
        Who offers how much to whom.
    """
    places = due_obligations(books, [stamp.currency], day)
    due = books.obligations[places]
    sides = find_sides(books, due, party_account)
    plain = set_off(due["debtor"], due["creditor"], due["remaining"], due["due"])
    funded = find_funded(books, due, sides, money, is_open=books.phases[stamp.currency] != Phase.CLOSED)
    cleared = funded.found.cleared_minor
    set_offs = reduce_obligations(books, places, cleared, RecordKind.SET_OFF, stamp)
    told = _money_records(funded, money, (due, sides), stamp)
    legs = settle_legs(books, funded.legs, *stamp)
    released = release_creditors(books, funded.legs, stamp.number, stamp.now)
    total = new_records(1, RecordKind.MONEY_RUN, stamp)
    total["debtor"], total["creditor"] = len(money.funders), len(np.unique(funded.found.gift_party))
    total["amount"], total["debtor_after"] = funded.found.used_minor, plain.cleared_total_minor
    total["creditor_after"] = funded.runs
    own = cycle_record(due, int(cleared.sum()), plain.net_debit_minor, stamp)
    return np.concatenate([set_offs, told, legs, released, total, own])


def find_funded(
    books: Books, due: Array, sides: tuple[Int64s, Int64s], money: MoneyTerms, *, is_open: bool
) -> Funded:
    """Find what a cycle discharges with money; the books are not changed.

    Parameters
    ----------
    books
        Accounts, limits and queues.
    due
        OBLIGATION, those that are due in one currency.
    sides
        Accounts of their debtors and creditors, from `find_sides`.
    money
        Who offers how much to whom.
    is_open
        Whether money may move.
    """
    funds, account = find_funds(books), np.array([each.account for each in money.funders], np.int64)
    offered = np.array([each.amount_minor for each in money.funders], np.int64)
    gives = is_open & (books.accounts["open"][account] == 1)
    offered = np.where(gives, np.minimum(offered, np.maximum(funds.can_pay[account], 0)), 0)
    party, party_account = _accounts_of(due, sides)
    receivers = party_account >= 0
    limited = np.zeros(len(offered), np.bool_)
    runs = 0
    while True:
        runs += 1
        offers = _offers(money, offered, party, party_account)
        columns = (due["debtor"], due["creditor"], due["remaining"], due["due"])
        found = discharge(*columns, Offers(*offers, receiver=party[receivers]))
        positions = _positions(found, account, party_account, len(books.accounts))
        unable, legs = find_short(positions, funds), Legs(*(np.zeros(0, np.int64) for _ in Legs._fields))
        if unable is None:
            legs, unable = find_legs(books, positions)
        if unable is None:
            return Funded(found, offered, legs, runs)
        who = np.flatnonzero(account == unable.account)
        if positions.net[unable.account] > 0 or not len(who):
            receivers = receivers & (party_account != unable.account)
            continue
        less = 0 if limited[who[0]] else found.put_in_minor(len(offered))[who[0]] - unable.lacked
        offered[who[0]], limited[who[0]] = max(0, less), True


def _accounts_of(due: Array, sides: tuple[Int64s, Int64s]) -> tuple[Int64s, Int64s]:
    """Return the parties that owe or are owed, ascending, and the account of each, or -1."""
    ends = np.concatenate((due["debtor"], due["creditor"])).astype(np.int64)
    party, first = np.unique(ends, return_index=True)
    return party, np.concatenate(sides)[first]


def _offers(
    money: MoneyTerms, offered: Int64s, party: Int64s, party_account: Int64s
) -> tuple[Int64s, NDArray[np.bool_], Int64s, Int64s]:
    """Return what is offered as `Offers` has it, without the receivers."""
    funder, beneficiary = [], []
    for place, each in enumerate(money.funders):
        named = each.beneficiaries
        if named == ():
            named = tuple(party[party_account == each.account].tolist())
        funder += [place] * len(named or ())
        beneficiary += list(named or ())
    anyone = np.array([each.beneficiaries is None for each in money.funders], np.bool_)
    return offered, anyone, np.array(funder, np.int64), np.array(beneficiary, np.int64)


def _positions(found: Discharge, account: Int64s, party_account: Int64s, accounts: int) -> Positions:
    """Return what each account puts in, and what its parties get."""
    owes, owed = np.zeros(accounts, np.int64), np.zeros(accounts, np.int64)
    np.add.at(owes, account, found.put_in_minor(len(account)))
    some = np.flatnonzero(found.received_minor)
    np.add.at(owed, party_account[some], found.received_minor[some])
    return Positions(owes, owed)


def _money_records(
    funded: Funded, money: MoneyTerms, owed: tuple[Array, tuple[Int64s, Int64s]], stamp: Stamp
) -> Array:
    """Return FUNDED, GIVEN and RECEIVED."""
    found, (party, party_account) = funded.found, _accounts_of(*owed)
    account = np.array([each.account for each in money.funders], np.int64)
    funders = new_records(len(account), RecordKind.FUNDED, stamp)
    funders["debtor"], funders["creditor"] = account, -1
    funders["amount"], funders["debtor_after"] = found.put_in_minor(len(account)), funded.offered
    funders["creditor_after"] = [each.amount_minor for each in money.funders]
    given = new_records(len(found.gift_minor), RecordKind.GIVEN, stamp)
    given["debtor"], given["creditor"] = account[found.gift_funder], party[found.gift_party]
    given["amount"] = found.gift_minor
    some = np.flatnonzero(found.received_minor)
    received = new_records(len(some), RecordKind.RECEIVED, stamp)
    received["debtor"], received["creditor"] = party_account[some], party[some]
    received["amount"] = found.received_minor[some]
    return np.concatenate([funders, given, received])

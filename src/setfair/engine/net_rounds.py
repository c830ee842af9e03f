"""The rounds of a cycle with netting: who is left out, and what is set off and netted in the end.

Rules (docs/clearing-rules.md, "Netting")
-----
1. Netted is what remains after set-off of obligations whose parties are both registered with a participant
   that has an open account in the currency, neither of them left out.
2. Each round computes all positions. If an account is unable to settle its own, it is left out, and the next
   round begins: under `leave_due` set-off stands and positions are computed without it; under `rerun_without`
   the set-off is run again too, without the obligations of its parties.
3. The round in which nobody is unable is the last one: it settles. Every other round leaves out one account,
   so there are at most as many rounds as accounts, and one more.
4. Nothing changes in the books before the last round is found.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from setfair.domain.codes import InstructionKind, Status
from setfair.engine.books import Books
from setfair.engine.clear_due import clear_due
from setfair.engine.cycle_terms import ChoiceTerms
from setfair.engine.layout import Array, Int64s
from setfair.engine.netting import (
    Funds,
    Legs,
    Positions,
    Unable,
    find_funds,
    find_legs,
    find_positions,
    find_short,
)
from setfair.engine.setoff import ChosenSetOff
from setfair.engine.sub_account import accounts_in_cycles

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Turn:
    """One round."""

    positions: Positions
    unable: Unable | None
    """Who was left out after it; None: this is the last round."""


@dataclass(frozen=True, slots=True)
class Clearing:
    """What a cycle with netting comes to, by obligation that was due, shape (n,)."""

    cleared: Int64s
    """How much set-off takes off it."""
    netted: Int64s
    """How much netting takes off it: all that set-off leaves, or nothing."""
    net_debit: int
    """What set-off over everything that was due cannot clear."""
    turns: tuple[Turn, ...]
    legs: Legs
    chosen: ChosenSetOff | None
    """What the objective and limits of the last set-off came to, if there were any."""


class Choosing(NamedTuple):
    """What set-off is to achieve, within what, and on which business day."""

    terms: ChoiceTerms | None
    day: int


@dataclass(slots=True)
class _Sides:
    """Whose account each side of an obligation is on, and who is out."""

    debtor: Int64s
    """Account of the debtor's participant, -1: none."""
    creditor: Int64s
    out: Mask
    """By account; the last element, which is -1's, stays False."""

    def without_the_left_out(self) -> Mask:
        """By obligation: neither side is left out."""
        return ~(self.out[self.debtor] | self.out[self.creditor])

    def can_be_netted(self) -> Mask:
        """By obligation: rule 1."""
        return self.without_the_left_out() & (self.debtor >= 0) & (self.creditor >= 0)


def find_sides(books: Books, due: Array, party_account: NDArray[np.int32] | None) -> tuple[Int64s, Int64s]:
    """Return the open accounts that the debtors and creditors of obligations settle on, or -1.

    Parameters
    ----------
    books
        Not changed.
    due
        OBLIGATION, shape (n,).
    party_account
        By party, the account of the participant that it banks with, or -1; parties beyond it have none.
    """
    if party_account is None:
        party_account = np.zeros(0, np.int32)
    # One element more in both, for account -1, which is never open, and for parties that are not known.
    is_open = np.append(books.accounts["open"] == 1, False)
    account_of = np.append(np.where(is_open[party_account], party_account, -1), -1).astype(np.int64)
    last = len(account_of) - 1
    account_of[np.setdiff1d(np.arange(last), _registered_parties(books))] = -1
    account_of = accounts_in_cycles(books)[account_of]
    return account_of[np.minimum(due["debtor"], last)], account_of[np.minimum(due["creditor"], last)]


def _registered_parties(books: Books) -> NDArray[np.int32]:
    """Return the parties that were registered; a registration that screening holds, or refused, is none."""
    rows = books.obligations[: books.obligation_count]
    return rows["debtor"][
        (rows["kind"] == InstructionKind.PARTY_REGISTRATION) & (rows["status"] == Status.ACSC)
    ]


def clear_and_net(
    books: Books, due: Array, sides: tuple[Int64s, Int64s], choosing: Choosing, *, rerun: bool
) -> Clearing:
    """Find what a cycle sets off and nets.

    Parameters
    ----------
    books
        Not changed.
    due
        OBLIGATION, those that are due in one currency.
    sides
        Accounts of their debtors and creditors, from `find_sides`.
    choosing
        What set-off is to achieve, and within what.
    rerun
        Whether set-off is run again without who is unable: rule 2.
    """
    accounts, funds = len(books.accounts), find_funds(books)
    who = _Sides(*sides, np.zeros(accounts + 1, np.bool_))
    result, chosen = clear_due(due, *choosing)
    cleared, net_debit = result.cleared_minor, result.net_debit_minor
    pairs = _merge(who, due["remaining"] - cleared, accounts)
    turns: list[Turn] = []
    while True:
        debtor, creditor, amount = pairs
        stay = ~(who.out[debtor] | who.out[creditor])
        positions = find_positions(debtor[stay], creditor[stay], amount[stay], accounts)
        unable, legs = _find_unable(books, positions, funds)
        turns.append(Turn(positions, unable))
        if unable is None:
            remaining = np.where(who.can_be_netted(), due["remaining"] - cleared, 0)
            return Clearing(cleared, remaining, net_debit, tuple(turns), legs, chosen)
        who.out[unable.account] = True
        if rerun:
            takes_part = who.without_the_left_out()
            result, chosen = clear_due(due[takes_part], *choosing)
            cleared = np.zeros(len(due), np.int64)
            cleared[takes_part] = result.cleared_minor
            pairs = _merge(who, due["remaining"] - cleared, accounts)


def _find_unable(books: Books, positions: Positions, funds: Funds) -> tuple[Unable | None, Legs]:
    short = find_short(positions, funds)
    if short is not None:
        return short, Legs(*(np.zeros(0, np.int64) for _ in Legs._fields))
    legs, limited = find_legs(books, positions)
    return limited, legs


def _merge(who: _Sides, remaining: Int64s, accounts: int) -> tuple[Int64s, Int64s, Int64s]:
    """Add up what remains by pair of accounts: each round then costs as much as there are pairs."""
    can = who.can_be_netted()
    pair = who.debtor[can] * np.int64(accounts) + who.creditor[can]
    pairs, place = np.unique(pair, return_inverse=True)
    amount = np.zeros(len(pairs), np.int64)
    np.add.at(amount, place, remaining[can])
    return pairs // max(1, accounts), pairs % max(1, accounts), amount

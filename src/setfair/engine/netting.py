"""Netting: one net position for each settlement account, and the few payments that settle them all.

Rules (docs/clearing-rules.md, "Netting")
-----
1. The net position of an account is what its parties are owed less what they owe, over the obligations that
   are netted. A net debtor pays its position, a net creditor receives it.
2. A net debtor can pay balance + credit line, as an URGENT payment could, less what its queued URGENT
   payments wait for: netting goes before HIGH and NORMAL and does not jump the URGENT queue. A net creditor
   can receive what keeps its balance at most 2^62.
3. If somebody is short, the one that lacks most is unable, ties to the lower account number.
4. If nobody is short, the legs are found: net debtors, those with limits first, then by size, pay net
   creditors by size; each leg is the smallest of what the debtor has to pay, what the creditor is to get, and
   the limit. Where limits leave a debtor with something that it can pay to nobody, rule 3 applies to that.
5. Each leg ends a debtor, a creditor or a limit: at most accounts - 1 legs where no limit binds.

Only positions and legs are here; which obligations are netted, the rounds and the records are `net_cycle`'s.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from setfair.domain.codes import InstructionKind, Mechanism, Priority, Reason, Status
from setfair.engine.books import Books
from setfair.engine.cascade import release
from setfair.engine.layout import (
    LEG_COUNT,
    PAYMENT,
    QUEUED_COUNT,
    RECORD,
    Array,
    Int64s,
    Journal,
    PaymentBooks,
)
from setfair.engine.ledger import ALL_OTHERS, BALANCE_MAX, binding_limit, settle
from setfair.engine.queue import NONE
from setfair.kernel import kernel

_NETTING = int(Mechanism.NETTING)
_URGENT = int(Priority.URGENT)


class Positions(NamedTuple):
    """What each account's parties owe and are owed, in minor units, shape (accounts,)."""

    owes: Int64s
    owed: Int64s

    @property
    def net(self) -> Int64s:
        """What the account receives; below zero: what it pays."""
        return self.owed - self.owes

    @property
    def places(self) -> NDArray[np.int64]:
        """Accounts whose parties owe or are owed something, in order."""
        return np.flatnonzero(self.owes + self.owed)


class Funds(NamedTuple):
    """What each account can pay and receive, in minor units, shape (accounts,)."""

    can_pay: Int64s
    """Below zero where queued URGENT payments wait for more than there is."""
    can_receive: Int64s
    waiting: Int64s
    """What queued URGENT payments wait for."""


class Unable(NamedTuple):
    """An account that cannot settle its net position."""

    account: int
    reason: Reason
    needed: int
    """Its net position without the sign."""
    able: int
    """How much of it could be paid or received."""

    @property
    def lacked(self) -> int:
        """How much it was short of."""
        return self.needed - self.able


class Legs(NamedTuple):
    """The linked payments of one netting, shape (n,)."""

    debtor: Int64s
    creditor: Int64s
    amount: Int64s


def find_positions(debtor: Int64s, creditor: Int64s, amount: Int64s, accounts: int) -> Positions:
    """Add up what is owed between accounts.

    Parameters
    ----------
    debtor, creditor
        Accounts, shape (n,).
    amount
        Minor units, shape (n,); they sum to less than 2^62.
    accounts
        How many accounts there are.
    """
    owes, owed = np.zeros(accounts, np.int64), np.zeros(accounts, np.int64)
    np.add.at(owes, debtor, amount)
    np.add.at(owed, creditor, amount)
    return Positions(owes, owed)


def find_funds(books: Books) -> Funds:
    """Return what each account can pay and receive: rule 2."""
    funds = Funds(*(np.zeros(len(books.accounts), np.int64) for _ in Funds._fields))
    _find_funds(books.payment_books(), funds)
    return funds


@kernel
def _find_funds(books: PaymentBooks, funds: Funds) -> None:
    for account in range(books.accounts.shape[0]):
        balance, line = books.accounts[account]["balance"], books.accounts[account]["credit_line"]
        waiting = 0
        payment = books.accounts[account]["head"][_URGENT]
        while payment != NONE:
            # It stays at 2^62, so that no sum here leaves int64.
            waiting = min(waiting + books.payments[payment]["amount"], BALANCE_MAX)
            payment = books.payments[payment]["next"]
        free = balance - waiting
        free = BALANCE_MAX if free > BALANCE_MAX - line else free + line
        funds.can_pay[account] = max(free, -BALANCE_MAX)
        funds.can_receive[account] = BALANCE_MAX - max(balance, 0)
        funds.waiting[account] = waiting


def find_short(positions: Positions, funds: Funds) -> Unable | None:
    """Return the account that lacks most to pay or to receive its net position: rule 3."""
    net = positions.net
    needed = np.abs(net)
    able = np.where(net < 0, funds.can_pay, funds.can_receive)
    lacked = np.where(net == 0, 0, needed - able)
    if not len(net) or lacked.max() <= 0:
        return None
    account = int(np.argmax(lacked))
    reason = Reason.INSUFFICIENT_FUNDS
    if net[account] > 0:
        reason = Reason.BALANCE_OVERFLOW
    elif lacked[account] <= funds.waiting[account]:
        reason = Reason.BEHIND_IN_QUEUE
    return Unable(account, reason, int(needed[account]), int(able[account]))


def find_legs(books: Books, positions: Positions) -> tuple[Legs, Unable | None]:
    """Return the payments that settle all positions, or who is kept by limits from paying: rule 4."""
    net = positions.net
    pays, gets = np.maximum(-net, 0), np.maximum(net, 0)
    debtors, creditors = np.flatnonzero(pays), np.flatnonzero(gets)
    unlimited = books.accounts["limits"][debtors] == 0
    debtors = debtors[np.lexsort((debtors, -pays[debtors], unlimited))]
    creditors = creditors[np.lexsort((creditors, -gets[creditors]))]
    room = len(debtors) + len(creditors) + int(np.count_nonzero(books.limits["key"] != -1))
    legs = Legs(*(np.zeros(room, np.int64) for _ in Legs._fields))
    needed = pays.copy()
    count = _pair(books.payment_books(), (debtors, creditors), (pays, gets), legs)
    legs = Legs(*(column[:count] for column in legs))
    if not pays.any():
        return legs, None
    account = int(np.argmax(pays))
    able = int(needed[account] - pays[account])
    return legs, Unable(account, Reason.LIMIT_REACHED, int(needed[account]), able)


@kernel
def _pair(books: PaymentBooks, order: tuple[Int64s, Int64s], left: tuple[Int64s, Int64s], legs: Legs) -> int:
    """Pair debtors with creditors; `left` (pays, gets) is used up, and what stays in it found no limit."""
    debtors, creditors = order
    pays, gets = left
    count, first = 0, 0
    for i in range(debtors.shape[0]):
        debtor = debtors[i]
        shared = 0
        for k in range(first, creditors.shape[0]):
            creditor = creditors[k]
            amount = min(pays[debtor], gets[creditor])
            slot = binding_limit(books, debtor, creditor)
            if slot >= 0:
                limit = books.limits[slot]["limit"] - books.limits[slot]["net"]
                is_shared = (books.limits[slot]["key"] & 0xFFFFFFFF) == ALL_OTHERS
                if is_shared:
                    limit -= shared
                amount = max(0, min(amount, limit))
                if is_shared:
                    shared += amount
            if amount > 0:
                legs.debtor[count], legs.creditor[count], legs.amount[count] = debtor, creditor, amount
                count += 1
                pays[debtor] -= amount
                gets[creditor] -= amount
            if k == first and gets[creditor] == 0:
                first += 1
            if pays[debtor] == 0:
                break
    return count


def settle_legs(books: Books, legs: Legs, currency: int, number: int, now: int) -> Array:
    """Book all legs, the subject of each the cycle `number`, and return their SETTLED records."""
    rows = np.zeros(len(legs.amount), PAYMENT)
    rows["debtor"], rows["creditor"], rows["amount"] = legs.debtor, legs.creditor, legs.amount
    rows["number"], rows["currency"], rows["priority"] = number, currency, _URGENT
    rows["kind"], rows["status"] = InstructionKind.CYCLE, Status.ACSP
    journal = Journal(np.zeros(len(rows), RECORD), np.zeros(1, np.int64))
    # The legs are payments of this cycle alone: they stand in the place of the house's for the booking.
    _settle_all(books.payment_books()._replace(payments=rows), journal, number, now)
    return journal.records[: journal.written[0]]


@kernel
def _settle_all(books: PaymentBooks, journal: Journal, number: int, now: int) -> None:
    for leg in range(books.payments.shape[0]):
        settle(books, journal, leg, _NETTING, number, now)


def release_creditors(books: Books, legs: Legs, number: int, now: int) -> Array:
    """Run the release cascade from each account that was credited, in order, and return its records."""
    room = int(books.counters[QUEUED_COUNT] + books.counters[LEG_COUNT])
    journal = Journal(np.zeros(room, RECORD), np.zeros(1, np.int64))
    for account in np.unique(legs.creditor).tolist():
        release(books.payment_books(), journal, account, NONE, number, now)
    return journal.records[: journal.written[0]]

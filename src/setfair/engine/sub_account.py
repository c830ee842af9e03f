"""Sub-accounts: parts of an account, each for one purpose.

Rules (docs/settlement-rules.md, "Sub-accounts")
-----
1. A sub-account is an account without a credit line, a limit or a reservation. What its purpose names, and
   nothing else, debits and credits it: a payment that names it otherwise is NOT_FOR_PURPOSE, as a defect.
2. Two people open and close it, set money of its account aside on it, and give it back, as they change other
   terms: the engine decides on the word of the second.
3. Money moves while the currency is not closed, if it is there: of the account what is available to a NORMAL
   payment, whatever waits in its queue.
4. Only what is empty, and has no payment in its queue, closes.

Which payments are brought to a sub-account is the door's to say (`intake.sub_accounts`); netting in cycles
has no door, and finds them by `accounts_in_cycles`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from setfair.domain.codes import InstructionKind, Mechanism, Phase, Purpose, Reason, RecordKind, Status, Term
from setfair.domain.money import BALANCE_MAX_MINOR
from setfair.engine.books import Books
from setfair.engine.layout import RECORD, Array, Row
from setfair.engine.queue import NONE

SUB_TERMS = (Term.SUB_ACCOUNT, Term.SET_ASIDE, Term.GIVE_BACK)
"""What a change of a sub-account may be about."""

_MOVES = (
    InstructionKind.CUSTOMER_PAYMENT,
    InstructionKind.INSTITUTION_PAYMENT,
    InstructionKind.PAYMENT_RETURN,
    InstructionKind.LIQUIDITY_TRANSFER,
)


def place_of(books: Books, account: int) -> int:
    """Return the place of a sub-account among them, or -1."""
    place = int(np.searchsorted(books.sub_accounts["account"], account))
    is_there = place < len(books.sub_accounts) and books.sub_accounts["account"][place] == account
    return place if is_there else NONE


def with_purposes(books: Books, batch: Array) -> Array:
    """Return a batch of payments in which what names a sub-account against its purpose has a defect: rule 1.

    Parameters
    ----------
    books
        Not changed.
    batch
        INSTRUCTION, shape (n,); not changed.
    """
    if not len(books.sub_accounts):
        return batch
    wrong = np.zeros(len(batch), np.bool_)
    for side, other in (("debtor", "creditor"), ("creditor", "debtor")):
        rows, found = _sub_accounts_of(books, batch[side])
        participant = np.where(
            batch[other][rows] >= 0, books.accounts["participant"][batch[other][rows]], NONE
        )
        fits = (found["purpose"] == Purpose.LINKS) & (batch["target"][rows] > 0)
        fits |= (found["purpose"] == Purpose.PAIR) & (participant == found["counterparty"])
        fits &= batch["kind"][rows] != InstructionKind.LIQUIDITY_TRANSFER
        wrong[rows[~fits]] = True
    # Most batches have none, and to look which rows move money takes longer than all of this.
    if wrong.any():
        wrong &= np.isin(batch["kind"], _MOVES) & (batch["defect"] == 0)
    if not wrong.any():
        return batch
    marked = batch.copy()
    marked["defect"][wrong] = Reason.NOT_FOR_PURPOSE
    return marked


def _sub_accounts_of(books: Books, accounts: NDArray[np.int32]) -> tuple[NDArray[np.int64], Array]:
    """Return which rows name a sub-account, and which one each names."""
    known = books.sub_accounts["account"]
    places = np.minimum(np.searchsorted(known, accounts), len(known) - 1)
    rows = np.flatnonzero(known[places] == accounts)
    return rows, books.sub_accounts[places[rows]]


def accounts_in_cycles(books: Books) -> NDArray[np.int64]:
    """Return by account the one on which netting settles its position: itself, or its sub-account for that.

    One element more than there are accounts: that of account -1, which stays -1.
    """
    accounts = np.append(np.arange(len(books.accounts)), NONE)
    ours = books.sub_accounts[books.sub_accounts["purpose"] == Purpose.CYCLES]
    ours = ours[books.accounts["open"][ours["account"]] != 0]
    accounts[ours["main"]] = ours["account"]
    return accounts


def check_kind(books: Books, account: int, term: Term) -> Reason:
    """Return why this term cannot be one of this account, or NONE; it says nothing of other terms."""
    place = place_of(books, account)
    if (term in SUB_TERMS) != (place != NONE):
        return Reason.NO_SUB_ACCOUNT
    if place == NONE:
        return Reason.NONE
    said = books.sub_accounts[place]
    if term is Term.SUB_ACCOUNT:
        is_closed = said["purpose"] == Purpose.NONE
    else:
        is_closed = not books.accounts["open"][said["main"]]
        is_closed |= term is Term.SET_ASIDE and not books.accounts["open"][account]
    return Reason.ACCOUNT_CLOSED if is_closed else Reason.NONE


def check_move(books: Books, change: Row) -> Reason:
    """Return why a change of a sub-account cannot come into force now, or NONE: rules 3 and 4."""
    account, term, amount = int(change["account"]), Term(int(change["term"])), int(change["amount"])
    row = books.accounts[account]
    if term is Term.SUB_ACCOUNT:
        is_used = row["balance"] != 0 or (row["head"] != NONE).any()
        return Reason.SUB_ACCOUNT_IN_USE if amount == 0 and is_used else Reason.NONE
    if books.phases[row["currency"]] == Phase.CLOSED:
        return Reason.DAY_NOT_OPEN
    source, target = _sides(books, account, term)
    names = ("balance", "credit_line", "reserved_urgent", "reserved_high")
    balance, line, urgent, high = (int(books.accounts[source][name]) for name in names)
    if balance + line - urgent - high < amount:
        return Reason.INSUFFICIENT_FUNDS
    if int(books.accounts[target]["balance"]) + amount > BALANCE_MAX_MINOR:
        return Reason.BALANCE_OVERFLOW
    return Reason.NONE


def _sides(books: Books, account: int, term: Term) -> tuple[int, int]:
    """Return from which account to which money goes."""
    main = int(books.sub_accounts["main"][place_of(books, account)])
    return (main, account) if term is Term.SET_ASIDE else (account, main)


def put_sub_account_into_force(books: Books, change: Row, cause: int, now: int) -> tuple[Array, int]:
    """Open or close a sub-account, or move money; return the records of it, and whose queue it may let go."""
    account, term, amount = int(change["account"]), Term(int(change["term"])), int(change["amount"])
    if term is Term.SUB_ACCOUNT:
        books.accounts["open"][account] = amount
        return np.zeros(0, RECORD), account
    source, target = _sides(books, account, term)
    books.accounts["balance"][source] -= amount
    books.accounts["balance"][target] += amount
    record = np.zeros(1, RECORD)
    record["kind"], record["status"], record["mechanism"] = (
        RecordKind.SETTLED,
        Status.ACSC,
        Mechanism.SUB_ACCOUNT,
    )
    record["currency"] = books.accounts["currency"][account]
    record["debtor"], record["creditor"], record["amount"] = source, target, amount
    record["subject"], record["cause"], record["time"] = change["number"], cause, now
    record["debtor_after"] = books.accounts["balance"][source]
    record["creditor_after"] = books.accounts["balance"][target]
    return record, target
